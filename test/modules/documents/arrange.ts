import { createHash, randomUUID } from 'node:crypto'
import { glob } from 'node:fs/promises'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import type { Actor } from '../../../src/kernel/actor.ts'
import { announceDocument, type Document, type Sealing } from '../../../src/modules/documents/index.ts'
import { runCommand } from '../../../src/platform/work.ts'
import type { TestApp } from '../../support/app.ts'

export const PDF = Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n')
export const ROUND = 'rnd_01m80xe6hwfzxtehsv198r4kx8'

/** Who may open what is sealed in a test. */
export const IDENTITY = await generateX25519Identity()
export const RECIPIENT = await identityToRecipient(IDENTITY)

export function announced(content: Buffer, extra: Record<string, unknown> = {}) {
  return {
    fileName: "申报书 (终稿)'1'.pdf",
    mediaType: 'application/pdf' as const,
    byteSize: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    ...extra,
  }
}

/** An agency with its key. */
export async function agencyOf(test: TestApp) {
  const organizationId = await test.newOrganization(`云汀县暖汀社会工作服务中心 ${randomUUID().slice(0, 8)}`)
  return { organizationId, key: await test.keyFor('agency', { organizationId }) }
}

/** Announces a document to be sealed for the round, as the module that knows rounds does it. */
export async function announceSealed(
  { deps, database }: TestApp,
  organizationId: string,
  content: Parameters<typeof announceDocument>[1],
  sealing: Partial<Sealing> = {},
): Promise<Document> {
  const actor: Actor = { kind: 'key', id: 'key_test', roles: ['agency'], organizationId, hostId: null, expertId: null }
  const wanted: Sealing = { subject: ROUND, recipients: [RECIPIENT], mode: 'server', ...sealing }
  return runCommand(database, { actor, requestId: 'test', sandbox: false }, deps.log, (work) =>
    announceDocument(work, content, wanted),
  )
}

export async function put(
  { app }: TestApp,
  key: string | null,
  documentId: string,
  content: Buffer | string,
  type = 'application/pdf',
) {
  const response = await app.inject({
    method: 'PUT',
    url: `/v1/documents/${documentId}/content`,
    headers: { 'content-type': type, ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
    payload: content,
  })
  return { status: response.statusCode, body: JSON.parse(response.body), headers: response.headers }
}

export async function download({ app }: TestApp, key: string | null, documentId: string) {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` }
  return app.inject({ method: 'GET', url: `/v1/documents/${documentId}/content`, headers })
}

/** What lies in the file store. */
export async function filesOf({ config }: TestApp): Promise<string[]> {
  const files: string[] = []
  for await (const file of glob('**/*', { cwd: path.join(config.dataDirectory, 'files') }))
    if (path.basename(file).includes('_')) files.push(path.basename(file))
  return files
}

export function pathOf({ config }: TestApp, storedAs: string): string {
  return path.join(config.dataDirectory, 'files', storedAs.slice(-2), storedAs)
}
