import t from 'tap'
import { finalStates } from '../../../src/kernel/transitions.ts'
import {
  AGREEMENT_STATES,
  AGREEMENT_TRANSITIONS,
  type Agreement,
  type AgreementState,
  agreementActions,
  checkRemedies,
  checkTerm,
  completeAgreement,
  endWithAward,
  type Party,
  signAgreement,
  terminateAgreement,
} from '../../../src/modules/agreements/rules.ts'

const TODAY = '2026-05-28'
const DAYS = { confirmedOn: '2026-05-18', today: TODAY }
const signatureOf = (party: Party, signedOn = '2026-05-27') => ({ party, actorId: `key_${party}`, signedOn })

function agreementIn(state: AgreementState, signed: readonly Party[] = []): Agreement {
  return {
    id: 'agr_1',
    version: 1,
    awardId: 'awd_1',
    projectId: 'prj_1',
    roundId: 'rnd_1',
    hostId: 'org_1',
    organizationId: 'org_2',
    approvedFen: 9_500_000n,
    startsOn: '2026-06-01',
    endsOn: '2026-11-30',
    midPointOn: '2026-08-31',
    parties: ['host', 'agency', 'operator'],
    signatures: signed.map((party) => signatureOf(party)),
    state,
    effectiveOn: null,
    terminatedOn: null,
    terminationKind: null,
    terminationReason: null,
    createdAt: new Date('2026-05-20T01:00:00Z'),
  }
}

t.test('every command in every state of an agreement is lawful as the table says, or refused', (t) => {
  const signed: Record<AgreementState, readonly Party[]> = {
    draft: [],
    partly_signed: ['agency', 'operator'],
    effective: ['agency', 'operator'],
    terminated: [],
    completed: ['agency', 'operator'],
  }
  const commands = {
    sign: (agreement: Agreement) => signAgreement(agreement, signatureOf('host'), DAYS),
    terminate: (agreement: Agreement) =>
      terminateAgreement(agreement, { kind: 'breach', reason: '挪用资金', on: TODAY }),
    complete: completeAgreement,
  }
  const table: Record<AgreementState, Partial<Record<keyof typeof commands, AgreementState>>> = {
    draft: { sign: 'partly_signed', terminate: 'terminated' },
    partly_signed: { sign: 'effective', terminate: 'terminated' },
    effective: { terminate: 'terminated', complete: 'completed' },
    terminated: {},
    completed: {},
  }
  for (const state of AGREEMENT_STATES) {
    for (const [command, run] of Object.entries(commands)) {
      const decision = run(agreementIn(state, signed[state]))
      const expected = table[state][command as keyof typeof commands]
      if (decision.accepted) t.equal(decision.value.state, expected, `${command} in ${state}`)
      else
        t.same(
          [expected, decision.refusal.problem.code],
          [undefined, 'agreement_not_in_state'],
          `${command} in ${state}`,
        )
    }
  }
  t.same(finalStates(AGREEMENT_TRANSITIONS), ['terminated', 'completed'])
  t.same(agreementActions({ state: 'draft' }), ['sign', 'terminate'])
  t.same(agreementActions({ state: 'effective' }), ['terminate'])
  t.same(agreementActions({ state: 'completed' }), [])
  t.end()
})

t.test('an agreement binds from the latest day of signing, in whatever order the signatures come', (t) => {
  const before = {
    ...agreementIn('partly_signed'),
    signatures: [signatureOf('host', '2026-05-27'), signatureOf('operator', '2026-05-25')],
  }
  t.match(signAgreement(before, signatureOf('agency', '2026-05-26'), DAYS), {
    value: { state: 'effective', effectiveOn: '2026-05-27' },
  })
  const first = signAgreement(agreementIn('draft'), signatureOf('agency'), DAYS)
  t.match(first, { value: { state: 'partly_signed', effectiveOn: null } })
  t.end()
})

t.test('who is no party, has signed or signs tomorrow or before the meeting is refused', (t) => {
  const code = (agreement: Agreement, party: Party, signedOn = '2026-05-27') => {
    const decision = signAgreement(agreement, signatureOf(party, signedOn), DAYS)
    return decision.accepted ? 'accepted' : decision.refusal.problem.code
  }
  t.equal(code({ ...agreementIn('draft'), parties: ['host', 'agency'] }, 'operator'), 'party_not_expected')
  t.equal(code(agreementIn('partly_signed', ['host']), 'host'), 'party_has_signed')
  t.equal(code(agreementIn('draft'), 'host', '2026-05-29'), 'signature_day_invalid')
  t.equal(code(agreementIn('draft'), 'host', TODAY), 'accepted')
  t.equal(code(agreementIn('draft'), 'host', '2026-05-17'), 'signature_day_invalid', 'before the meeting')
  t.end()
})

t.test('the mid-point lies inside the period', (t) => {
  const term = { startsOn: '2026-06-01', endsOn: '2026-11-30', midPointOn: '2026-08-31' }
  t.ok(checkTerm(term).accepted)
  t.ok(checkTerm({ startsOn: '2026-06-01', endsOn: '2026-06-01', midPointOn: '2026-06-01' }).accepted)
  for (const change of [{ midPointOn: '2026-05-31' }, { midPointOn: '2026-12-01' }, { endsOn: '2026-05-31' }])
    t.match(checkTerm({ ...term, ...change }), { refusal: { problem: { code: 'agreement_period_invalid' } } })
  t.end()
})

t.test('an agreement that nobody is bound by ends with its award, and no other', async (t) => {
  for (const state of AGREEMENT_STATES) {
    const before = agreementIn(state)
    const after = endWithAward(before, '异议成立', TODAY)
    if (state === 'draft' || state === 'partly_signed')
      t.match(after, { state: 'terminated', terminationKind: 'award_cancelled', terminatedOn: TODAY })
    else t.equal(after, before, state)
  }
})

t.test('nobody signs while something is open against the award, or may still be filed', async (t) => {
  const windowClosesAt = new Date('2026-05-20T16:00:00Z')
  t.match(checkRemedies({ openId: 'obj_1', windowClosesAt }), { refusal: { problem: { code: 'remedy_open' } } })
  t.match(checkRemedies({ openId: null, windowClosesAt }), { refusal: { problem: { code: 'query_window_open' } } })
  t.match(checkRemedies({ openId: null, windowClosesAt: null }), { accepted: true })
})
