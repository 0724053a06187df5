import t from 'tap'
import { type TestApp, testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { type Expert, newExpert, REVIEW_DAY, smallRound } from './fixtures.ts'

const PANEL = { size: 3, quorum: 2, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null }
const VOTE = { quorumBasisPoints: 5_000, majorityBasisPoints: 5_001, majorityOf: 'cast' }
const REFUSED = [403, 404, 409]

/** A command as the caller gives it; `name` is the word in `actions`. */
type Commands = Readonly<Record<string, readonly [url: string, body?: object]>>

/**
 * What each reader is offered, after trying all that it is not: whoever is not offered a command is refused it, and so
 * nothing changes by asking.
 */
async function offered(
  { call }: TestApp,
  url: string,
  readers: Readonly<Record<string, string>>,
  commands: Commands,
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const [reader, key] of Object.entries(readers)) {
    const { status, body, headers } = await call(key, 'GET', url)
    const actions: string[] = status === 200 ? body.actions : []
    found[reader] = actions
    const strange = actions.filter((name) => !(name in commands))
    if (strange.length > 0) throw new Error(`${reader} is offered ${strange.join()}, which nobody can give`)
    for (const [name, [to, content]] of Object.entries(commands)) {
      if (actions.includes(name)) continue
      const etag = headers['etag']
      const tried = await call(key, 'POST', to, content, etag === undefined ? {} : { ifMatch: String(etag) })
      if (!REFUSED.includes(tried.status))
        throw new Error(`${reader} may ${name} without being offered it: ${tried.status} ${JSON.stringify(tried.body)}`)
    }
  }
  return found
}

async function votingRound(app: TestApp) {
  const review = { session: 'full', method: 'vote', vote: VOTE, opinionFor: 'bidder', levels: [] }
  const tieBreak = ['panel_points', 'lower_request', 'earlier_submission', 'lot']
  const round = await smallRound(app, ['甲'], { panel: PANEL, review, tieBreak })
  const { hostKey, roundId, bids, agencies } = round
  const experts: Expert[] = []
  for (const code of ['E1', 'E2', 'E3', 'E4', 'E5']) experts.push(await newExpert(app, hostKey, code))
  const [e1, e2, e3, e4, spare] = experts as [Expert, Expert, Expert, Expert, Expert]
  const panel = expecting(201, await round.convene([e1, e2, e3], [e4])).body
  const readers = {
    ...{ host: hostKey, operator: await app.keyFor('operator'), auditor: await app.keyFor('auditor') },
    ...{ expert: e1.key, bidder: agencies['甲']?.key ?? '' },
  }
  return { ...round, roundId, bidId: bids['甲'] ?? '', experts: { e1, e2, e3, e4, spare }, panel, readers }
}

t.test('a hearing and its panel offer to each reader what it may do, stage by stage', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { hostKey, roundId, bidId, experts, panel, readers, rank } = await votingRound(app)
  const { e1, e2, e3, spare } = experts
  const hall = { heldOn: '2026-04-28', place: '三楼会议室' }
  expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/review-sessions`, hall))
  const url = `/v1/review-items/${bidId}`
  const panelUrl = `/v1/review-panels/${panel.id}`
  const hearing: Commands = {
    hearStatement: [`${url}/statement`, { bidderPresent: true, statement: '负责人介绍了项目。' }],
    crossExamine: [`${url}/cross-examination`],
    openScoring: [`${url}/scoring`],
    publishOpinion: [`${url}/opinion`, { opinion: '同意推荐。' }],
    reopen: [`${url}/reopening`, { reason: '一名专家应当回避。' }],
    ask: [`${url}/questions`, { question: '志愿者如何招募?' }],
    answer: [`${url}/questions/1/answer`, { answer: '公开招募。' }],
  }
  const ofExpert = { bidId, expertId: e1.id, remark: '与负责人相识' }
  const ofPanel: Commands = {
    addAlternate: [`${panelUrl}/alternates`, { expertId: spare.id }],
    stateRecusal: [`${panelUrl}/recusals`, ofExpert],
    voidSeat: [`${panelUrl}/voidings`, ofExpert],
    recordAbsence: [`${panelUrl}/absences`, { bidId, expertId: e3.id, reason: '因病未到场。' }],
  }
  const give = async (commands: Commands, name: string, key = hostKey, at = url) => {
    const [to, body] = commands[name] ?? ['']
    const answer = await call(key, 'POST', to, body, { ifMatch: String((await call(key, 'GET', at)).headers['etag']) })
    t.ok(answer.status < 300, `${name}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer
  }
  const heard = () => offered(app, url, readers, hearing)
  const none = { auditor: [], expert: [], bidder: [] }
  const both = (...actions: string[]) => ({ host: actions, operator: actions })
  const RECUSALS = ['addAlternate', 'stateRecusal', 'voidSeat']

  t.same(await heard(), { ...both('hearStatement'), ...none })
  t.same(await offered(app, panelUrl, readers, ofPanel), { ...both(...RECUSALS), ...none, expert: ['stateRecusal'] })
  t.same((await give(hearing, 'hearStatement')).body.actions, ['crossExamine'], 'a command answers with what is next')
  t.same(await heard(), { ...both('crossExamine'), ...none }, 'and not the scoring, which comes after')
  await give(hearing, 'crossExamine')
  t.same(await heard(), { ...both('openScoring', 'ask'), ...none, expert: ['ask'] })
  await give(hearing, 'ask', e1.key)
  t.same(await heard(), { ...both('ask', 'answer'), auditor: [], expert: ['ask'], bidder: ['answer'] })
  await give(hearing, 'answer', readers.bidder)
  await give(hearing, 'openScoring')
  t.same(await heard(), { ...both(), ...none }, 'the votes are waited for')
  const opened = { ...both(...RECUSALS, 'recordAbsence'), ...none, expert: ['stateRecusal'] }
  t.same(await offered(app, panelUrl, readers, ofPanel), opened)
  for (const expert of [e1, e2])
    expecting(201, await call(expert.key, 'POST', '/v1/score-sheets', { bidId, vote: 'yes' }))
  await give(ofPanel, 'recordAbsence', hostKey, panelUrl)
  t.same(await offered(app, panelUrl, readers, ofPanel), { ...both(...RECUSALS), ...none, expert: ['stateRecusal'] })
  t.same(await heard(), { ...both('publishOpinion'), ...none })

  await t.test('a sheet is its expert’s to correct, while scoring is open', async (t) => {
    const [sheet] = (await call(e1.key, 'GET', '/v1/score-sheets')).body.items
    const sheetUrl = `/v1/score-sheets/${sheet.id}`
    const commands: Commands = {
      correct: [`${sheetUrl}/correction`, { vote: 'no', reason: '误投。' }],
      giveOutlierReason: [`${sheetUrl}/outlier-reason`, { reason: '看法不同。' }],
    }
    const asked = { ...readers, expert: e1.key, other: e2.key }
    const mine = (expert: string[]) => ({ ...both(), auditor: [], expert, bidder: [], other: [] })
    t.same(sheet.actions, ['correct'])
    t.same(await offered(app, sheetUrl, asked, commands), mine(['correct']))
    await give(hearing, 'publishOpinion')
    t.same(await offered(app, sheetUrl, asked, commands), mine([]))
  })

  t.same(await heard(), { ...both('reopen'), ...none })
  expecting(200, await rank())
  expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {}))
  t.same(await heard(), { ...both(), ...none }, 'awards rest on it')
  t.same(await offered(app, panelUrl, readers, ofPanel), { ...both(), ...none })
})

t.test('a draw offers its next step to who may take it', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { hostKey, roundId } = await smallRound(app, ['甲'], { panel: PANEL })
  const pool: Expert[] = []
  for (const code of ['E1', 'E2', 'E3', 'E4']) pool.push(await newExpert(app, hostKey, code))
  const readers = { host: hostKey, auditor: await app.keyFor('auditor') }
  const announced = await call(hostKey, 'POST', `/v1/rounds/${roundId}/expert-draws`, { reviewOn: REVIEW_DAY })
  const url = `/v1/expert-draws/${expecting(201, announced).body.id}`
  const commands = (expertId: string): Commands => ({
    reveal: [`${url}/reveal`, { seed: null }],
    dropOut: [`${url}/drop-outs`, { expertId, reason: '病假' }],
    abandon: [`${url}/abandonment`, { reason: '重新抽取' }],
  })
  const first = pool[0]?.id ?? ''
  t.same(await offered(app, url, readers, commands(first)), { host: ['reveal', 'abandon'], auditor: [] })
  const { body } = expecting(200, await call(hostKey, 'POST', `${url}/reveal`, { seed: null }, { ifMatch: 1 }))
  t.same(body.actions, ['dropOut', 'abandon'])
  const members = body.seats.map(({ candidateId }: { candidateId: string }) => candidateId)
  const wanted = { roundId, reviewOn: REVIEW_DAY, members }
  expecting(201, await call(hostKey, 'POST', '/v1/review-panels', wanted))
  t.same(await offered(app, url, readers, commands(members[0])), { host: ['dropOut'], auditor: [] })
  const gone = { expertId: members[0], reason: '病假' }
  expecting(200, await call(hostKey, 'POST', `${url}/drop-outs`, gone, { ifMatch: 2 }))
  t.same(await offered(app, url, readers, commands(members[1])), { host: [], auditor: [] }, 'nobody is left to draw')
})

t.test('a level offers its decisions to who has the bid, and its silence to the host', async (t) => {
  const app = await testApp(t)
  const { call, hostId, keyFor, newOrganization, setClock } = app
  const townId = await newOrganization('临溪镇人民政府', { type: 'government' })
  const level = (code: string, organizationId: string, more: object = {}) => ({
    ...{ code, name: code, reviewers: [{ organizationId, divisionPrefix: '' }], ...more },
  })
  const levels = [level('town', townId, { decideWithin: { amount: 2, basis: 'calendar' } }), level('county', hostId)]
  const review = { session: 'none', method: 'scores', vote: null, opinionFor: 'bidder', levels }
  const { hostKey, roundId, bids } = await smallRound(app, ['甲'], { review })
  expecting(200, await call(hostKey, 'POST', `/v1/rounds/${roundId}/level-reviews`))
  const url = `/v1/level-reviews/${bids['甲']}`
  const decision = (name: string) => [`${url}/decision`, { decision: name, reason: '理由' }] as const
  const commands: Commands = {
    forward: decision('forward'),
    return: decision('return'),
    resume: decision('resume'),
    recordSilence: [`${url}/silence`, { reason: '催办未答复。' }],
  }
  const readers = {
    ...{ town: await keyFor('town', { organizationId: townId }), host: hostKey, auditor: await keyFor('auditor') },
  }
  const give = async (key: string, name: string, ifMatch: number) => {
    const [to, body] = commands[name] ?? ['']
    expecting(200, await call(key, 'POST', to, body, { ifMatch }))
  }
  const offers = () => offered(app, url, readers, commands)
  t.same(await offers(), { town: ['forward', 'return'], host: [], auditor: [] })
  await give(readers.town, 'return', 1)
  t.same(await offers(), { town: ['resume'], host: [], auditor: [] })
  await give(readers.town, 'resume', 2)
  await setClock('2026-05-09T02:00:00.000Z')
  t.same(await offers(), { town: ['forward', 'return'], host: ['recordSilence'], auditor: [] })
  await give(hostKey, 'recordSilence', 3)
  t.same(await offers(), { town: [], host: ['forward', 'return'], auditor: [] })
  await give(hostKey, 'forward', 4)
  t.same(await offers(), { town: [], host: [], auditor: [] })
})
