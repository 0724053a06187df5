import { hash } from 'node:crypto'
import t from 'tap'
import { testApp } from '../../support/app.ts'
import { docx, paragraph } from '../../support/files.ts'
import { expecting, money } from '../rounds/fixtures.ts'
import { biddingCounty, CONTENT } from './fixtures.ts'

t.test('a bid is checked before it is submitted, and nothing of the check is kept', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { biddingRound, draftBid, hostKey, newAgency, newNeed, submit } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need], { policy: { blindReview: true } })
  const agency = await newAgency('云汀县暖汀社会工作服务中心')
  const draft = await draftBid(agency, roundId, need)
  const url = `/v1/bids/${draft.body.id}/check`
  const codes = (answer: { body: { findings: { code: string; severity: string }[] } }) =>
    answer.body.findings.map(({ code, severity }) => `${severity} ${code}`).sort()

  t.test('a sound bid has no finding', async (t) => {
    const checked = expecting(200, await call(agency.key, 'POST', url, { content: CONTENT }))
    t.same(checked.body, { isSubmittable: true, findings: [] })
  })

  t.test('what would be refused, rejected or sent back is told at once', async (t) => {
    const content = {
      ...CONTENT,
      grant: money('200000.00'),
      matchingCash: money('1.00'),
      budgetLines: [{ category: 'service_activity', amount: money('199999.00') }],
      attachments: [],
    }
    const checked = expecting(200, await call(agency.key, 'POST', url, { content }))
    t.equal(checked.body.isSubmittable, false)
    t.same(codes(checked), [
      'curable attachment_missing',
      'curable attachment_missing',
      'refused budget_sum_differs',
      'rejected budget_sum_differs',
      'rejected grant_above_cap',
      'rejected matching_min',
    ])
  })

  t.test('words that tell who bids are found in text, and in files while they come in', async (t) => {
    const bytes = docx({
      'word/document.xml': `<w:document xmlns:w="w"><w:body>${paragraph('我们计划每周探访。')}</w:body></w:document>`,
      'docProps/core.xml':
        '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>暖汀社会工作服务中心</dc:creator></cp:coreProperties>',
    })
    const announced = expecting(
      201,
      await call(agency.key, 'POST', `/v1/bids/${draft.body.id}/documents`, {
        fileName: '申报书-暖汀.docx',
        mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        byteSize: bytes.length,
        sha256: hash('sha256', bytes, 'hex'),
      }),
    )
    const documentId = announced.body.id
    const uploaded = await app.app.inject({
      method: 'PUT',
      url: `/v1/documents/${documentId}/content`,
      headers: { authorization: `Bearer ${agency.key}`, 'content-type': 'application/octet-stream' },
      payload: bytes,
    })
    t.equal(uploaded.statusCode, 200, uploaded.body)
    const content = {
      ...CONTENT,
      narrative: '由暖汀社会工作服务中心的李小红负责,电话 138 0013 8000。',
      attachments: [...CONTENT.attachments, { kind: 'plan', documentId }],
    }
    const checked = expecting(200, await call(agency.key, 'POST', url, { content, own: { people: ['李小红'] } }))
    const places = checked.body.findings.map(({ code, where }: { code: string; where: string }) => `${code} ${where}`)
    for (const place of [
      'agency_name #/content/narrative',
      'staff_name #/content/narrative',
      'phone_pattern #/content/narrative',
    ])
      t.ok(places.includes(place), `${place} in ${places.join(', ')}`)
    t.ok(
      places.some((place: string) => place.startsWith(`agency_name documents/${documentId}/`)),
      places.join(', '),
    )
    t.ok(checked.body.isSubmittable, 'a leak warns')
    const submitted = expecting(201, await submit(agency, draft.body.id, 1, content))
    t.ok(submitted.body.leaks.some(({ code }: { code: string }) => code === 'agency_name'))
    const { rows } = await app.database.pool.query('select findings::text as text from bid_document')
    t.notMatch(rows[0].text, '暖汀')
    t.notMatch(rows[0].text, '李小红')
  })

  t.test('a file that the submission would not take is named', async (t) => {
    const rival = await newAgency('旁观社')
    const theirs = await draftBid(rival, roundId, need)
    const file = { fileName: '计划.pdf', mediaType: 'application/pdf', byteSize: 9, sha256: hash('sha256', 'x', 'hex') }
    const foreign = expecting(201, await call(rival.key, 'POST', `/v1/bids/${theirs.body.id}/documents`, file)).body.id
    const empty = expecting(201, await call(agency.key, 'POST', `/v1/bids/${draft.body.id}/documents`, file)).body.id
    const unknown = 'doc_01k00000000000000000000001'
    const named = [unknown, foreign, empty].map((documentId) => ({ kind: 'plan', documentId }))
    const checked = expecting(
      200,
      await call(agency.key, 'POST', url, { content: { ...CONTENT, attachments: [...CONTENT.attachments, ...named] } }),
    )
    t.equal(checked.body.isSubmittable, false)
    t.same(
      checked.body.findings,
      [unknown, foreign, empty].map((detail, index) => ({
        ...{ code: 'document_not_usable', severity: 'refused', detail },
        where: `#/content/attachments/${CONTENT.attachments.length + index}/documentId`,
      })),
    )
  })

  t.test('by the bidder alone', async (t) => {
    const rival = await newAgency('旁观社')
    t.equal((await call(rival.key, 'POST', url, { content: CONTENT })).status, 404)
    t.equal((await call(hostKey, 'POST', url, { content: CONTENT })).status, 403)
    t.equal((await call(null, 'POST', url, { content: CONTENT })).status, 401)
  })
})
