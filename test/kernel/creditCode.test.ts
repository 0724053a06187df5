import fc from 'fast-check'
import t from 'tap'
import {
  CreditCodeInvalid,
  checkCreditCode,
  completeCreditCode,
  creditCodeWarnings,
  normalizeCreditCode,
} from '../../src/kernel/creditCode.ts'
import { sentence } from '../../src/kernel/problem.ts'

const SYMBOLS = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']
const anyFirst17 = fc.array(fc.constantFrom(...SYMBOLS), { minLength: 17, maxLength: 17 }).map((list) => list.join(''))

const REAL: Record<string, string> = {
  华为技术有限公司: '914403001922038216',
  中国工商银行股份有限公司: '91100000100003962T',
  北京大学: '12100000400002259P',
  中华人民共和国民政部: '11100000000013127D',
  'the corrected example of the standard': '91350100M000100Y43',
}
const DEMO: Record<string, string> = {
  云汀县民政局: '11990421MB99001A3W',
  云汀县暖汀社会工作服务中心: '52990421MJ99001A21',
  云汀县青禾社会工作服务中心: '52990421MJ99002B77',
  云汀县同行助残服务中心: '52990421MJ99003C1B',
  云汀县松坪镇和邻社区服务社: '52990421MJ99004D6H',
  云汀县众苗志愿服务协会: '51990421MJ99005E0Q',
}

const failedCheck = (text: string) => {
  const decision = checkCreditCode(text)
  return decision.accepted ? null : decision.refusal.parameters.check
}

t.test('known codes and those of the demonstration are valid without a warning', async (t) => {
  for (const [holder, code] of Object.entries({ ...REAL, ...DEMO })) {
    t.same(checkCreditCode(code), { accepted: true, value: code }, holder)
    t.same(creditCodeWarnings(code), [], holder)
    t.equal(completeCreditCode(code.slice(0, 17)), code, holder)
  }
})

t.test('the printed example of the standard is invalid', async (t) => {
  t.equal(failedCheck('91350100M000100Y4Z'), 'characters', 'Z is no symbol of the code')
  t.equal(failedCheck('91350100M000100Y44'), 'check_character')
})

t.test('a code is refused for the first check that it fails', async (t) => {
  t.equal(failedCheck(''), 'length')
  t.equal(failedCheck('5299042IMJ99001A2'), 'length', 'length comes before characters')
  t.equal(failedCheck('52990421MJ99001A211'), 'length')
  for (const letter of 'IOSVZ-中') t.equal(failedCheck(`52990421MJ9900${letter}A21`), 'characters', letter)
  t.equal(failedCheck('52990421MJ99001A22'), 'check_character')
  t.match(checkCreditCode(''), { accepted: false, refusal: { problem: CreditCodeInvalid } })
})

t.test('a code is stored trimmed, half-width and in capitals', async (t) => {
  t.equal(normalizeCreditCode(' ５２990421mj99001Ａ21　'), '52990421MJ99001A21')
  t.same(checkCreditCode('\t52990421ｍｊ99001a21\n'), { accepted: true, value: '52990421MJ99001A21' })
})

t.test('an unknown category and a wrong organization code only warn', async (t) => {
  const villagers = completeCreditCode(`54990421${DEMO.云汀县暖汀社会工作服务中心?.slice(8, 17)}`)
  t.same(checkCreditCode(villagers), { accepted: true, value: villagers })
  t.same(creditCodeWarnings(villagers), ['unknown_category'])
  const misprinted = completeCreditCode('52990421MJ99001A3')
  t.same(checkCreditCode(misprinted), { accepted: true, value: misprinted })
  t.same(creditCodeWarnings(misprinted), ['organization_code_check_character'])
  const both = completeCreditCode('P0990421MJ99001A3')
  t.same(creditCodeWarnings(both), ['unknown_category', 'organization_code_check_character'])
})

t.test('the organization code may end in X for ten and 0 for eleven', async (t) => {
  // 3 × 4 = 12 leaves 1, so ten; a sum of 0 leaves 0, so eleven.
  t.same(creditCodeWarnings(completeCreditCode('5299042140000000X')), [])
  t.same(creditCodeWarnings(completeCreditCode('52990421000000000')), [])
})

t.test('a weighted sum that 31 divides gives the check character 0', async (t) => {
  t.equal(completeCreditCode('00000000000000000'), '000000000000000000')
})

t.test('only 17 allowed symbols can be completed', async (t) => {
  for (const text of ['', '5299042IMJ99001A2', '52990421mj99001a2', '52990421MJ99001A21']) {
    t.throws(() => completeCreditCode(text), RangeError, JSON.stringify(text))
  }
})

t.test('every completed code is valid, and changing any one character makes it invalid', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyFirst17, fc.nat(17), fc.constantFrom(...SYMBOLS), (first17, position, symbol) => {
        const code = completeCreditCode(first17)
        const changed = code.slice(0, position) + symbol + code.slice(position + 1)
        return checkCreditCode(code).accepted && (changed === code || failedCheck(changed) === 'check_character')
      }),
    ),
  )
})

t.test('swapping two neighbours that differ makes a code invalid', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyFirst17, fc.nat(15), (first17, position) => {
        const code = completeCreditCode(first17)
        const swapped =
          code.slice(0, position) + code.charAt(position + 1) + code.charAt(position) + code.slice(position + 2)
        return swapped === code || failedCheck(swapped) === 'check_character'
      }),
    ),
  )
})

t.test('the refusal names the failed check in both languages', async (t) => {
  for (const detail of Object.values(CreditCodeInvalid.detail)) {
    t.notMatch(sentence(detail, { check: 'length' }), /[{}]/)
  }
})
