import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { formatYuan } from '../../../kernel/money.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import type { RoundPolicy, RoundPolicyInput } from '../policyDocument.ts'
import {
  AmendmentConfirmByUnfit,
  AmendmentEmpty,
  AmendmentFlawed,
  AmendmentFrozen,
  AmendmentTooLate,
  AmendmentTooSudden,
} from '../problems.ts'
import { advance, type Confirmation, type FundPool, type Round, type Timetable } from '../rules.ts'
import { compile, errorsAmong, formalCheckDueOf } from './compile.ts'
import { asFieldError, type CompilerFacts, type Finding } from './finding.ts'
import { MODES } from './modes.ts'

const DAY_MS = 86_400_000

/** What the host wants to change about a published round. */
export interface Amendment {
  readonly reason: string
  readonly policy: RoundPolicyInput
  readonly timetable: Timetable | null
  readonly pools: readonly { readonly position: number; readonly sizeFen: bigint }[]
  readonly confirmation: Confirmation
  readonly confirmBy: Date | null
}

export interface Amended {
  /** The round under its next policy version. */
  readonly round: Round
  readonly pools: readonly FundPool[]
  readonly formalCheckDue: ResolvedDate
  /** JSON pointers of what differs. */
  readonly changed: readonly string[]
}

/**
 * A published round changes only before its bids close, only as a new version, and never into one that could not have
 * been published. Bidders keep time to react (`amendmentDaysMin` of the mode), unless the amendment only lengthens the
 * time for bids or adds money.
 */
export function amend(before: Round, amendment: Amendment, facts: CompilerFacts): Decision<Amended> {
  const state = advance(before, 'amend')
  if (!state.accepted) return state
  if (facts.now >= before.closesAt) return refuse(AmendmentTooLate, { closesAt: before.closesAt.toISOString() })
  const after = amended(before, amendment)
  const pools = facts.pools.map((pool) => ({ ...pool, sizeFen: newSize(pool, amendment) }))
  const frozen = frozenParts(before, after, amendment, facts)
  if (frozen.length > 0) return refuse(AmendmentFrozen, { count: frozen.length }, frozen)
  const changed = changes(before, after, facts.pools, pools)
  if (changed.length === 0) return refuse(AmendmentEmpty, { version: before.policyVersion })
  const inTime = timeLeft(before, after, changed, facts.now)
  if (!inTime.accepted) return inTime
  const confirmBy = confirmationTime(after, amendment, facts.now)
  if (!confirmBy.accepted) return confirmBy
  const flaws = newErrors(compile(before, facts), compile(after, { ...facts, pools }))
  if (flaws.length > 0) return refuse(AmendmentFlawed, { count: flaws.length }, flaws.map(asFieldError))
  const due = formalCheckDueOf(after, facts)
  if (!due.accepted) return due
  return accept({ round: after, pools, formalCheckDue: due.value, changed })
}

function amended(before: Round, { policy, timetable, confirmation, confirmBy }: Amendment): Round {
  const policyVersion = before.policyVersion + 1
  return {
    ...before,
    ...timetable,
    policy: { ...before.policy, ...policy },
    policyVersion,
    ...(confirmation === 'required' ? { requiredPolicyVersion: policyVersion, confirmBy } : {}),
  }
}

function newSize(pool: FundPool, { pools }: Amendment): bigint {
  return pools.find(({ position }) => position === pool.position)?.sizeFen ?? pool.sizeFen
}

/** What bidders already relied on and nobody may take back. */
function frozenParts(before: Round, after: Round, { pools }: Amendment, facts: CompilerFacts): FieldError[] {
  const flaw = (isThere: boolean, pointer: string, code: string, chinese: string, english: string): FieldError[] =>
    isThere ? [{ pointer, code, detail: english, sentences: { 'zh-CN': chinese, en: english } }] : []
  return [
    ...flaw(
      !isSame(before.policy.sealing, after.policy.sealing),
      '#/policy/sealing',
      'sealing_fixed',
      '轮次密钥已按原封标规则生成,不能修改。',
      'The round key was made by the sealing rules of the publication; they stay.',
    ),
    ...flaw(
      facts.now >= before.opensAt && before.opensAt.getTime() !== after.opensAt.getTime(),
      '#/timetable/opensAt',
      'opening_passed',
      '申报已经开始,开始时间不能再改。',
      'Bids are being taken already; their opening time stays.',
    ),
    ...pools.flatMap(({ position, sizeFen }, index) => {
      const pool = facts.pools.find((one) => one.position === position)
      return [
        ...flaw(
          pool === undefined,
          `#/pools/${index}/position`,
          'pool_unknown',
          `没有序号为 ${position} 的资金池;修改公告不能增加资金池。`,
          `There is no pool at position ${position}; an amendment adds none.`,
        ),
        ...flaw(
          pool !== undefined && sizeFen < pool.sizeFen,
          `#/pools/${index}/size`,
          'pool_shrinks',
          `资金池不能减少,现为 ${formatYuan(pool?.sizeFen ?? 0n)} 元。`,
          `Pools only grow; this one holds ${formatYuan(pool?.sizeFen ?? 0n)} yuan.`,
        ),
      ]
    }),
  ]
}

function changes(
  before: Round,
  after: Round,
  poolsBefore: readonly FundPool[],
  poolsAfter: readonly FundPool[],
): string[] {
  const names = Object.keys(after.policy) as (keyof RoundPolicy)[]
  const times = ['opensAt', 'closesAt', 'cycleStartsOn', 'cycleEndsOn'] as const
  return [
    ...names.filter((name) => !isSame(before.policy[name], after.policy[name])).map((name) => `#/policy/${name}`),
    ...times.filter((name) => !isSame(before[name], after[name])).map((name) => `#/timetable/${name}`),
    ...poolsAfter.flatMap(({ sizeFen }, index) =>
      sizeFen === poolsBefore[index]?.sizeFen ? [] : [`#/pools/${index}/size`],
    ),
  ]
}

function timeLeft(before: Round, after: Round, changed: readonly string[], now: Date): Decision<true> {
  const onlyHelps = changed.every((pointer) => pointer.startsWith('#/pools/') || pointer === '#/timetable/closesAt')
  if (onlyHelps && after.closesAt >= before.closesAt) return accept(true)
  const days = MODES[after.procurementMode].amendmentDaysMin
  const earliest = new Date(now.getTime() + days * DAY_MS)
  if (after.closesAt >= earliest) return accept(true)
  return refuse(AmendmentTooSudden, { days, earliest: earliest.toISOString() })
}

function confirmationTime({ closesAt }: Round, amendment: Amendment, now: Date): Decision<Date | null> {
  const { confirmation, confirmBy } = amendment
  const fits = confirmBy === null || (confirmation === 'required' && confirmBy > now && confirmBy <= closesAt)
  return fits ? accept(confirmBy) : refuse(AmendmentConfirmByUnfit, { closesAt: closesAt.toISOString() })
}

/** The errors that the round did not have before: what happened to its needs since is not the amendment's fault. */
function newErrors(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const keyOf = ({ pointer, definition }: Finding) => `${pointer} ${definition.code}`
  const known = new Set(before.map(keyOf))
  return errorsAmong(after).filter((finding) => !known.has(keyOf(finding)))
}

/** Equal as JSON documents, whatever the order of their members. */
function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(inOrder(left)) === JSON.stringify(inOrder(right))
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, inOrder(item)]))
}
