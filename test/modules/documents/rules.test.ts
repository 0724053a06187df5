import t from 'tap'
import { finalStates, lawfulCommands } from '../../../src/kernel/transitions.ts'
import {
  checkMeasured,
  DOCUMENT_STATES,
  DOCUMENT_TRANSITIONS,
  fitsType,
  MEDIA_TYPES,
  mayUpload,
} from '../../../src/modules/documents/rules.ts'

const [PDF, DOCX, XLSX, PNG, , ZIP] = MEDIA_TYPES
const ANNOUNCED = {
  organizationId: 'org_00000000000000000000000000',
  fileName: '申报书.pdf',
  mediaType: PDF,
  byteSize: 3,
  sha256: 'ab'.repeat(32),
}

t.test('a pending document is stored or rejected, and then it stays', async (t) => {
  t.same(lawfulCommands(DOCUMENT_TRANSITIONS, 'pending'), ['store', 'reject'])
  t.same(finalStates(DOCUMENT_TRANSITIONS), ['stored', 'rejected'])
})

t.test('an upload is taken while pending, repeated when stored, refused when rejected', async (t) => {
  const outcomes = DOCUMENT_STATES.map((state) => {
    const decision = mayUpload({ id: 'doc_x', state })
    return decision.accepted ? decision.value : decision.refusal.problem.code
  })
  t.same(outcomes, ['pending', 'stored', 'document_rejected'])
})

t.test('the content is what was announced to the byte', async (t) => {
  t.equal(checkMeasured(ANNOUNCED, { byteSize: 3, sha256: ANNOUNCED.sha256 }).accepted, true)
  t.match(checkMeasured(ANNOUNCED, { byteSize: 4, sha256: ANNOUNCED.sha256 }), {
    refusal: { problem: { code: 'document_content_differs' }, parameters: { property: 'byteSize', wanted: 3 } },
  })
  t.match(checkMeasured(ANNOUNCED, { byteSize: 3, sha256: 'cd'.repeat(32) }), {
    refusal: { parameters: { property: 'sha256', wanted: ANNOUNCED.sha256 } },
  })
})

t.test(
  'the type that the bytes show must be the announced one; office files may show as the ZIP they are',
  async (t) => {
    for (const type of MEDIA_TYPES) {
      t.equal(fitsType(type, type), true, type)
      t.equal(fitsType(type, null), false, `${type} and bytes that show nothing`)
      t.equal(fitsType(type, 'application/x-msdownload'), false)
    }
    t.equal(fitsType(DOCX, ZIP), true)
    t.equal(fitsType(XLSX, ZIP), true)
    t.equal(fitsType(ZIP, DOCX), true)
    t.equal(fitsType(DOCX, XLSX), false)
    t.equal(fitsType(PDF, ZIP), false)
    t.equal(fitsType(ZIP, 'application/java-archive'), false)
    t.equal(fitsType(PNG, PDF), false)
  },
)
