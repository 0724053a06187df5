import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import type { Fen } from '../../kernel/money.ts'
import { CommunityFiguresUnexpected, CommunityKindWrong, DivisionCodeInvalid } from './problems.ts'

export const DIVISION_LEVELS = ['province', 'prefecture', 'county', 'town', 'community'] as const
export type DivisionLevel = (typeof DIVISION_LEVELS)[number]

/** 居委会 or 村委会. */
export const COMMUNITY_KINDS = ['urban', 'village'] as const
export type CommunityKind = (typeof COMMUNITY_KINDS)[number]

export interface DivisionContent {
  /** 12 digits: province 2, prefecture 2, county 2, town 3, community 3. */
  readonly code: string
  readonly name: string
  /** Null above communities. */
  readonly communityKind: CommunityKind | null
  readonly households: number | null
  /** Floor area of the community's service premises. */
  readonly premisesSquareMetres: number | null
}

export interface Division extends DivisionContent {
  readonly version: number
  readonly level: DivisionLevel
  /** Follows from the code; null for a province. It need not be on record. */
  readonly parentCode: string | null
  readonly createdAt: Date
}

export interface Premises {
  readonly squareMetres: number | null
  /** Null while it cannot be told because the households are not known. */
  readonly requiredSquareMetres: number | null
  /** Null while one of the two is not known. */
  readonly isSufficient: boolean | null
}

/** Where each level's digits end. */
const SEGMENT_ENDS = [2, 4, 6, 9, 12] as const

/** Level and parent of a code, or {@link DivisionCodeInvalid}. Prefectures without counties (441900 东莞) have towns. */
export function placeOf(code: string): Decision<{ level: DivisionLevel; parentCode: string | null }> {
  const filled = SEGMENT_ENDS.map((end, index) => /[1-9]/.test(code.slice(SEGMENT_ENDS[index - 1] ?? 0, end)))
  const [province, prefecture, county, town, community] = filled
  const isGapless =
    /^[0-9]{12}$/.test(code) && province && (prefecture || !(county || town || community)) && (town || !community)
  if (!isGapless) return refuse(DivisionCodeInvalid, { code })
  const lowest = filled.lastIndexOf(true)
  const level = DIVISION_LEVELS[lowest] as DivisionLevel
  const parentCode = lowest === 0 ? null : code.slice(0, SEGMENT_ENDS[lowest - 1]).padEnd(12, '0')
  return accept({ level, parentCode })
}

/** The code of the place at this level that a place belongs to, whatever is on record: 330203001005 is in the county 330203000000. */
export function divisionAt(code: string, level: DivisionLevel): string {
  return code.slice(0, SEGMENT_ENDS[DIVISION_LEVELS.indexOf(level)]).padEnd(12, '0')
}

/** A division with everything that follows from its code. */
export function checkDivision(
  content: DivisionContent,
): Decision<DivisionContent & { level: DivisionLevel; parentCode: string | null }> {
  const place = placeOf(content.code)
  if (!place.accepted) return place
  const { level } = place.value
  const isCommunity = level === 'community'
  const ruled = isCommunity ? kindByCode(content.code) : null
  const communityKind = content.communityKind ?? ruled
  const contradicts = content.communityKind !== null && ruled !== null && content.communityKind !== ruled
  if (contradicts || isCommunity !== (communityKind !== null)) return refuse(CommunityKindWrong, { code: content.code })
  if (!isCommunity && (content.households !== null || content.premisesSquareMetres !== null))
    return refuse(CommunityFiguresUnexpected, { code: content.code })
  return accept({ ...content, ...place.value, communityKind })
}

/** Community parts 001–199 are residents' committees, 200–399 villages; of others the code does not tell. */
function kindByCode(code: string): CommunityKind | null {
  const part = Number(code.slice(9))
  return part < 200 ? 'urban' : part < 400 ? 'village' : null
}

const SQUARE_METRES_PER_100_HOUSEHOLDS = 30
const SMALL_COMMUNITY_HOUSEHOLDS = 2500
const SMALL_COMMUNITY_SQUARE_METRES = 600
const VILLAGE_SQUARE_METRES = 500

/**
 * Floor area that a community needs: 30 m² per 100 households, and 600 m² below 2500 households (D0-11; the jump from
 * 600 to 750 is in the text); a village 500 m² (D0-12).
 */
export function premisesOf(
  division: Pick<Division, 'communityKind' | 'households' | 'premisesSquareMetres'>,
): Premises | null {
  if (division.communityKind === null) return null
  const squareMetres = division.premisesSquareMetres
  const requiredSquareMetres = division.communityKind === 'village' ? VILLAGE_SQUARE_METRES : urban(division.households)
  const isKnown = squareMetres !== null && requiredSquareMetres !== null
  return { squareMetres, requiredSquareMetres, isSufficient: isKnown ? squareMetres >= requiredSquareMetres : null }
}

/** Rounded up: whole square metres are on record, so 750.3 m² takes 751. */
function urban(households: number | null): number | null {
  if (households === null) return null
  if (households < SMALL_COMMUNITY_HOUSEHOLDS) return SMALL_COMMUNITY_SQUARE_METRES
  return Math.ceil((households * SQUARE_METRES_PER_100_HOUSEHOLDS) / 100)
}

const WORK_FUND_PER_HOUSEHOLD_FEN: Fen = 10_000n

/** 10,000 yuan a year per 100 households of an urban community, pro rata (D4-05); null where the rule does not apply. */
export function yearlyWorkFund(division: Pick<Division, 'communityKind' | 'households'>): Fen | null {
  if (division.communityKind !== 'urban' || division.households === null) return null
  return BigInt(division.households) * WORK_FUND_PER_HOUSEHOLD_FEN
}
