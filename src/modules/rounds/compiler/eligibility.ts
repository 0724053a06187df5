import type { ApplicantClass } from '../languageDocument.ts'
import type { RoundPolicy } from '../policyDocument.ts'
import { defineFindings, type Finding, type Part, when } from './finding.ts'

const FLAW = defineFindings({
  eligibility_months_contradict: [
    'error',
    '登记至少 {min} 个月又至多 {max} 个月,没有机构能够符合;请调整其中之一。',
    'No organization is registered for at least {min} and at most {max} months; change one of them.',
  ],
  class_excluded: [
    'error',
    'eligibility 把符合此类别条件的机构全部排除在外,没有机构能归入此类别;请调整其中之一。',
    'Eligibility keeps out everybody who could fall into this class; change one of them.',
  ],
  look_back_inverted: [
    'warning',
    '活动异常名录的回溯期({abnormal} 个月)长于更严重的严重违法失信名单({serious} 个月)。',
    'The abnormal list weighs longer ({abnormal} months) than the graver serious list ({serious}).',
  ],
  ban_inverted: [
    'warning',
    '终期不合格的禁止申报期({finalFail} 个月)长于更严重的违约({breach} 个月)。',
    'A failed project bans longer ({finalFail} months) than the graver breach of contract ({breach}).',
  ],
})

/** Whether anybody may bid: conditions that shut everybody out, alone or together with those of a class. */
export const eligibility: Part = {
  definitions: FLAW,
  check: ({ policy: { eligibility: rules, applicantClasses, banMonths } }) => {
    const { registeredMonthsMin: min = null, registeredMonthsMax: max = null } = rules
    const { abnormalListMonths: abnormal, seriousListMonths: serious } = rules
    const isEmpty = isNone(min, max)
    return [
      ...when(isEmpty, '/policy/eligibility', FLAW.eligibility_months_contradict, { min: min ?? '', max: max ?? '' }),
      ...when(abnormal > serious, '/policy/eligibility/abnormalListMonths', FLAW.look_back_inverted, {
        abnormal,
        serious,
      }),
      ...when(banMonths.finalFail > banMonths.breach, '/policy/banMonths/finalFail', FLAW.ban_inverted, banMonths),
      // Months that nobody has are told once, not again for each class.
      ...(isEmpty ? [] : excludedClasses(applicantClasses, rules)),
    ]
  },
}

function excludedClasses(classes: readonly ApplicantClass[], rules: RoundPolicy['eligibility']): Finding[] {
  const { registeredMonthsMin = null, registeredMonthsMax = null, organizationTypes = null } = rules
  return classes.flatMap((one, index) => {
    if (isNone(one.registeredMonthsMin, one.registeredMonthsMax)) return []
    const isTooNew = isNone(registeredMonthsMin, one.registeredMonthsMax)
    const isTooOld = isNone(one.registeredMonthsMin, registeredMonthsMax)
    const isOfNoKind =
      organizationTypes !== null &&
      one.organizationTypes !== null &&
      !one.organizationTypes.some((type) => organizationTypes.includes(type))
    return when(isTooNew || isTooOld || isOfNoKind, `/policy/applicantClasses/${index}`, FLAW.class_excluded)
  })
}

/** Is no age at least the one and at most the other? Null: no bound. */
function isNone(min: number | null, max: number | null): boolean {
  return min !== null && max !== null && min > max
}
