import t from 'tap'
import { advanceBid } from '../../../src/modules/bids/index.ts'
import { BID_STATES, BID_TRANSITIONS, BIDDER_OFFERS, type Bid } from '../../../src/modules/bids/rules/bid.ts'
import { statesBehind, VEIL, veiled } from '../../../src/modules/bids/rules/outcome.ts'
import { testApp } from '../../support/app.ts'
import { smallRound } from '../reviews/fixtures.ts'
import { CONTENT } from './fixtures.ts'

type ReviewCommand = Parameters<typeof advanceBid>[2]

/** How a bid comes to each state that its bidder does not read before the notice. */
const WAYS: Record<string, readonly ReviewCommand[]> = {
  accepted: [],
  scored: ['score'],
  proposed: ['score', 'propose'],
  reserve: ['score', 'reserve'],
  not_funded: ['score', 'passOver'],
  cancelled: ['score', 'propose', 'cancel'],
}
const FILE = { fileName: 'a.pdf', mediaType: 'application/pdf', byteSize: 10, sha256: 'a'.repeat(64) }
const SEALED = {
  ...{ protected: 'e30', iv: 'A'.repeat(16), ciphertext: 'AAAA', tag: 'A'.repeat(22) },
  recipients: [{ header: { alg: 'ECDH-ES+A256KW', kid: 'A'.repeat(43) }, encrypted_key: 'A'.repeat(54) }],
}
/** Everything that a bidder can command of its bid. */
const COMMANDS: Record<string, object | undefined> = {
  withdrawal: undefined,
  confirmation: undefined,
  correction: { attachments: [], statement: '补充说明' },
  submission: { content: CONTENT },
  documents: FILE,
  repair: { sealed: SEALED },
  check: { content: CONTENT },
}

t.test('no refusal tells a bidder what the review made of its bid before the notice', async (t) => {
  const app = await testApp(t)
  const { call, asSystem } = app
  const { agencies, bids, hostKey } = await smallRound(app, Object.keys(WAYS))
  for (const [name, commands] of Object.entries(WAYS))
    for (const command of commands) await asSystem((work) => advanceBid(work, bids[name] ?? '', command))

  for (const language of ['zh-CN', 'en']) {
    for (const [command, body] of Object.entries(COMMANDS)) {
      const answers = new Map<string, string>()
      for (const name of Object.keys(WAYS)) {
        const path = `/v1/bids/${bids[name]}`
        const own = agencies[name]?.key ?? ''
        const ifMatch = String((await call(own, 'GET', path)).headers['etag'])
        const options = { ifMatch, headers: { 'accept-language': language } }
        const answer = await call(own, 'POST', `${path}/${command}`, body, options)
        if (command !== 'check') t.ok(answer.status >= 400, `${command} of a bid that is ${name}`)
        const { instance: _instance, requestId: _requestId, ...told } = answer.body
        answers.set(name, JSON.stringify([answer.status, told]))
      }
      t.same([...new Set(answers.values())], [[...answers.values()][0]], `${command} (${language}) answers all alike`)
      const [first = ''] = answers.values()
      t.notMatch(first, /scored|proposed|reserve|not_funded|cancelled/, `${command} (${language})`)
      if (command === 'repair') t.match(first, /^\[409,.*bid_not_damaged/)
      if (['withdrawal', 'confirmation', 'correction', 'submission', 'documents'].includes(command))
        t.match(first, /^\[409,.*bid_not_in_state.*accepted/, `${command} (${language})`)
    }
  }
  t.match((await call(hostKey, 'GET', `/v1/bids/${bids['proposed']}`)).body, { state: 'proposed' }, 'the host reads it')
})

t.test('what a bidder may do does not depend on the veil', async (t) => {
  for (const veil of ['all', 'untold'] as const)
    for (const state of BID_STATES) {
      const told = veiled({ state, toldAt: null } as Bid, veil).state
      if (told === state) continue
      t.equal(told, veil === 'all' ? VEIL : 'reserve')
      for (const command of BIDDER_OFFERS)
        t.same([BID_TRANSITIONS[state][command], BID_TRANSITIONS[told][command]], [undefined, undefined], command)
    }
})

t.test(
  'after the first notice only what the own notice has not told is kept; filters ask for what is read',
  async (t) => {
    const read = (toldAt: Date | null) =>
      BID_STATES.filter((state) => veiled({ state, toldAt } as Bid, 'untold').state !== state)
    t.same(read(null), ['proposed', 'cancelled'])
    t.same(read(new Date()), [])
    for (const veil of ['all', 'untold', 'none'] as const) {
      for (const key of ['told', 'untold'] as const) {
        const found = BID_STATES.flatMap((state) => statesBehind(state, veil)[key])
        t.same(found.toSorted(), BID_STATES.toSorted(), `${veil}: each state is found under one name`)
      }
    }
    t.same(statesBehind('reserve', 'untold'), { told: ['reserve'], untold: ['proposed', 'reserve', 'cancelled'] })
    t.same(statesBehind('proposed', 'untold'), { told: ['proposed'], untold: [] })
  },
)
