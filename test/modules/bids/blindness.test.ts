import fc from 'fast-check'
import t from 'tap'
import { completeCreditCode } from '../../../src/kernel/creditCode.ts'
import { findLeaks, LEAK_CODES, type LeakCode } from '../../../src/modules/bids/rules/blindness.ts'
import { agencyMarks, type IdentityFacts, identityMarks } from '../../../src/modules/bids/rules/identity.ts'
import { spell } from '../../../src/modules/bids/rules/spelling.ts'
import {
  type BidderFacts,
  blindnessFindings,
  blindnessInspector,
  blindnessOfContent,
  blindnessOfFile,
  marksOfBidder,
} from '../../../src/modules/bids/service/blindness.ts'
import { docx, paragraph, pdf, png, utf16 } from '../../support/files.ts'

const CREDIT_CODE = '52990421MJ99001A21'
const FOREIGN_CODE = '52990421MJ99002B77'
const FACTS: IdentityFacts = {
  organizationNames: ['云汀县暖汀社会工作服务中心', 'Nuanting Social Work Center'],
  creditCodes: [CREDIT_CODE],
  phones: ['+86 138-1234-5678', '0512-65881234'],
  emails: ['office@nuanting.org.cn', 'nuanting2019@qq.com'],
  domains: ['https://www.nuanting.org.cn/about'],
  people: ['王明华', '李静', '高峰', '高明', '方向明', '阿依古丽·买买提'],
  allowedPhrases: ['云汀县', '松坪镇', '松坪镇独居老人暖汀行动', '云汀县民政局', '0512-65000000'],
}
const MARKS = identityMarks(FACTS)

const leaksOf = (text: string, marks = MARKS) => findLeaks([{ where: '#/plan', text }], marks)
const codesOf = (text: string, marks = MARKS) => leaksOf(text, marks).map(({ code }) => code)

/** What a bidder might write, with what gives it away. Each is planted into every frame of {@link FRAMES}. */
const PLANTED: readonly (readonly [LeakCode, string])[] = [
  ['agency_name', '云汀县暖汀社会工作服务中心'],
  ['agency_name', '暖汀社会工作服务中心'],
  ['agency_name', '暖汀社工'],
  ['agency_name', '暖汀服务中心'],
  ['agency_name', '暖汀'],
  ['agency_name', '云 汀 县 暖 汀 社 会 工 作 服 务 中 心'],
  ['agency_name', '云-汀-县-暖-汀-社会工作服务中心'],
  ['agency_name', '暖汀社会工作\n服务中心'],
  ['agency_name', '暖\u200b汀社\u00ad会工作服务中心'],
  ['agency_name', '暖汀⽝⼯作服务中⼼'.replace('⽝', '社会')],
  ['agency_name', 'NUANTING Social-Work Center'],
  ['agency_name', 'Ｎｕａｎｔｉｎｇ　Ｓｏｃｉａｌ　Ｗｏｒｋ　Ｃｅｎｔｅｒ'],
  ['credit_code', CREDIT_CODE],
  ['credit_code', '52990421 mj99001a 21'],
  ['credit_code', '５２９９０４２１ＭＪ９９００１Ａ２１'],
  ['phone', '13812345678'],
  ['phone', '138 1234 5678'],
  ['phone', '+86-138-1234-5678'],
  ['phone', '１３８１２３４５６７８'],
  ['phone', '1 3 8 1 2 3 4 5 6 7 8'],
  ['phone', '一三八一二三四五六七八'],
  ['phone', '(0512)65881234'],
  ['phone', '6588 1234'],
  ['staff_name', '王明华'],
  ['staff_name', '王 明 华'],
  ['staff_name', '李　静'],
  ['staff_name', '李静'],
  ['staff_name', '高峰老师'],
  ['staff_name', '负责人:高峰'],
  ['staff_name', '阿依古丽.买买提'],
  ['email', 'Office@Nuanting.org.cn'],
  ['email', 'www.nuanting.org.cn'],
  ['email', 'NUANTING2019'],
  ['phone_pattern', '139 0000 1111'],
  ['phone_pattern', '0512-65990000'],
  ['credit_code_pattern', FOREIGN_CODE],
  ['credit_code_pattern', '5299 0421 MJ99 002B 77'],
  ['email_pattern', 'somebody@163.com'],
  ['email_pattern', 'somebody（at）163.com'],
]
const FRAMES: readonly ((leak: string) => string)[] = [
  (leak) => leak,
  (leak) => `本项目由 ${leak},面向独居老人开展服务。`,
  (leak) => `序号\t内容\t金额\n1\t${leak}\t3,000.00\n2\t志愿者补贴\t12,000.00`,
  (leak) => `${'为高龄独居老人提供上门探访。'.repeat(20)}(${leak})${'每月两次。'.repeat(20)}`,
]

/** What is written in good bids: none of it gives anybody away. */
const CLEAN: readonly string[] = [
  '通过结对帮扶提高明显不足的服务能力,水平高明显改善,方向明确,高明的做法。',
  '用餐高峰为 11:30 至 12:30,早晚高峰期暂停上门。',
  '云汀县松坪镇独居老人暖汀行动,由云汀县民政局委托,咨询电话 0512-65000000。',
  '温暖汀洲,社会工作服务中心建设标准,社会工作者不少于 2 名。',
  '预算合计 13912345678 元,其中人员费 138,123.45 元,编号 20260511000123456789。',
  '合同编号 YT-2026-0512-0001,日期 2026-05-11,邮编 215000,电话请拨 12345 或 120。',
  '账号 6222021234567890123,身份证 110101199003071233,订单 123456789012345678。',
  `文件摘要 ${'a13912345678f'.repeat(4)},比例 0.13912345678,版本 1.139.12345678。`,
  '与同行机构交流,和同行社工互相督导,服务对象同行支持小组,每次 3 人。',
  '第一阶段 2026 年 6 月—8 月,第二阶段 9 月—11 月,覆盖 3 个社区 120 户 360 人次。',
  '参加培训的王家村、李家坝居民安静有序;高温天气、高峰时段错峰。',
  '一二三四五六年级学生,三至五人一组;二〇二六年五月十一日。',
  '投入 1:3:8 的比例,坐标 31.2990,120.5853,@所有人,服务率 95%@季度。',
  'https://www.mca.gov.cn/ 的标准 MZ/T 094—2017,GB/T 29353-2012。',
]

t.test('every planted leak is found in running text, in tables and in long pages: recall is 100 %', async (t) => {
  const missed = PLANTED.flatMap(([code, leak]) =>
    FRAMES.map((frame) => frame(leak))
      .filter((text) => !codesOf(text).includes(code))
      .map((text) => `${code}: ${text}`),
  )
  t.same(missed, [])
  t.comment(`recall ${PLANTED.length * FRAMES.length - missed.length}/${PLANTED.length * FRAMES.length}`)
})

t.test('a planted leak is told once and nothing else is told beside it', async (t) => {
  for (const [code, leak] of PLANTED) t.same(codesOf(FRAMES[1]?.(leak) ?? ''), [code], leak)
})

t.test('nothing is found in clean texts, nor in any two of them side by side: no false alarms', async (t) => {
  const pairs = CLEAN.flatMap((first) => CLEAN.map((second) => `${first}${second}`))
  const tables = CLEAN.map((text) => text.replace(/[,。;、]/g, '\t'))
  for (const text of [...CLEAN, ...pairs, ...tables]) t.same(leaksOf(text), [], text)
})

t.test('a clean text stays clean wherever a planted leak is put into it, but for the leak', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.constantFrom(...PLANTED),
        fc.array(fc.constantFrom(...CLEAN), { minLength: 1, maxLength: 6 }),
        fc.nat(6),
        ([code, leak], sentences, position) => {
          const text = sentences.toSpliced(position, 0, `${leak}。`).join('\n')
          const codes = codesOf(text)
          return codes.length === 1 && codes[0] === code
        },
      ),
      { numRuns: 500 },
    ),
  )
})

t.test('what is told of a leak never holds the leak itself', async (t) => {
  for (const [, leak] of PLANTED) {
    for (const { excerpt } of leaksOf(leak)) {
      t.match(excerpt, /^.{1,3}\*+$/u, leak)
      t.notOk(spell(excerpt).plain.includes(spell(leak).compact), leak)
    }
  }
  t.same(leaksOf('联系人 13812345678,再打 138 1234 5678'), [
    { code: 'phone', where: '#/plan', excerpt: '138********', count: 2 },
  ])
})

t.test('each leak says in which text it stands', async (t) => {
  const leaks = findLeaks(
    [
      { where: '#/title', text: '暖汀社工的项目' },
      { where: '#/goal', text: '服务 60 人' },
      { where: 'metadata/creator', text: '李静' },
    ],
    MARKS,
  )
  t.same(
    leaks.map(({ code, where }) => [code, where]),
    [
      ['agency_name', '#/title'],
      ['staff_name', 'metadata/creator'],
    ],
  )
})

t.test('the own part of a name is a mark only where it is no ordinary word', async (t) => {
  const own = (name: string, regions: string[] = []) => agencyMarks(name, regions).map(({ text }) => text)
  t.ok(own('云汀县青禾社会工作服务中心').includes('青禾'))
  t.ok(own('云汀县松坪镇和邻社区服务社').includes('和邻'))
  t.ok(own('云汀县众苗志愿服务协会').includes('众苗'))
  const companions = own('云汀县同行助残服务中心')
  t.notOk(companions.includes('同行'), 'everybody goes along with somebody')
  t.ok(companions.includes('同行助残服务中心'))
  t.ok(companions.includes('同行中心'))
  t.same(own('云汀县社会工作协会'), ['云汀县社会工作协会'], 'without a part of its own only the whole name tells')
  t.same(own('社会工作服务中心'), [], 'a kind of organization is no name')
  t.notOk(
    identityMarks({ ...FACTS, organizationNames: ['云汀社会工作服务中心'] }).names.some(({ text }) => text === '云汀'),
  )
  t.ok(own('云汀经开区春晖养老服务中心', ['云汀经开区']).includes('春晖'))
})

t.test('an ordinary word as a name counts only beside a title or alone in its cell', async (t) => {
  t.same(codesOf('高峰期增派人手'), [])
  t.same(codesOf('社工高峰、督导若干'), ['staff_name'])
  t.same(codesOf('姓名\t职务\n高峰\t社工'), ['staff_name'])
})

t.test('what the host itself has published is allowed, the bidder’s name beside it is not', async (t) => {
  t.same(codesOf('松坪镇独居老人暖汀行动'), [])
  t.same(codesOf('松坪镇独居老人暖汀行动由暖汀社工承担'), ['agency_name'])
})

t.test('a bidder of whom nothing is known is still warned of telephone numbers, codes and addresses', async (t) => {
  const nobody: IdentityFacts = {
    organizationNames: [],
    creditCodes: [],
    phones: [],
    emails: [],
    domains: [],
    people: [],
    allowedPhrases: [],
  }
  t.same(codesOf(`13812345678 ${CREDIT_CODE} a@b.cn`, identityMarks(nobody)), [
    'phone_pattern',
    'credit_code_pattern',
    'email_pattern',
  ])
})

t.test('of ordinary numbers of 18 digits hardly one is taken for a credit code', async (t) => {
  let taken = 0
  const count = 20_000
  for (let index = 0; index < count; index++) {
    const digits = String((BigInt(index) * 982_451_653_123_457n + 520_000_000_000_000_000n) % 10n ** 18n).padStart(
      18,
      '0',
    )
    taken += codesOf(digits).length
  }
  t.ok(taken <= count / 1000, `${taken} of ${count}`)
  t.same(codesOf(completeCreditCode('52990421MJ99001A3')), [], 'its organization code does not fit')
})

t.test('looking for leaks never throws and is quick on hostile text', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => leaksOf(text).length >= 0)),
  )
  const hostile = ['1', '1 ', '138', 'a.', 'a@', '86-', '暖', '暖 ', '5299', '(', '0512-', '13812345678 ']
  for (const unit of hostile) {
    const before = process.cpuUsage()
    leaksOf(unit.repeat(Math.ceil(200_000 / unit.length)))
    const { user } = process.cpuUsage(before)
    t.ok(user < 5_000_000, `${JSON.stringify(unit)} took ${Math.round(user / 1000)} ms`)
  }
  t.equal(LEAK_CODES.length, 8)
})

const KNOWN: BidderFacts = {
  organization: { name: '云汀县暖汀社会工作服务中心', creditCode: CREDIT_CODE },
  sponsoredGroup: { name: '松坪镇银杏互助队', creditCode: null },
  own: { people: ['李静'], phones: ['13812345678'] },
  published: FACTS.allowedPhrases,
}

t.test('the texts of a bid are looked through, its identifiers and numbers are not', async (t) => {
  const content = {
    grant: '13800001111',
    narrative: '暖汀社工承担',
    otherFunding: [
      { funder: '县残联', amount: '1.00' },
      { funder: '银杏互助队会费', amount: '2.00' },
    ],
    attachments: [{ kind: 'plan', documentId: 'doc 13812345678' }],
    'a/b~c': '李静',
  }
  t.same(blindnessOfContent({ ...content, grant: 5 }, marksOfBidder(KNOWN)), [
    { code: 'agency_name', where: '#/narrative', excerpt: '暖***' },
    { code: 'agency_name', where: '#/otherFunding/1/funder', excerpt: '银****' },
    { code: 'staff_name', where: '#/a~1b~0c', excerpt: '李*' },
  ])
})

t.test('leaks in text, tables, headers and properties of files are found, with what could not be read', async (t) => {
  const plan = docx({
    'word/document.xml': `<w:body>${paragraph('服务由暖', '汀', '社工承担')}<w:tbl><w:tr><w:tc>${paragraph('李静')}</w:tc></w:tr></w:tbl></w:body>`,
    'word/header1.xml': `<w:hdr>${paragraph('银杏互助队')}</w:hdr>`,
    'docProps/core.xml': '<a><dc:creator>李静</dc:creator></a>',
    'docProps/app.xml': '<a><Company>云汀县暖汀社会工作服务中心</Company></a>',
    'word/media/logo.png': png(['tEXt', Buffer.from('Comment\0Tel 138-1234-5678')]),
  })
  const found = await blindnessOfFile(plan, '暖汀-申报书.docx', marksOfBidder(KNOWN))
  t.same(
    found.map(({ code, where }) => `${where} ${code}`),
    [
      'file-name agency_name',
      'body agency_name',
      'body staff_name',
      'header/1 agency_name',
      'metadata/creator staff_name',
      'metadata/Company agency_name',
      'part/6/metadata/text phone',
      'part/6 unread_picture',
    ],
  )
  t.notMatch(JSON.stringify(found), /暖汀|李静|银杏|138-?1234/)
  const scan = await blindnessOfFile(pdf([''], `/Author ${utf16('李静')}`), null, marksOfBidder(KNOWN))
  t.same(scan, [
    { code: 'staff_name', where: 'metadata/author', excerpt: '李*' },
    { code: 'unread_no_text_layer', where: '', excerpt: null },
  ])
  t.same(
    await blindnessOfFile(
      docx({ 'word/document.xml': paragraph(CLEAN.join('')) }),
      '申报书.docx',
      marksOfBidder(KNOWN),
    ),
    [],
  )
})

t.test(
  'an upload to a blind round is looked through while it passes, and only codes and places are kept',
  async (t) => {
    const kept: [string, unknown][] = []
    const inspector = blindnessInspector({
      marksOf: async (documentId) => (documentId === 'doc_1' ? { marks: marksOfBidder(KNOWN), fileName: null } : null),
      keep: async (documentId, findings) => void kept.push([documentId, findings]),
    })
    const plan = docx({ 'word/document.xml': paragraph('李静、李 静、13812345678') })
    await inspector.look(plan, { documentId: 'doc_1', mediaType: 'x' })
    await inspector.look(plan, { documentId: 'doc_2', mediaType: 'x' })
    const findings = [
      { code: 'staff_name', where: 'body' },
      { code: 'phone', where: 'body' },
    ] as const
    t.strictSame(kept, [['doc_1', findings]])
    t.same(blindnessFindings({ narrative: '李静' }, [{ documentId: 'doc_1', findings }], marksOfBidder(KNOWN)), [
      { code: 'staff_name', where: '#/narrative', excerpt: '李*' },
      { code: 'staff_name', where: 'documents/doc_1/body', excerpt: null },
      { code: 'phone', where: 'documents/doc_1/body', excerpt: null },
    ])
  },
)
