import fc from 'fast-check'
import t from 'tap'
import { completeCreditCode } from '../../../src/kernel/creditCode.ts'
import { findLeaks, LEAK_CODES, type LeakCode } from '../../../src/modules/bids/rules/blindness.ts'
import { agencyMarks, type IdentityFacts, identityMarks } from '../../../src/modules/bids/rules/identity.ts'
import { PLACE_NAMES } from '../../../src/modules/bids/rules/places.ts'
import { spell } from '../../../src/modules/bids/rules/spelling.ts'

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

t.test('of the commonest names nearly all are found in running text, and none in texts that name nobody', async (t) => {
  const surnames = [
    ...'王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈',
  ]
  const given = [
    ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文建国玉兰红波辉玲飞鹏宇浩欣怡佳雪梅春晓峰林海云成志新安康宁乐',
  ]
  const at = (index: number) => given[index % given.length] ?? ''
  const names = surnames.flatMap((surname, i) =>
    [0, 1, 2, 3].flatMap((j) => [surname + at(7 * i + 11 * j), surname + at(7 * i + 11 * j) + at(3 * i + 5 * j + 1)]),
  )
  const unknown = { ...FACTS, organizationNames: [], people: names }
  t.same(
    CLEAN.flatMap((text) => codesOf(text, identityMarks(unknown)).filter((code) => code === 'staff_name')),
    [],
  )
  const frames = [
    '本项目由X负责,面向老人。',
    '与X共同开展上门服务',
    'X为组长,带领志愿者',
    '姓名\tX\t职务',
    '我是X,做社工十年',
    '督导X每月到场',
  ]
  const planted = names.flatMap((name) => frames.map((frame) => [name, frame.replace('X', name)] as const))
  const missed = planted.filter(
    ([name, text]) => !codesOf(text, identityMarks({ ...unknown, people: [name] })).includes('staff_name'),
  )
  // Missed are names that are words, as 田野 is, where no title tells them.
  t.ok(missed.length <= planted.length / 200, `missed ${missed.length} of ${planted.length}`)
  t.comment(`names: ${planted.length - missed.length} of ${planted.length} found`)
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
  t.ok(own('上海市浦东新区乐群社工服务社').includes('乐群社工'))
  t.ok(own('苏州工业园区星火青少年服务中心').includes('星火中心'))
  t.notOk(own('南京市鼓楼区携手老年人服务中心').includes('携手'))
  t.ok(companions.includes('同行助残服务中心'))
  t.ok(companions.includes('同行中心'))
  t.same(own('云汀县社会工作协会'), ['云汀县社会工作协会'], 'without a part of its own only the whole name tells')
  t.same(own('社会工作服务中心'), [], 'a kind of organization is no name')
  t.notOk(
    identityMarks({ ...FACTS, organizationNames: ['云汀社会工作服务中心'] }).names.some(({ text }) => text === '云汀'),
  )
  t.ok(own('云汀经开区春晖养老服务中心', ['云汀经开区']).includes('春晖'))
})

const OWN_PARTS = ['暖汀社会工作事务所', '小桔灯公益发展中心', '暖汀公益基金会', '和邻社区服务社', '同行助残服务中心']
const PREFIXES = [
  '北京',
  '深圳',
  '昆山',
  '沛县',
  '萧县',
  '上海',
  '宁波',
  '浙江',
  '上海浦东',
  '宁波海曙',
  '江苏昆山',
  '浙江省宁波',
]

t.test('a place before the name hides none of its short forms, whether it ends with 市 and 县 or not', async (t) => {
  const missed = [...PREFIXES, ...PREFIXES.map((place) => `${place}市`), ...PLACE_NAMES].flatMap((place) =>
    OWN_PARTS.flatMap((own) => {
      const found = new Set(agencyMarks(place + own).map(({ text }) => text))
      return agencyMarks(own).flatMap(({ text }) => (found.has(text) ? [] : [`${place} ${own}: ${text}`]))
    }),
  )
  t.same(missed, [])
  for (const place of PREFIXES) {
    const marks = identityMarks({ ...FACTS, organizationNames: [`${place}暖汀社会工作事务所`], allowedPhrases: [] })
    t.same(codesOf('本项目由暖汀社工实施', marks), ['agency_name'], place)
  }
})

t.test('a text that only names the place gives nobody away', async (t) => {
  for (const place of PREFIXES) {
    for (const own of [...OWN_PARTS, '社会工作协会', '公益发展中心', '志愿服务联合会']) {
      const marks = identityMarks({ ...FACTS, organizationNames: [place + own], allowedPhrases: [] })
      t.same(codesOf(`本项目在${place}的三个社区实施,服务${place}社工与志愿者。`, marks), [], place + own)
    }
  }
  const named = agencyMarks('上海爱社会工作服务中心').map(({ text }) => text)
  t.ok(named.includes('上海爱社工'), 'one character is no name')
  t.ok(
    agencyMarks('同心社会工作服务中心').some(({ text }) => text === '同心社工'),
    'a word of every day is its own',
  )
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
