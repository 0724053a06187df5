import t from 'tap'
import {
  type BidderFacts,
  blindnessFindings,
  blindnessInspector,
  blindnessOfContent,
  blindnessOfFile,
  marksOfBidder,
} from '../../../src/modules/bids/service/blindness.ts'
import { docx, paragraph, pdf, png, utf16 } from '../../support/files.ts'

const KNOWN: BidderFacts = {
  organization: { name: '云汀县暖汀社会工作服务中心', creditCode: '52990421MJ99001A21' },
  sponsoredGroup: { name: '松坪镇银杏互助队', creditCode: null },
  own: { people: ['李静'], phones: ['13812345678'] },
  published: ['云汀县', '松坪镇'],
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
      docx({ 'word/document.xml': paragraph('为云汀县松坪镇独居老人提供上门探访,水平明显提高。') }),
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
