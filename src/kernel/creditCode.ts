import { accept, type Decision, refuse } from './decision.ts'
import { defineProblem } from './problem.ts'

/**
 * The unified social credit code (统一社会信用代码, GB 32100-2015): registering department, category, six digits of the
 * registrar's division, nine characters of the organization code (GB 11714), and a check character.
 */

/** The 31 symbols in the order of their values: no I, O, S, V, Z. */
const SYMBOLS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
/** 3^(i-1) mod 31 for the positions 1 to 17. */
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

/** In the organization code a letter counts A=10 … Z=35, unlike in {@link SYMBOLS}: M is 22 here and 21 there. */
const ORGANIZATION_SYMBOLS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ORGANIZATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

/**
 * The first two characters: registering department, then category within it. The table was extended after 2015 and is
 * not complete here, so a pair that is missing is worth a warning and never a refusal.
 */
export const CREDIT_CODE_CATEGORIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '1': { '1': '机关', '2': '事业单位', '3': '群众团体', '9': '机构编制部门登记的其他组织' },
  '2': { '1': '外国常驻新闻机构', '9': '外交部门登记的其他组织' },
  '3': {
    '1': '律师执业机构',
    '2': '公证处',
    '3': '基层法律服务所',
    '4': '司法鉴定机构',
    '5': '仲裁委员会',
    '9': '司法行政部门登记的其他组织',
  },
  '4': { '1': '外国在华文化中心', '9': '文化部门登记的其他组织' },
  '5': { '1': '社会团体', '2': '民办非企业单位', '3': '基金会', '9': '民政部门登记的其他组织' },
  '6': { '1': '外国旅游部门常驻代表机构', '2': '港澳台地区旅游部门常驻内地代表机构', '9': '旅游部门登记的其他组织' },
  '7': { '1': '宗教活动场所', '2': '宗教院校', '9': '宗教部门登记的其他组织' },
  '8': { '1': '基层工会', '9': '工会登记的其他组织' },
  '9': { '1': '企业', '2': '个体工商户', '3': '农民专业合作社' },
  A: { '1': '军队事业单位', '9': '军队编制部门登记的其他组织' },
  N: { '1': '组级集体经济组织', '2': '村级集体经济组织', '3': '乡镇级集体经济组织', '9': '农业部门登记的其他组织' },
  Y: { '1': '其他组织' },
}

/** `check` is `length`, `characters` or `check_character`: the first check that failed, in this order. */
export const CreditCodeInvalid = defineProblem({
  code: 'credit_code_invalid',
  status: 422,
  title: { 'zh-CN': '统一社会信用代码无效', en: 'The unified social credit code is not valid' },
  detail: {
    'zh-CN':
      '统一社会信用代码未通过 {check} 检查:须为 18 位 (length),只含数字和除 I、O、S、V、Z 以外的大写字母 (characters),第 18 位校验码须正确 (check_character)。请核对登记证书后重新填写。',
    en: 'The credit code fails the check {check}: it has 18 characters (length), only digits and capital letters without I, O, S, V, Z (characters), and a last character that fits the others (check_character). Compare it with the registration certificate.',
  },
})

/** The words of {@link creditCodeWarnings}. */
export const CREDIT_CODE_WARNINGS = ['unknown_category', 'organization_code_check_character'] as const

/** Trimmed, full-width characters made half-width, letters capital: the form that is stored and compared. */
export function normalizeCreditCode(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .trim()
    .toUpperCase()
}

/** The normalized code, or {@link CreditCodeInvalid} with the check that failed. */
export function checkCreditCode(text: string): Decision<string> {
  const code = normalizeCreditCode(text)
  if (code.length !== 18) return refuse(CreditCodeInvalid, { check: 'length' })
  if (!hasOnlySymbols(code)) return refuse(CreditCodeInvalid, { check: 'characters' })
  if (completeCreditCode(code.slice(0, 17)) !== code) return refuse(CreditCodeInvalid, { check: 'check_character' })
  return accept(code)
}

/**
 * What is odd about a valid code without making it wrong: a pair of department and category that the table does not
 * know, and an organization code whose own check character does not fit. Empty if nothing is.
 */
export function creditCodeWarnings(text: string): string[] {
  const code = normalizeCreditCode(text)
  const [unknownCategory, organizationCode] = CREDIT_CODE_WARNINGS
  const warnings: string[] = []
  if (CREDIT_CODE_CATEGORIES[code.charAt(0)]?.[code.charAt(1)] === undefined) warnings.push(unknownCategory)
  if (organizationCheckCharacter(code.slice(8, 16)) !== code.charAt(16)) warnings.push(organizationCode)
  return warnings
}

/** The whole code of its first 17 characters. Throws a RangeError unless they are 17 of the allowed symbols. */
export function completeCreditCode(first17: string): string {
  if (first17.length !== 17 || !hasOnlySymbols(first17)) {
    throw new RangeError(`not the first 17 characters of a credit code: ${JSON.stringify(first17)}`)
  }
  // The outer remainder turns 31 into 0 when the weighted sum is divisible by 31.
  return first17 + SYMBOLS.charAt((31 - (weightedSum(first17, SYMBOLS, WEIGHTS) % 31)) % 31)
}

function organizationCheckCharacter(first8: string): string {
  const value = 11 - (weightedSum(first8, ORGANIZATION_SYMBOLS, ORGANIZATION_WEIGHTS) % 11)
  return value === 10 ? 'X' : value === 11 ? '0' : String(value)
}

function weightedSum(text: string, symbols: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * symbols.indexOf(text.charAt(index)), 0)
}

function hasOnlySymbols(text: string): boolean {
  return [...text].every((character) => SYMBOLS.includes(character))
}
