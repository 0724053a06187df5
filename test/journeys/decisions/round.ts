import fc from 'fast-check'
import type { LegalDate } from '../../../src/kernel/days.ts'
import { addDays, addMonths, atHour } from '../../../src/kernel/days.ts'
import type { LimitTerms } from '../../../src/modules/awards/rules/limits.ts'
import type { RecusalRecord } from '../../../src/modules/reviews/rules/seating.ts'
import type { FundPool, RoundPolicy } from '../../../src/modules/rounds/index.ts'

export const REVIEW_ON: LegalDate = '2026-04-28'
export const CRITERIA = [
  { code: 'feasibility', maxHundredths: 2500 },
  { code: 'need_fit', maxHundredths: 2000 },
  { code: 'effect', maxHundredths: 5500 },
] as const
export const TIE_BREAKS = [
  ['feasibility_mean', 'need_fit_mean', 'lower_request', 'earlier_submission', 'lot'],
  ['need_fit_mean', 'lot'],
  ['lower_request', 'lot'],
  ['lot'],
] as const

export interface RandomExpert extends RecusalRecord {
  readonly id: string
  /** Where the expert turns out to work after the panel was convened and before the sheet is signed. */
  readonly foundLater: RecusalRecord['employments']
}
export interface RandomNeed {
  readonly id: string
  /** Position in the round. */
  readonly lot: number
  readonly lotteryPurpose: string | null
  readonly serviceField: string
  readonly divisionCode: string
}
export interface RandomBid {
  readonly id: string
  readonly organizationId: string
  readonly sponsoredGroupId: string | null
  readonly needId: string
  readonly requestedFen: bigint
  /** What the host fixes instead; null: what was asked. */
  readonly fixedFen: bigint | null
  readonly submittedAt: Date
  readonly votes: bigint
}
/** What an expert would sign for a bid, whether or not it is let. */
export interface RandomSheet {
  readonly bidId: string
  readonly expertId: string
  readonly items: readonly { readonly criterion: string; readonly hundredths: number }[]
  readonly signingNumber: number
  readonly signedAt: Date
}
export const STEPS = [
  'announce',
  'publish',
  'object',
  'answer',
  'decline',
  'budget',
  'withdraw',
  'meet',
  'wait',
] as const
export interface RandomStep {
  readonly kind: (typeof STEPS)[number]
  /** Days since the step before. */
  readonly days: number
  /** Which of those that the step could concern. */
  readonly target: number
  readonly actor: number
  readonly isYes: boolean
}
/** All awards that can be announced are, before anything else. */
const ANNOUNCE: RandomStep = { kind: 'announce', days: 0, target: 0, actor: 0, isYes: true }

export interface RandomPolicy {
  readonly size: number
  readonly quorum: number
  readonly recusalLookbackMonths: number
  readonly hopsMax: number
  readonly dropExtremesMinSheets: number | null
  readonly passLineHundredths: number
  readonly tieBreak: readonly string[]
  readonly scope: 'round' | 'need'
  readonly passLineOn: 'total' | 'panel'
  /** The public vote weighs the rest. */
  readonly panelWeightBasisPoints: number
  readonly floorFen: bigint
  readonly awardsPerOrganizationMax: number
  readonly awardsPerNeedMax: number
  readonly validBidsPerNeedMin: number
  readonly partialAward: 'offer_rest' | 'skip' | 'stop'
  readonly singleBidPolicy: 'judge_on_merit' | 'reopen' | 'convert'
  readonly reallocateAfterNotice: boolean
  readonly limits: readonly LimitTerms[]
  readonly poolMatches: RoundPolicy['poolMatches']
  readonly noticeWorkdays: number
  readonly excludeStartDay: boolean
}
export interface RandomRound {
  readonly policy: RandomPolicy
  readonly experts: readonly RandomExpert[]
  /** Who sits, best seat first; who is beyond the policy's size is an alternate. */
  readonly members: readonly string[]
  readonly sponsors: ReadonlyMap<string, string>
  /** Organizations with one representative, address or account. */
  readonly contacts: readonly (readonly [string, string])[]
  readonly needs: readonly RandomNeed[]
  readonly pools: readonly FundPool[]
  readonly bids: readonly RandomBid[]
  readonly sheets: readonly RandomSheet[]
  /** Recusals that people state once all have signed. */
  readonly lateRecusals: readonly { readonly bidId: string; readonly expertId: string }[]
  readonly steps: readonly RandomStep[]
}

export const AGENCIES = ['A1', 'A2', 'A3', 'A4'] as const
const GROUPS = ['G1', 'G2'] as const
const ORGANIZATIONS = [...AGENCIES, ...GROUPS, 'X1', 'X2'] as const
const PURPOSES = [null, 'elderly', 'disabled'] as const
const FIELDS = ['elderly_care', 'governance'] as const
const PLACES = ['990421101001', '990421102001'] as const
const SOURCES = ['fiscal', 'welfare_lottery', 'foundation'] as const

/** Hundredths of points: few, with many equal sums and some a hundredth beside, so that ties and near ties are common. */
const MARKS = [
  [2000, 1500, 4500],
  [2010, 1500, 4490],
  [2000, 1510, 4490],
  [2000, 1500, 4501],
  [1800, 1700, 4500],
  [2150, 1600, 4250],
  [1600, 1200, 4200],
  [1590, 1200, 4200],
  [2500, 2000, 5500],
  [1500, 1000, 3000],
] as const

const nat = (max: number) => fc.nat({ max })
const organization = nat(ORGANIZATIONS.length - 1)
/** Months before the review at which a relation ended (-1: it ends a month later), days more or less; 0: it lasts. */
const tie = fc.record({ organization, months: fc.integer({ min: -1, max: 26 }), days: fc.integer({ min: -1, max: 1 }) })
/** Most experts have to do with nobody, or nobody would be left to judge. */
const ties = fc.array(tie, { maxLength: 1 })

export const randomRounds: fc.Arbitrary<RandomRound> = fc
  .record({
    policy: fc.record({
      size: fc.integer({ min: 1, max: 5 }),
      quorumShort: nat(2),
      recusalLookbackMonths: fc.constantFrom(0, 12, 24),
      hopsMax: fc.constantFrom(1, 2),
      dropExtremesMinSheets: fc.constantFrom(null, 3, 5),
      passLineHundredths: fc.constantFrom(6000, 7000, 8000, 8001),
      tieBreak: fc.constantFrom(...TIE_BREAKS),
      scope: fc.constantFrom('round' as const, 'need' as const),
      passLineOn: fc.constantFrom('total' as const, 'panel' as const),
      panelWeightBasisPoints: fc.constantFrom(10_000, 10_000, 7000),
      floorYuan: fc.constantFrom(0, 20_000),
      awardsPerOrganizationMax: fc.integer({ min: 1, max: 2 }),
      awardsPerNeedMax: fc.constantFrom(1, 1, 2),
      validBidsPerNeedMin: fc.constantFrom(1, 1, 2),
      partialAward: fc.constantFrom('offer_rest' as const, 'skip' as const, 'stop' as const),
      singleBidPolicy: fc.constantFrom('judge_on_merit' as const, 'judge_on_merit' as const, 'reopen' as const),
      reallocateAfterNotice: fc.boolean(),
      limits: fc.constantFrom<readonly LimitTerms[]>(
        [],
        [{ code: 'per_town', by: 'town', of: null, awardsMax: 2, amountMaxFen: null }],
        [{ code: 'per_organization', by: 'organization', of: null, awardsMax: null, amountMaxFen: 9_000_001n }],
        [
          { code: 'per_field', by: 'field', of: 'governance', awardsMax: 1, amountMaxFen: null },
          { code: 'per_county', by: 'county', of: null, awardsMax: null, amountMaxFen: 20_000_000n },
        ],
      ),
      hasMatch: fc.constantFrom(false, false, true),
      noticeWorkdays: fc.integer({ min: 1, max: 5 }),
      excludeStartDay: fc.boolean(),
    }),
    experts: fc.array(fc.record({ employed: ties, related: ties, declared: ties, later: ties, draw: nat(999) }), {
      minLength: 2,
      maxLength: 8,
    }),
    sponsorOf: fc.tuple(nat(AGENCIES.length - 1), nat(AGENCIES.length - 1)),
    contacts: fc.array(fc.tuple(organization, organization), { maxLength: 2 }),
    needs: fc.array(
      fc.record({ purpose: nat(PURPOSES.length - 1), field: nat(FIELDS.length - 1), place: nat(PLACES.length - 1) }),
      { minLength: 1, maxLength: 4 },
    ),
    pools: fc.array(fc.record({ yuan: fc.integer({ min: 1, max: 300_000 }), purposes: nat(2), isForField: nat(5) }), {
      minLength: 1,
      maxLength: 3,
    }),
    bids: fc.array(
      fc.record({
        agency: nat(AGENCIES.length - 1),
        group: nat(5),
        need: nat(3),
        requestedFen: fc.constantFrom(6_000_000n, 6_000_000n, 8_000_001n, 2_500_050n, 9_999_999n),
        cutFen: fc.constantFrom(0n, 0n, 0n, 100_001n),
        submitted: nat(2),
        votes: nat(7),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    marks: fc.array(nat(MARKS.length - 1), { minLength: 56, maxLength: 56 }),
    signedDaysLater: nat(3),
    lateRecusals: fc.array(fc.tuple(nat(6), nat(7)), { maxLength: 2 }),
    isAnnounced: fc.constantFrom(true, true, false),
    steps: fc.array(
      fc.record({
        kind: fc.constantFrom(...STEPS, 'object' as const, 'object' as const, 'answer' as const),
        days: nat(5),
        target: nat(20),
        actor: nat(AGENCIES.length - 1),
        isYes: fc.boolean(),
      }),
      { maxLength: 12 },
    ),
  })
  .map((raw): RandomRound => {
    const endedOn = (months: number, days: number): LegalDate | null =>
      months === 0 ? null : addDays(addMonths(REVIEW_ON, -months), days)
    const expert = ({ employed, related, declared, later }: (typeof raw.experts)[number], index: number) => {
      const dated = (list: typeof employed) =>
        list.map(({ organization, months, days }) => ({
          organizationId: of(ORGANIZATIONS, organization),
          from: '2010-01-01',
          to: endedOn(months, days),
        }))
      return {
        id: `E${index + 1}`,
        employments: dated(employed),
        relations: dated(related).map((one) => ({ ...one, kind: 'advice' as const })),
        // Without a day: half of them name nobody who could bid.
        conflictOrganizationIds: declared.flatMap(({ organization, months }) =>
          months < 8 ? [of(ORGANIZATIONS, organization)] : [],
        ),
        foundLater: dated(later.filter(({ months }) => months < 8)),
      }
    }
    const experts = raw.experts.map(expert)
    const needs = raw.needs.map(({ purpose, field, place }, lot) => ({
      id: `N${lot + 1}`,
      lot,
      lotteryPurpose: of(PURPOSES, purpose),
      serviceField: of(FIELDS, field),
      divisionCode: of(PLACES, place),
    }))
    const pools = raw.pools.map(({ yuan, purposes, isForField }, index) => ({
      id: `P${index + 1}`,
      position: index + 1,
      source: of(SOURCES, index),
      name: `P${index + 1}`,
      sizeFen: BigInt(yuan) * 100n + 1n,
      allocatedFen: 0n,
      purposes: purposes === 0 ? ['elderly', 'disabled'] : null,
      fields: isForField === 0 ? ['elderly_care'] : null,
    }))
    const bids = raw.bids.map(({ agency, group, need, requestedFen, cutFen, submitted, votes }, index) => {
      const sponsoredGroupId = GROUPS[group] ?? null
      const sponsor = sponsoredGroupId === null ? agency : of(raw.sponsorOf, group)
      return {
        id: `B${index + 1}`,
        organizationId: of(AGENCIES, sponsor),
        sponsoredGroupId,
        needId: of(needs, need % needs.length).id,
        requestedFen,
        fixedFen: cutFen === 0n ? null : requestedFen - cutFen,
        submittedAt: atHour(`2026-04-1${submitted}`, '10:00'),
        votes: BigInt(votes),
      }
    })
    const signedOn = addDays(REVIEW_ON, raw.signedDaysLater)
    const sheets = bids.flatMap((bid, row) =>
      experts.map((one, column) => {
        const marks = of(MARKS, of(raw.marks, row * 8 + column))
        return {
          bidId: bid.id,
          expertId: one.id,
          items: CRITERIA.map(({ code }, index) => ({ criterion: code, hundredths: of(marks, index) })),
          signingNumber: row * 8 + column,
          // Two at a time in one instant: then the number of signing tells who was first.
          signedAt: atHour(signedOn, column < 4 ? '10:00' : '11:00'),
        }
      }),
    )
    const { quorumShort, floorYuan, hasMatch, ...policy } = raw.policy
    const drawn = raw.experts.map(({ draw }, index) => ({ draw, index }))
    return {
      policy: {
        ...policy,
        quorum: Math.max(1, policy.size - quorumShort),
        floorFen: BigInt(floorYuan) * 100n,
        poolMatches: hasMatch && pools.length > 1 ? [{ pool: 2, source: 'fiscal', basisPoints: 5000 }] : [],
      },
      experts,
      members: drawn.toSorted((a, b) => a.draw - b.draw || a.index - b.index).map(({ index }) => `E${index + 1}`),
      sponsors: new Map(GROUPS.map((group, index) => [group, of(AGENCIES, of(raw.sponsorOf, index))])),
      contacts: raw.contacts.flatMap(([one, other]) =>
        one === other ? [] : [[of(ORGANIZATIONS, one), of(ORGANIZATIONS, other)] as const],
      ),
      needs,
      pools,
      bids,
      sheets,
      lateRecusals: raw.lateRecusals.flatMap(([row, column]) => {
        const [bid, one] = [bids[row], experts[column]]
        return bid === undefined || one === undefined ? [] : [{ bidId: bid.id, expertId: one.id }]
      }),
      steps: raw.isAnnounced ? [ANNOUNCE, ...raw.steps] : raw.steps,
    }
  })

/** The same round with everything that has no order of its own in another order. */
export function shuffled(round: RandomRound, seed: number): RandomRound {
  let state = seed
  const next = (below: number) => {
    // A linear congruence is chance enough for an order.
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const mix = <Item>(list: readonly Item[]): Item[] => {
    const mixed = [...list]
    for (let last = mixed.length - 1; last > 0; last--) {
      const other = next(last + 1)
      ;[mixed[last], mixed[other]] = [of(mixed, other), of(mixed, last)]
    }
    return mixed
  }
  return {
    ...round,
    experts: mix(round.experts),
    needs: mix(round.needs),
    pools: mix(round.pools),
    bids: mix(round.bids),
    sheets: mix(round.sheets),
    contacts: mix(round.contacts).map(([one, other]) => [other, one] as const),
    lateRecusals: mix(round.lateRecusals),
  }
}

/** @throws where there is no such item: the generator would be wrong. */
export function of<Item>(list: readonly Item[], index: number): Item {
  if (index < 0 || index >= list.length) throw new RangeError(`no item ${index} of ${list.length}`)
  return list[index] as Item
}
