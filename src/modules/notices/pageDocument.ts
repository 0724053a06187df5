import type { Redaction } from '../rounds/index.ts'
import type { NoticeItem } from './rules/notice.ts'
import { type DayOfReachability, type ExtensionDocument, lastDayOf } from './rules/reachability.ts'
import type { NoticeView } from './service/notices.ts'

const KIND = { award: '拟立项公示', evaluation_result: '评估结果公示' } as const
const STATE = { open: '公示中', closed: '公示期已满', withdrawn: '已撤回' } as const
const SOURCE: Readonly<Record<string, string>> = {
  welfare_lottery: '福彩公益金',
  fiscal: '财政资金',
  foundation: '基金会',
  enterprise: '企业',
  village_collective: '村集体',
  other: '其他',
}
const GRADE: Readonly<Record<string, string>> = { excellent: '优秀', good: '良好', pass: '合格', fail: '不合格' }
const REDACTION: Readonly<Record<Redaction, string>> = {
  group_name_omitted: '未载代申报团体名称',
  group_name_masked: '代申报团体名称部分隐去',
  need_omitted: '未载对应需求',
  amount_omitted: '未载资助金额',
  sources_omitted: '未载资金来源',
  single_bid_omitted: '未标注单一申报',
  total_omitted: '未载评估得分',
  grade_omitted: '未载评估等次',
}

/** The public page of a notice: plain HTML without script or style, everything that people wrote escaped. */
export function noticePage(notice: NoticeView): string {
  const { snapshot } = notice
  const title = `${snapshot.roundTitle} ${KIND[notice.kind]}(第 ${notice.number} 号)`
  return [
    `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(title)}</title></head><body><main>`,
    `<h1>${text(title)}</h1>`,
    banner(notice),
    facts(notice),
    itemTable(snapshot.items),
    redactionNote(snapshot.redactions ?? []),
    extensions(notice),
    howToObject(notice),
    howToVerify(notice),
    '</main></body></html>',
  ].join('\n')
}

function banner({ state, withdrawnAt, withdrawalReason, supersedesId, supersededById, versionNumber }: NoticeView) {
  const lines = [`<p><strong>状态:${STATE[state]}</strong>(第 ${versionNumber} 版)</p>`]
  if (withdrawnAt !== null)
    lines.push(
      `<p><strong>本公示已于 ${clock(withdrawnAt)} 撤回,不再有效。</strong>撤回原因:${text(withdrawalReason ?? '')}</p>`,
    )
  if (supersededById !== null) lines.push(`<p>已由新版公示取代:${link(supersededById, '查看新版')}</p>`)
  if (supersedesId !== null) lines.push(`<p>本公示取代已撤回的前一版:${link(supersedesId, '查看前一版')}</p>`)
  return lines.join('\n')
}

function facts({ snapshot, publishedAt, closesAt }: NoticeView): string {
  const rows = [
    ['主办单位', snapshot.hostName],
    ['轮次', `${snapshot.roundTitle}(${snapshot.roundCode})`],
    ['发布时间', clock(publishedAt)],
    ['公示截止', `${lastDayOf(closesAt)} 24:00(北京时间)`],
  ]
  return `<dl>${rows.map(([term = '', value = '']) => `<dt>${text(term)}</dt><dd>${text(value)}</dd>`).join('')}</dl>`
}

interface Column {
  readonly head: string
  readonly of: (item: NoticeItem) => string | undefined
}

const COLUMNS: readonly Column[] = [
  { head: '机构', of: (item) => item.organizationName },
  { head: '代申报团体', of: (item) => item.sponsoredGroupName },
  { head: '项目', of: (item) => item.projectTitle },
  { head: '对应需求', of: (item) => item.needTitle },
  { head: '资助金额(元)', of: (item) => item.approved?.amount },
  {
    head: '资金来源(元)',
    of: ({ sources }) => sources?.map(({ source, amount }) => `${SOURCE[source] ?? source} ${amount.amount}`).join(';'),
  },
  { head: '单一申报', of: ({ isSingleBid }) => (isSingleBid === undefined ? undefined : isSingleBid ? '是' : '否') },
  { head: '得分', of: (item) => item.total },
  { head: '等次', of: ({ grade }) => (grade === undefined ? undefined : (GRADE[grade] ?? grade)) },
]

/** A column that no line has is not there. */
function itemTable(items: readonly NoticeItem[]): string {
  const columns = COLUMNS.filter(({ of }) => items.some((item) => of(item) !== undefined))
  const head = columns.map((column) => `<th scope="col">${text(column.head)}</th>`).join('')
  const rows = items.map(
    (item, index) =>
      `<tr><td>${index + 1}</td>${columns.map(({ of }) => `<td>${text(of(item) ?? '')}</td>`).join('')}</tr>`,
  )
  return `<table border="1"><thead><tr><th scope="col">序号</th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`
}

function redactionNote(redactions: readonly Redaction[]): string {
  if (redactions.length === 0) return ''
  return `<p>依本轮规则,公开文本${text(redactions.map((redaction) => REDACTION[redaction]).join('、'))}。</p>`
}

function extensions({ extensions: added }: NoticeView): string {
  if (added.length === 0) return ''
  const items = added.map(({ number, document, digest, addedAt }) => {
    return `<li>第 ${number} 号附件,${clock(addedAt)}:因公示页面在 ${text(lossInWords(document))},公示期由 ${document.formerLastOn} 顺延 ${document.workdays} 个工作日至 ${document.lastOn}。附件摘要(SHA-256):<code>${digest}</code></li>`
  })
  return `<h2>公示期顺延</h2><ol>${items.join('\n')}</ol>`
}

/** A day of which nobody knows counts as lost where the policy says so; it was not an outage all the same. */
export function lossInWords(
  document: Pick<ExtensionDocument, 'lostDays' | 'toleranceMinutes' | 'unknownCountsAsDown'>,
): string {
  const { lostDays, toleranceMinutes } = document
  const days = lostDays.map(({ day, downMinutes, unknownMinutes }) => {
    const parts = [
      ...(downMinutes > 0 ? [`中断 ${downMinutes} 分钟`] : []),
      ...(document.unknownCountsAsDown && unknownMinutes > 0 ? [`访问状况不明 ${unknownMinutes} 分钟`] : []),
    ]
    return `${day}(${parts.join(',')})`
  })
  return `${days.join('、')} ${causeOf(lostDays, toleranceMinutes)}`
}

function causeOf(lostDays: readonly DayOfReachability[], toleranceMinutes: number): string {
  if (lostDays.every(({ downMinutes }) => downMinutes > toleranceMinutes)) return '无法正常访问'
  if (lostDays.every(({ downMinutes }) => downMinutes === 0)) return '访问状况不明(按本轮规则视同中断)'
  return '无法正常访问或访问状况不明(按本轮规则视同中断)'
}

function howToObject({ id, state, closesAt }: NoticeView): string {
  if (state !== 'open') return ''
  return `<h2>提出异议</h2><p>对公示内容有异议的,请在 ${lastDayOf(closesAt)} 24:00 前向主办单位提出,或通过接口 POST /v1/objections(noticeId:<code>${id}</code>)提交。署名异议将获书面答复,匿名异议作为线索登记。</p>`
}

function howToVerify({ id, digest }: NoticeView): string {
  return `<h2>核验</h2>
<p>本公示的摘要(SHA-256):<code>${digest}</code></p>
<p>取 <a href="/v1/notices/${id}">/v1/notices/${id}</a> 中的 <code>snapshot</code>,按 RFC 8785 规范化后计算 SHA-256,应与上述摘要一致。例如:<code>curl -s …/v1/notices/${id} | jq -jcS .snapshot | sha256sum</code></p>
<p>页面可访问情况的探测记录:<a href="/v1/notices/${id}/probes">/v1/notices/${id}/probes</a></p>`
}

function link(noticeId: string, words: string): string {
  return `<a href="/v1/notices/${noticeId}/page">${words}</a>(<code>${noticeId}</code>)`
}

/** `2026-05-12 09:30`, the clock on the wall in Shanghai. */
function clock(instant: Date): string {
  const SHANGHAI_OFFSET_MS = 8 * 3_600_000
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ')
}

function text(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
