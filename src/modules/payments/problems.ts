import { defineProblem } from '../../kernel/problem.ts'

export const TrancheNotInState = defineProblem({
  code: 'tranche_not_in_state',
  status: 409,
  title: { 'zh-CN': '资金拨付当前状态不允许此操作', en: 'The tranche does not allow this now' },
  detail: {
    'zh-CN': '该笔拨付当前为 {state},不能执行 {command};请重新读取后按其 actions 操作。',
    en: 'The tranche is {state}, so {command} is not possible; read it again and follow its actions.',
  },
})
export const SamePersonApproves = defineProblem({
  code: 'same_person_approves',
  status: 409,
  title: { 'zh-CN': '申请人不能审批本人的申请', en: 'Who requested a payment cannot approve it' },
  detail: {
    'zh-CN': '申请与审批须由不同的人完成;请由另一位财务人员审批。',
    en: 'Request and approval need two different people; another person of the finance office approves.',
  },
})
export const PaymentDayInvalid = defineProblem({
  code: 'payment_day_invalid',
  status: 422,
  title: { 'zh-CN': '支付日期不正确', en: 'The day of payment is not possible' },
  detail: {
    'zh-CN': '支付日期 {paidOn} 须在审批日 {approvedOn} 至今天 {today} 之间(含首尾)。',
    en: 'The day of payment {paidOn} must lie between the approval on {approvedOn} and today, {today}, both included.',
  },
})
export const GrantExists = defineProblem({
  code: 'grant_exists',
  status: 409,
  title: { 'zh-CN': '该项目已有拨付计划', en: 'The project has its payment plan already' },
  detail: {
    'zh-CN': '项目 {projectId} 的拨付计划已经建立,不能重复建立。',
    en: 'The payment plan of {projectId} stands already; there is one per project.',
  },
})
export const GrantUnknown = defineProblem({
  code: 'grant_unknown',
  status: 409,
  title: { 'zh-CN': '该项目没有拨付计划', en: 'The project has no payment plan' },
  detail: {
    'zh-CN': '项目 {projectId} 尚无生效的资助协议,因此没有可拨付或结算的资金。',
    en: '{projectId} has no effective agreement, so there is no money to pay or to settle.',
  },
})
export const TrancheInProgress = defineProblem({
  code: 'tranche_in_progress',
  status: 409,
  title: { 'zh-CN': '有拨付尚未完成', en: 'A payment is still under way' },
  detail: {
    'zh-CN': '第 {number} 笔拨付当前为 {state};请先支付或挂起该笔拨付,再进行结算。',
    en: 'Tranche {number} is {state}; pay it or hold it before the project is settled.',
  },
})
export const ProjectSettled = defineProblem({
  code: 'project_settled',
  status: 409,
  title: { 'zh-CN': '项目已结算', en: 'The project is settled' },
  detail: {
    'zh-CN': '该项目已于 {settledOn} 结算,不能再次结算。',
    en: 'The project was settled on {settledOn}; that is done once.',
  },
})
export const ProjectNotSettled = defineProblem({
  code: 'project_not_settled',
  status: 409,
  title: { 'zh-CN': '项目尚未结算', en: 'The project is not settled' },
  detail: {
    'zh-CN': '请先完成项目结算,再发出退款通知。',
    en: 'Settle the project first; the claim follows from its settlement.',
  },
})
export const NothingToRefund = defineProblem({
  code: 'nothing_to_refund',
  status: 409,
  title: { 'zh-CN': '没有应退资金', en: 'There is nothing to refund' },
  detail: {
    'zh-CN': '已拨付金额未超过审定支出,无须退款。',
    en: 'What was paid does not exceed what the audit accepted.',
  },
})
export const RefundClaimExists = defineProblem({
  code: 'refund_claim_exists',
  status: 409,
  title: { 'zh-CN': '退款通知已发出', en: 'The refund is claimed already' },
  detail: {
    'zh-CN': '该项目的退款通知 {claimId} 已发出,请在其中登记回款。',
    en: 'The refund is claimed in {claimId}; record receipts there.',
  },
})
export const RefundClaimNotInState = defineProblem({
  code: 'refund_claim_not_in_state',
  status: 409,
  title: { 'zh-CN': '退款通知当前状态不允许此操作', en: 'The refund claim does not allow this now' },
  detail: {
    'zh-CN': '退款通知当前为 {state},不能执行 {command}。',
    en: 'The refund claim is {state}, so {command} is not possible.',
  },
})
export const ReceiptTooLarge = defineProblem({
  code: 'receipt_too_large',
  status: 422,
  title: { 'zh-CN': '回款超过应退金额', en: 'The receipt exceeds what is owed' },
  detail: {
    'zh-CN': '尚欠 {outstanding} 元,登记的回款为 {amount} 元;请核对金额。',
    en: '{outstanding} yuan are outstanding, but {amount} yuan were recorded; check the amount.',
  },
})
export const ReceiptEmpty = defineProblem({
  code: 'receipt_empty',
  status: 422,
  title: { 'zh-CN': '回款金额须大于零', en: 'A receipt is more than nothing' },
  detail: {
    'zh-CN': '登记的回款金额为零;请填写实际收到的金额。',
    en: 'The recorded amount is zero; state what was really received.',
  },
})
export const ReceiptDayInvalid = defineProblem({
  code: 'receipt_day_invalid',
  status: 422,
  title: { 'zh-CN': '回款日期不正确', en: 'The day of the receipt is not possible' },
  detail: {
    'zh-CN': '回款日期 {receivedOn} 须在通知日 {issuedOn} 至今天 {today} 之间(含首尾)。',
    en: 'The day {receivedOn} must lie between the claim of {issuedOn} and today, {today}, both included.',
  },
})

export const PAYMENT_PROBLEMS = [
  TrancheNotInState,
  SamePersonApproves,
  PaymentDayInvalid,
  GrantExists,
  GrantUnknown,
  TrancheInProgress,
  ProjectSettled,
  ProjectNotSettled,
  NothingToRefund,
  RefundClaimExists,
  RefundClaimNotInState,
  ReceiptEmpty,
  ReceiptTooLarge,
  ReceiptDayInvalid,
]
