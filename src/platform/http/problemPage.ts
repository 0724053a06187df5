import type { FastifyInstance } from 'fastify'
import type { ProblemDefinition } from '../../kernel/problem.ts'
import { anyone } from './guard.ts'

/** The page that a problem's `type` leads to: every code with its sentences in both languages. */
export function problemPage(app: FastifyInstance, problems: readonly ProblemDefinition[]): void {
  const rows = problems
    .toSorted((left, right) => (left.code < right.code ? -1 : 1))
    .map(
      ({ code, status, title, detail }) =>
        `<section id="${code}"><h2><code>${code}</code> · ${status}</h2><p lang="zh-CN"><b>${asHtml(title['zh-CN'])}</b> ${asHtml(detail['zh-CN'])}</p><p lang="en"><b>${asHtml(title.en)}</b> ${asHtml(detail.en)}</p></section>`,
    )
  const html = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>Sandan problems</title><body><h1>Sandan 三单: refusals</h1>${rows.join('\n')}</body></html>`
  app.get(
    '/docs/problems',
    { config: { policy: anyone('explains what any caller may meet') }, schema: { hide: true } as object },
    async (_request, reply) => reply.type('text/html; charset=utf-8').send(html),
  )
}

function asHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
