import fc from 'fast-check'
import t from 'tap'
import { addDays, compareDates } from '../../../src/kernel/days.ts'
import {
  CONTACT_FIELDS,
  type ContactField,
  maskContact,
  normalizeContact,
} from '../../../src/modules/organizations/rules/contacts.ts'
import {
  checkOrganization,
  gradeOn,
  registrationClass,
  registrationWarnings,
} from '../../../src/modules/organizations/rules/organization.ts'
import {
  type CreditListing,
  isBanInForce,
  lastDayOfBan,
  liftBan,
  type OrganizationBan,
  type OrganizationFacts,
  removeListing,
  requireDay,
  standingOn,
} from '../../../src/modules/organizations/rules/standing.ts'

const DAY = '2026-04-16'
const codeOf = (decision: { accepted: boolean; refusal?: { problem: { code: string } } }) =>
  decision.refusal?.problem.code ?? null

t.test('the credit code tells the kind of organization, and what it does not know it leaves open', async (t) => {
  t.equal(registrationClass('52990421MJ99001A21'), 'social_service_org')
  t.equal(registrationClass('51990421MJ99001A21'), 'social_group')
  t.equal(registrationClass('53990421MJ99001A21'), 'foundation')
  t.equal(registrationClass('54990421MJ99001A21'), null)
  t.equal(registrationClass(null), null)
  t.same(registrationWarnings({ type: 'social_service_org', creditCode: '52990421MJ99001A21' }), [])
  t.same(registrationWarnings({ type: 'foundation', creditCode: '52990421MJ99001A21' }), ['type_differs_from_code'])
  t.same(registrationWarnings({ type: 'filed_community_org', creditCode: null }), [])
})

t.test('a grade counts from its first to its last day', async (t) => {
  const grade = { level: '4A', validFrom: '2026-04-16', validTo: '2026-04-17' } as const
  t.same(
    ['2026-04-15', '2026-04-16', '2026-04-17', '2026-04-18'].map((day) => gradeOn({ grade }, day)),
    [null, '4A', '4A', null],
  )
  t.equal(gradeOn({ grade: { level: '3A', validTo: DAY } }, '2001-01-01'), '3A', 'without a first day: always before')
  const content = {
    ...({ name: '暖汀', type: 'social_service_org', creditCode: '52990421MJ99001A21', divisionCode: null } as const),
    ...{ registeredOn: null, deregisteredOn: null, annualChecks: [], staff: null, sponsorId: null },
  }
  t.equal(
    codeOf(checkOrganization({ ...content, grade: { ...grade, validFrom: '2026-04-18' } })),
    'grade_period_invalid',
  )
  t.ok(checkOrganization({ ...content, grade: { ...grade, validFrom: '2026-04-17' } }).accepted)
})

const FACTS: OrganizationFacts = {
  id: 'org_00000000000000000000000001',
  type: 'social_service_org',
  creditCode: '52990421MJ99001A21',
  registeredOn: '2018-03-01',
  deregisteredOn: null,
  grade: { level: '4A', validTo: '2029-11-30' },
  annualChecks: [
    { year: 2025, result: 'passed' },
    { year: 2027, result: 'failed' },
  ],
  listings: [],
  bans: [],
  overdueRefunds: [],
}

t.test('the standing on a day holds what was true that day and nothing that came later', async (t) => {
  const standing = standingOn(
    {
      ...FACTS,
      deregisteredOn: '2026-04-17',
      listings: [
        { kind: 'abnormal', listedOn: '2026-04-16', removedOn: '2026-04-17', isAnnulled: false },
        { kind: 'serious', listedOn: '2024-01-01', removedOn: '2026-04-16', isAnnulled: false },
        { kind: 'violation', listedOn: '2025-01-01', removedOn: '2025-06-01', isAnnulled: true },
        { kind: 'violation', listedOn: '2026-04-17', removedOn: null, isAnnulled: false },
      ],
      bans: [
        { cause: 'breach', startsOn: '2023-04-16', endsOn: '2026-04-16', liftedOn: null },
        { cause: 'final_fail', startsOn: '2025-04-15', endsOn: '2026-04-15', liftedOn: null },
        { cause: 'host_decision', startsOn: '2026-04-01', endsOn: '2027-04-01', liftedOn: '2026-04-16' },
      ],
      overdueRefunds: [
        { subject: 'rfc_1', dueOn: '2026-04-15', clearedOn: null },
        { subject: 'rfc_2', dueOn: '2026-04-15', clearedOn: '2026-04-16' },
        { subject: 'rfc_3', dueOn: '2026-04-15', clearedOn: '2026-04-17' },
        { subject: 'rfc_4', dueOn: '2026-04-16', clearedOn: null },
      ],
    },
    DAY,
  )
  t.equal(standing.deregisteredOn, null)
  t.same(standing.annualChecks, [{ year: 2025, result: 'passed' }])
  t.same(standing.listings, [
    { kind: 'abnormal', listedOn: '2026-04-16', removedOn: null },
    { kind: 'serious', listedOn: '2024-01-01', removedOn: '2026-04-16' },
  ])
  t.same(standing.bans, [{ cause: 'breach', startsOn: '2023-04-16', endsOn: '2026-04-16' }])
  t.same(
    standing.overdueRefunds.map(({ subject }) => subject),
    ['rfc_1', 'rfc_3'],
  )
})

t.test('whatever is recorded of later days, the standing on a day stays as it was', async () => {
  const later = fc.integer({ min: 1, max: 2000 }).map((days) => addDays(DAY, days))
  const earlier = fc.integer({ min: 0, max: 2000 }).map((days) => addDays(DAY, -days))
  const kind = fc.constantFrom('abnormal' as const, 'serious' as const, 'violation' as const)
  fc.assert(
    fc.property(kind, earlier, later, later, (kind, before, after, end) => {
      const known = { ...FACTS, listings: [{ kind, listedOn: before, removedOn: null, isAnnulled: false }] }
      const grown: OrganizationFacts = {
        ...known,
        deregisteredOn: after,
        listings: [
          { kind, listedOn: before, removedOn: after, isAnnulled: false },
          { kind, listedOn: after, removedOn: null, isAnnulled: false },
        ],
        bans: [
          {
            cause: 'host_decision',
            startsOn: after,
            endsOn: compareDates(after, end) < 0 ? end : after,
            liftedOn: null,
          },
        ],
        overdueRefunds: [{ subject: 'rfc_1', dueOn: after, clearedOn: null }],
      }
      return JSON.stringify(standingOn(grown, DAY)) === JSON.stringify(standingOn(known, DAY))
    }),
  )
})

t.test('a ban of so many months ends on the day of the same number, or on the last of a shorter month', async (t) => {
  t.equal(lastDayOfBan('2026-02-28', 36), '2029-02-28')
  t.equal(lastDayOfBan('2024-02-29', 12), '2025-02-28')
  t.equal(lastDayOfBan('2026-08-31', 1), '2026-09-30')
  t.equal(lastDayOfBan('2026-08-31', 0), null, 'a policy of no months bans nobody')
  const ban = { startsOn: '2026-04-16', endsOn: '2026-04-18', liftedOn: null }
  t.same(
    ['2026-04-15', '2026-04-16', '2026-04-18', '2026-04-19'].map((day) => isBanInForce(ban, day)),
    [false, true, true, false],
  )
})

const BAN: OrganizationBan = {
  ...{ id: 'ban_1', version: 1, organizationId: 'org_1', hostId: 'org_2', cause: 'host_decision', subject: null },
  ...{ startsOn: '2026-04-01', endsOn: '2027-04-01', reason: '逾期未退回结余资金' },
  ...{ liftedOn: null, liftReason: null, recordedBy: 'key_1', createdAt: new Date('2026-04-01T01:00:00Z') },
}

t.test('a ban is lifted once, while it lasts', async (t) => {
  t.match(liftBan(BAN, '已整改', DAY), { accepted: true, value: { liftedOn: DAY, liftReason: '已整改' } })
  t.ok(liftBan(BAN, '已整改', '2027-04-01').accepted, 'on its last day too')
  t.equal(codeOf(liftBan(BAN, '已整改', '2027-04-02')), 'ban_not_in_force')
  t.equal(codeOf(liftBan({ ...BAN, liftedOn: DAY }, '已整改', DAY)), 'ban_not_in_force')
})

t.test('a listing is removed once, not before it was made and not before it has happened', async (t) => {
  const listing: CreditListing = {
    ...{ id: 'lst_1', version: 1, organizationId: 'org_1', kind: 'abnormal', listedOn: '2026-01-10' },
    ...{ source: '中国社会组织政务服务平台', removedOn: null, removalSource: null, isAnnulled: false },
    ...{ recordedBy: 'key_1', createdAt: new Date('2026-01-12T01:00:00Z') },
  }
  const remove = (removedOn: string, more: Partial<CreditListing> = {}) =>
    removeListing({ ...listing, ...more }, { removedOn, source: '移出公告', isAnnulled: false }, DAY)
  t.match(remove('2026-04-16'), { accepted: true, value: { removedOn: '2026-04-16', removalSource: '移出公告' } })
  t.equal(codeOf(remove('2026-04-17')), 'standing_day_invalid')
  t.equal(codeOf(remove('2026-01-09')), 'standing_day_invalid')
  t.equal(codeOf(remove('2026-04-16', { removedOn: '2026-02-01' })), 'credit_listing_removed')
  t.match(requireDay('2026-01-01', '2026-01-02', DAY), {
    refusal: { parameters: { day: '2026-01-01', from: '2026-01-02', to: DAY } },
  })
})

t.test('contacts are compared by what they mean, not by how they are written', async (t) => {
  const same = (field: ContactField, ...texts: string[]) =>
    t.equal(new Set(texts.map((text) => normalizeContact(field, text))).size, 1, texts.join(' = '))
  same('phone', '13912345678', '139-1234-5678', '+86 139 1234 5678', '0086 13912345678', '１３９１２３４５６７８')
  same('legalRepresentative', '张 三', '张三', '张　三 ')
  same('address', '云汀县松坪路 12 号', '云汀县松坪路12号', '云汀县松坪路１２号。')
  same('bankAccount', '6222 0200 1234 5678', '6222020012345678')
  t.not(normalizeContact('phone', '057188001234'), normalizeContact('phone', '57188001234'))
  t.equal(normalizeContact('phone', '无'), null, 'what is no number is equal to nothing')
  t.equal(normalizeContact('address', ' — '), null)
})

t.test('a mask hides at least a third of a value', async (t) => {
  t.equal(maskContact('legalRepresentative', '张三丰'), '张**')
  t.equal(maskContact('phone', '13912345678'), '139****5678')
  t.equal(maskContact('bankAccount', '6222020012345678'), '************5678')
  t.equal(maskContact('address', '云汀县松坪路12号松坪社区二楼'), '云汀县松坪路*********')
  t.equal(maskContact('legalRepresentative', '张'), '*')
  fc.assert(
    fc.property(fc.constantFrom(...CONTACT_FIELDS), fc.stringMatching(/^[0-9]{1,40}$/), (field, text) => {
      const shown = [...maskContact(field, text)].filter((character) => character !== '*').length
      return shown * 3 <= text.length * 2
    }),
  )
})
