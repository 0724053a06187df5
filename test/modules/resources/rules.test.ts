import t from 'tap'
import {
  advanceMatch,
  advanceOffer,
  checkMatch,
  checkOffer,
  checkProvider,
  MATCH_STATES,
  type Match,
  type MatchCommand,
  type MatchState,
  matchActionsOf,
  OFFER_STATES,
  type Offer,
  type OfferCommand,
  type OfferContent,
  type OfferState,
  offerActionsOf,
  offerCommandOf,
} from '../../../src/modules/resources/rules.ts'

const HOST = 'org_00000000000000000000000001'
const GIVER = 'org_00000000000000000000000002'
const TAKER = 'org_00000000000000000000000003'
const AT = new Date('2026-05-20T02:00:00.000Z')

const content: OfferContent = { kind: 'goods', description: '助餐桌椅', quantity: 20, unit: '套', amountFen: null }
const offerIn = (state: OfferState): Offer => ({
  ...content,
  id: 'rof_00000000000000000000000001',
  version: 1,
  providerId: 'rpv_00000000000000000000000001',
  providerOrganizationId: GIVER,
  hostId: HOST,
  state,
  createdAt: AT,
})
const matchIn = (state: MatchState): Match => ({
  id: 'rmt_00000000000000000000000001',
  version: 1,
  offerId: 'rof_00000000000000000000000001',
  providerId: 'rpv_00000000000000000000000001',
  providerOrganizationId: GIVER,
  undertakerId: TAKER,
  projectId: 'prj_00000000000000000000000001',
  hostId: HOST,
  state,
  createdAt: AT,
})

const OFFER_TABLE: Record<OfferState, Partial<Record<OfferCommand, OfferState>>> = {
  open: { match: 'matched', withdraw: 'withdrawn' },
  matched: { release: 'open' },
  withdrawn: {},
}
const MATCH_TABLE: Record<MatchState, Partial<Record<MatchCommand, MatchState>>> = {
  proposed: { confirm: 'confirmed', cancel: 'cancelled' },
  confirmed: { cancel: 'cancelled' },
  cancelled: {},
}

t.test(
  'every command in every state of an offer and of a match leads where the tables say, or is refused',
  async (t) => {
    for (const state of OFFER_STATES) {
      for (const command of ['match', 'release', 'withdraw'] as const) {
        const decision = advanceOffer(offerIn(state), command)
        t.equal(
          decision.accepted ? decision.value.state : undefined,
          OFFER_TABLE[state][command],
          `${command}: ${state}`,
        )
        if (!decision.accepted)
          t.match(decision.refusal, { problem: { code: 'offer_not_in_state' }, parameters: { state } })
      }
    }
    for (const state of MATCH_STATES) {
      for (const command of ['confirm', 'cancel'] as const) {
        const decision = advanceMatch(matchIn(state), command)
        t.equal(
          decision.accepted ? decision.value.state : undefined,
          MATCH_TABLE[state][command],
          `${command}: ${state}`,
        )
        if (!decision.accepted)
          t.match(decision.refusal, { problem: { code: 'match_not_in_state' }, parameters: { state } })
      }
    }
  },
)

t.test('an offer is taken by a confirmation, and given back only by the match that had taken it', async (t) => {
  t.equal(offerCommandOf(matchIn('proposed'), 'confirm'), 'match')
  t.equal(offerCommandOf(matchIn('confirmed'), 'cancel'), 'release')
  t.equal(offerCommandOf(matchIn('proposed'), 'cancel'), null)
})

t.test('clients are offered what they may send', async (t) => {
  t.same(OFFER_STATES.map(offerActionsOf), [['withdraw'], [], []])
  t.same(MATCH_STATES.map(matchActionsOf), [['confirm', 'cancel'], ['cancel'], []])
})

t.test('money is measured by its amount alone, everything else by a quantity with its unit', async (t) => {
  const isFit = (patch: Partial<OfferContent>) => checkOffer({ ...content, ...patch }).accepted
  t.ok(isFit({}))
  t.ok(isFit({ amountFen: 300_000n }), 'what goods are worth may be said')
  t.ok(isFit({ kind: 'money', quantity: null, unit: null, amountFen: 500_000n }))
  t.notOk(isFit({ kind: 'money', quantity: null, unit: null }), 'money without an amount')
  t.notOk(isFit({ kind: 'money', quantity: null, unit: null, amountFen: 0n }), 'no money at all')
  t.notOk(isFit({ kind: 'money', amountFen: 500_000n }), 'money by the piece')
  t.notOk(isFit({ unit: null }), 'twenty of what?')
  t.notOk(isFit({ quantity: null }), 'how many?')
  t.notOk(isFit({ quantity: 0 }), 'none')
})

t.test('a provider is an organization, on record or not, or a person (D1-18)', async (t) => {
  const isFit = (kind: 'organization' | 'person', organizationId: string | null, isOnRecord: boolean) =>
    checkProvider({ kind, name: '供给方', organizationId }, isOnRecord).accepted
  t.ok(isFit('organization', GIVER, true))
  t.ok(isFit('organization', null, false))
  t.ok(isFit('person', null, false))
  t.notOk(isFit('organization', GIVER, false), 'an unknown organization')
  t.notOk(isFit('person', GIVER, true), 'a person is no organization')
})

t.test('a match has two sides that differ, and a project on the list of the same host (D1-16)', async (t) => {
  const project = { id: 'prj_00000000000000000000000001', hostId: HOST, state: 'listed' }
  const provider = { kind: 'organization', name: '县慈善总会', organizationId: GIVER } as const
  const undertaker = { id: TAKER, name: '同行助残服务中心' }
  const facts = { offer: offerIn('open'), provider, undertaker, project }
  const codeOf = (patch: Partial<Parameters<typeof checkMatch>[1]>) => {
    const decision = checkMatch({ undertakerId: TAKER, projectId: project.id }, { ...facts, ...patch })
    return decision.accepted ? 'fits' : decision.refusal.problem.code
  }
  t.equal(codeOf({}), 'fits')
  t.equal(codeOf({ undertaker: undefined }), 'undertaker_unknown')
  t.equal(codeOf({ undertaker: { id: GIVER, name: '县慈善总会' } }), 'provider_is_undertaker')
  const byName = { kind: 'organization', name: ' 同行助残服务中心(总部)', organizationId: null } as const
  t.equal(
    codeOf({ provider: byName, undertaker: { id: TAKER, name: '同行助残服务中心（总部）' } }),
    'provider_is_undertaker',
  )
  t.equal(
    codeOf({ provider: { ...byName, kind: 'person', name: undertaker.name } }),
    'fits',
    'a person is nobody’s namesake',
  )
  t.equal(codeOf({ project: undefined }), 'project_not_matchable')
  t.equal(codeOf({ project: { ...project, hostId: TAKER } }), 'project_not_matchable')
  for (const state of ['draft', 'withdrawn', 'closed', 'terminated', 'settled'])
    t.equal(codeOf({ project: { ...project, state } }), 'project_not_matchable', state)
  for (const state of ['pending_agreement', 'active', 'suspended', 'closing'])
    t.equal(codeOf({ project: { ...project, state } }), 'fits', state)
})
