import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { play } from '../../demo/play.ts'
import { checkScenario, readScenario, ScenarioError } from '../../demo/scenario.ts'
import { scenarioSchemaText } from '../../demo/scenarioSchema.ts'
import { STEPS } from '../../demo/stepSchemas.ts'
import { STEP_HANDLERS } from '../../demo/steps/index.ts'
import { DEFAULT_POLICY } from '../../src/modules/rounds/index.ts'

const demo = path.join(import.meta.dirname, '../../demo')
// biome-ignore lint/suspicious/noExplicitAny: the tests break the document at any place
const hekou = async (): Promise<any> => JSON.parse(await readFile(path.join(demo, 'hekou.json'), 'utf8'))

/** The pointer with which the scenario is refused once this was done to it. */
// biome-ignore lint/suspicious/noExplicitAny: the tests break the document at any place
async function pointerAfter(breakIt: (scenario: any) => void): Promise<string> {
  const scenario = await hekou()
  breakIt(scenario)
  return pointerOf(scenario)
}

function pointerOf(scenario: unknown): string {
  try {
    checkScenario(scenario)
  } catch (error) {
    if (error instanceof ScenarioError) return error.pointer
    throw error
  }
  return 'valid'
}

t.test('both scenarios of the house are valid', async (t) => {
  t.equal((await readScenario(path.join(demo, 'yunting.json'))).name, 'yunting')
  t.equal((await readScenario(path.join(demo, 'hekou.json'))).name, 'hekou')
})

t.test('a flaw of form is refused with its place', async (t) => {
  t.equal(await pointerAfter((scenario) => Object.assign(scenario, { surprise: 1 })), '#/surprise')
  t.equal(await pointerAfter((scenario) => Object.assign(scenario, { 'a/b~c': 1 })), '#/a~1b~0c')
  t.equal(await pointerAfter((scenario) => delete scenario.round.timetable.closesAt), '#/round/timetable/closesAt')
  t.equal(
    await pointerAfter((scenario) => {
      scenario.bids[0].grant = 117000.01
    }),
    '#/bids/0/grant',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.bids[3].budget['Staff Cost'] = '1.00'
    }),
    '#/bids/3/budget/Staff Cost',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.needs[2].serviceField = 'gardening'
    }),
    '#/needs/2/serviceField',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.round.policy.mid.passLine = 60
    }),
    '#/round/policy/mid/passLine',
  )
  t.equal(
    await pointerAfter((scenario) => Object.assign(scenario.round.policy, { awards: 3 })),
    '#/round/policy/awards',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.startsAt = '2026-02-30T09:00:00+08:00'
    }),
    '#/startsAt',
  )
})

t.test('a flaw of a step names the step', async (t) => {
  t.equal(
    await pointerAfter((scenario) => {
      scenario.events[0].do = 'verify_everything'
    }),
    '#/events/0/do',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.events[0].do = 'toString'
    }),
    '#/events/0/do',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.events[1] = null
    }),
    '#/events/1/do',
  )
  t.equal(await pointerAfter((scenario) => Object.assign(scenario.events[4], { bidd: 'B05' })), '#/events/4/bidd')
  t.equal(await pointerAfter((scenario) => delete scenario.events[4].bid), '#/events/4/bid')
  t.equal(
    await pointerAfter((scenario) => {
      scenario.events[2].at = 'tomorrow'
    }),
    '#/events/2/at',
  )
})

t.test('what is used is declared, and once', async (t) => {
  const first = (word: string, scenario: { events: { do: string }[] }) =>
    scenario.events.findIndex((event) => event.do === word)
  t.equal(
    await pointerAfter((scenario) => {
      scenario.bids[0].project = 'P99'
    }),
    '#/bids/0/project',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.needs[1].ref = 'N1'
    }),
    '#/needs/1/ref',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.needs[0].division = '990623999999'
    }),
    '#/needs/0/division',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.host = 'H9'
    }),
    '#/host',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.experts[1].employments[0].organization = 'C9'
    }),
    '#/experts/1/employments/0/organization',
  )
  t.equal(
    await pointerAfter((scenario) => {
      scenario.events[4].bid = 'B99'
    }),
    '#/events/4/bid',
  )
  for (const [word, list, key] of [
    ['convene_panel', 'members', undefined],
    ['sign_sheets', 'sheets', 'expert'],
    ['submit_reports', 'reports', 'project'],
    ['accept_audits', 'audits', 'project'],
    ['draw_lot', 'bids', undefined],
  ] as const) {
    let index = -1
    const pointer = await pointerAfter((scenario) => {
      index = first(word, scenario)
      if (key === undefined) scenario.events[index][list][1] = 'Z1'
      else scenario.events[index][list][0][key] = 'Z1'
    })
    t.equal(pointer, `#/events/${index}/${list}/${key === undefined ? 1 : `0/${key}`}`)
  }
  let report = -1
  const pointer = await pointerAfter((scenario) => {
    report = first('submit_reports', scenario)
    scenario.events[report].reports[0].values.guests = 3
  })
  t.equal(pointer, `#/events/${report}/reports/0/values/guests`)
})

t.test('an organization is who it can be', async (t) => {
  t.equal(
    await pointerAfter((scenario) => {
      scenario.organizations[1].creditCode = '52990623MJ26C01K4J'
    }),
    '#/organizations/1/creditCode',
  )
  t.equal(await pointerAfter((scenario) => delete scenario.organizations[2].creditCode), '#/organizations/2/creditCode')
  const group = (scenario: { organizations: { type: string; sponsor?: string }[] }) =>
    scenario.organizations.findIndex(({ type }) => type === 'filed_community_org')
  let index = -1
  const pointer = await pointerAfter((scenario) => {
    index = group(scenario)
    delete scenario.organizations[index].sponsor
  })
  t.equal(pointer, `#/organizations/${index}/sponsor`)
})

t.test('the host of the round is none of its agencies', async (t) => {
  const pointer = await pointerAfter((scenario) => {
    scenario.host = scenario.projects[1].organization
  })
  t.match(pointer, /^#\/projects\/\d+\/organization$/)
})

t.test('what is no scenario at all is refused at its root', async (t) => {
  for (const value of [null, 'hekou', [], 7]) {
    t.equal(pointerOf(value), '#')
  }
  t.equal(pointerOf({ events: 'none' }), '#/name')
})

t.test('the program says what is wrong and writes nothing', async (t) => {
  const directory = t.testdir()
  const scenario = await hekou()
  scenario.events[4].bid = 'B99'
  const flawed = path.join(directory, 'flawed.json')
  await mkdir(directory, { recursive: true })
  await writeFile(flawed, JSON.stringify(scenario))
  await writeFile(path.join(directory, 'broken.json'), '{"name": ')
  const data = path.join(directory, 'data')
  // Options of the test runner's own are not for it.
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const demonstrate = (file: string) =>
    promisify(execFile)(process.execPath, [path.join(demo, 'main.ts'), '--once', '--json', '--scenario', file], {
      env: { ...inherited, DATA_DIRECTORY: data },
    })
  await Promise.all([
    t.rejects(demonstrate(flawed), { code: 2, stdout: '', stderr: /#\/events\/4\/bid: there is no bid B99/ }),
    t.rejects(demonstrate(path.join(directory, 'broken.json')), { code: 2, stdout: '', stderr: /#: .*JSON/ }),
    t.rejects(demonstrate(path.join(directory, 'none.json')), { code: 2, stdout: '' }),
  ])
  t.notOk(existsSync(data), 'no database was made')
})

t.test('the JSON Schema file is the one of the code', async (t) => {
  t.equal(await readFile(path.join(demo, 'scenario.schema.json'), 'utf8'), scenarioSchemaText())
})

t.test('every step has its handler and its words in the guide', async (t) => {
  const guide = await readFile(path.join(demo, '../docs/guide/scenarios.md'), 'utf8')
  t.same(Object.keys(STEP_HANDLERS).sort(), Object.keys(STEPS).sort())
  for (const word of Object.keys(STEPS)) t.match(guide, `| \`${word}\` |`)
})

t.test('what the service would refuse before the first step is refused beforehand', async (t) => {
  // biome-ignore lint/suspicious/noExplicitAny: the tests break the document at any place
  const refusedAt = async (pointer: string, breakIt: (scenario: any) => void) =>
    t.equal(await pointerAfter(breakIt), pointer)
  const at = (word: string, scenario: { events: { do: string }[] }) =>
    scenario.events.findIndex((event) => event.do === word)

  await refusedAt('#/events/3/at', (scenario) => Object.assign(scenario.events[3], { at: '2026-01-12T08:59:59+08:00' }))
  await refusedAt('#/events/3/at', (scenario) => Object.assign(scenario.events[3], { at: '2026-02-30T10:00:00+08:00' }))
  await refusedAt('#/events/3/at', (scenario) => Object.assign(scenario.events[3], { at: '2026-06-30T23:59:60Z' }))
  for (const [name, value] of [
    ['opensAt', '2026-01-11T09:00:00+08:00'],
    ['closesAt', '2026-01-12T00:59:59Z'],
    ['cycleStartsOn', '2026-01-11'],
  ] as const) {
    await refusedAt(`#/round/timetable/${name}`, (scenario) => {
      scenario.round.timetable[name] = value
    })
  }
  await refusedAt('#/needs/1/title', (scenario) => Object.assign(scenario.needs[1], { title: 'a\0b' }))
  await refusedAt('#/needs/1/title', (scenario) => Object.assign(scenario.needs[1], { title: 'a\ud800b' }))
  await refusedAt('#/needs/1/title', (scenario) => Object.assign(scenario.needs[1], { title: ' \n' }))
  await refusedAt('#/needs/1/beneficiaryCount', (scenario) => Object.assign(scenario.needs[1], { beneficiaryCount: 0 }))
  await refusedAt('#/round/code', (scenario) => Object.assign(scenario.round, { code: 'round 1' }))
  await refusedAt('#/round/timetable/cycleEndsOn', (scenario) =>
    Object.assign(scenario.round.timetable, { cycleEndsOn: '0000-01-01' }),
  )
  await refusedAt('#/projects/0/indicators/0/unit', (scenario) =>
    Object.assign(scenario.projects[0].indicators[0], { unit: '次'.repeat(21) }),
  )
  await refusedAt('#/divisions/0/level', (scenario) => Object.assign(scenario.divisions[0], { level: 'community' }))
  await refusedAt('#/divisions/0', (scenario) => Object.assign(scenario.divisions[0], { code: '000000000001' }))
  await refusedAt('#/organizations/2/creditCode', (scenario) =>
    Object.assign(scenario.organizations[2], { creditCode: scenario.organizations[1].creditCode }),
  )
  await refusedAt('#/organizations/1/sponsor', (scenario) =>
    Object.assign(scenario.organizations[1], { sponsor: scenario.organizations[2].ref }),
  )
  await refusedAt('#/experts/1/code', (scenario) =>
    Object.assign(scenario.experts[1], { code: scenario.experts[0].code }),
  )
  let index = -1
  const nothingChanged = await pointerAfter((scenario) => {
    index = at('pass_time', scenario)
    const { at: when } = scenario.events[index]
    scenario.events[index] = { at: when, do: 'change_organization', organization: scenario.host }
  })
  t.equal(nothingChanged, `#/events/${index}`)
})

t.test('a play that the service refuses to begin ends with one sentence', async (t) => {
  // What no check beforehand can know: this service already holds the county.
  const answer = { type: 'x', title: 'Division exists', status: 409, code: 'division_exists', detail: 'It is known.' }
  const server = createServer((_, response) => {
    response.writeHead(409, { 'content-type': 'application/problem+json' }).end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const scenario = checkScenario(await hekou())
  await t.rejects(
    play(scenario, { baseUrl: `http://127.0.0.1:${port}`, adminKey: 'gk_x', progress: () => undefined }),
    { name: 'Error', message: 'POST /v1/divisions with 409 division_exists: It is known.' },
  )
})

t.test('the guide shows the policy that holds where a scenario says nothing', async (t) => {
  const guide = await readFile(path.join(demo, '../docs/guide/scenarios.md'), 'utf8')
  const shown = /## The default policy\n.*?```json\n(.*?)```/s.exec(guide)?.[1] ?? '{}'
  t.strictSame(JSON.parse(shown), DEFAULT_POLICY)
})
