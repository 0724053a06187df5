import type { FastifyInstance } from 'fastify'
import { fenOf, money } from '../../kernel/money.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import { ChangeNeed, CreateNeed, ListNeeds, PublishNeed, ReadNeed, ReopenNeed, VerifyNeed } from './policy.ts'
import { NeedBudgetZero, NeedCodeTaken, NeedDivisionTooWide, NeedDivisionUnknown, NeedNotInState } from './problems.ts'
import { actionsOf, type Need, type NeedContent } from './rules.ts'
import { NeedBody, NeedParams, NeedPatch, type NeedPatchBody, NeedQuery, NewNeed } from './schemas.ts'
import { changeNeed, createNeed, publishNeed, readNeed, readNeeds, reopenNeed, verifyNeed } from './service.ts'

const tag = 'Needs'
const BLANK = { code: null, lotteryPurpose: null, source: null }

export function needRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/needs',
    operationId: 'createNeed',
    summary: 'Collect a need',
    tag,
    description:
      'A draft for the needs list (D1-14): a community, a group of beneficiaries and how many they are. It belongs to the host of the credential unless `hostId` says so already.',
    allow: CreateNeed,
    body: NewNeed,
    status: 201,
    answer: NeedBody,
    problems: [NeedDivisionUnknown, NeedDivisionTooWide, NeedBudgetZero, NeedCodeTaken],
    location: (need) => `/needs/${need.id}`,
    run: (work, { body: { referenceBudget, hostId, ...content } }) =>
      createNeed(work, {
        ...BLANK,
        ...content,
        referenceBudgetFen: fenOf(referenceBudget),
        hostId: hostId ?? null,
      }),
    present,
  })
  commandRoute(app, {
    method: 'PATCH',
    url: '/needs/:needId',
    operationId: 'changeNeed',
    summary: 'Change a need',
    tag,
    description:
      'Merge patch of a draft or verified need. A verified one becomes a draft again, because other words were verified. A published need stays as it is.',
    allow: ChangeNeed,
    params: NeedParams,
    body: NeedPatch,
    ifMatch: true,
    status: 200,
    answer: NeedBody,
    problems: [NeedNotInState, NeedDivisionUnknown, NeedDivisionTooWide, NeedBudgetZero, NeedCodeTaken],
    run: (work, { params, body }) => changeNeed(work, params.needId, patchOf(body)),
    present,
  })
  needSteps(app)
  readRoute(app, {
    url: '/needs/:needId',
    operationId: 'readNeed',
    summary: 'Read a need',
    tag,
    description:
      'Published needs are public, also after a withdrawal; others are shown to those who work for the host.',
    allow: ReadNeed,
    params: NeedParams,
    answer: NeedBody,
    run: (work, { params }) => readNeed(work, params.needId),
    present,
  })
  listRoute(app, {
    url: '/needs',
    operationId: 'listNeeds',
    summary: 'List needs, newest first',
    tag,
    description: 'The needs list (需求清单). `divisionCode` takes a division and everything below it.',
    allow: ListNeeds,
    query: NeedQuery,
    item: NeedBody,
    pageTitle: 'NeedPage',
    run: (work, { query, limit, after }) => readNeeds(work, query, limit, after),
    present,
  })
}

/** The commands that move a need along its states; they take no body. */
function needSteps(app: FastifyInstance): void {
  const steps = [
    [
      'verification',
      'verifyNeed',
      'Verify a need',
      VerifyNeed,
      verifyNeed,
      'A draft has been looked into and is true.',
    ],
    [
      'publication',
      'publishNeed',
      'Publish a need',
      PublishNeed,
      publishNeed,
      'Puts a verified need on the needs list; from now on everybody sees it and projects may answer it.',
    ],
    [
      'reopening',
      'reopenNeed',
      'Put a need on the list again',
      ReopenNeed,
      reopenNeed,
      'A need that found no award is published again, for another round.',
    ],
  ] as const
  for (const [noun, operationId, summary, allow, run, description] of steps) {
    commandRoute(app, {
      method: 'POST',
      url: `/needs/:needId/${noun}`,
      operationId,
      summary,
      tag,
      description,
      allow,
      params: NeedParams,
      ifMatch: true,
      status: 200,
      answer: NeedBody,
      problems: [NeedNotInState],
      run: (work, { params }) => run(work, params.needId),
      present,
    })
  }
}

function patchOf({ referenceBudget, ...patch }: NeedPatchBody): Partial<NeedContent> {
  return {
    ...patch,
    ...(referenceBudget === undefined ? {} : { referenceBudgetFen: fenOf(referenceBudget) }),
  }
}

export function present({ version: _version, referenceBudgetFen, ...need }: Need) {
  return {
    ...need,
    referenceBudget: money(referenceBudgetFen),
    publishedAt: need.publishedAt?.toISOString() ?? null,
    createdAt: need.createdAt.toISOString(),
    actions: actionsOf(need.state),
  }
}
