import fc from 'fast-check'
import t from 'tap'
import {
  CancelAward,
  CancelRound,
  ConfirmDecided,
  DeclineAward,
  EndAgreement,
  HoldMeeting,
  ProposeAwards,
  RetractAwards,
  SubmitBudget,
  WithdrawProject,
} from './decisions.model/awards.ts'
import { Model } from './decisions.model/model.ts'
import { LoseDay, PublishNotice, Wait, WithdrawNotice } from './decisions.model/notices.ts'
import {
  AcceptObjection,
  AskCooperation,
  DismissObjection,
  FileObjection,
  PauseObjection,
  RejectObjection,
  ResumeObjection,
  UpholdObjection,
  UpholdPartly,
  WithdrawObjection,
} from './decisions.model/objections.ts'
import { type CountyToCopy, countyToCopy, type Real, realOf } from './decisions.model/real.ts'
import type { Step } from './decisions.model/step.ts'
import { TABLES, Walked } from './decisions.model/walked.ts'

const RANDOM_ROUNDS = Number(process.env['MODEL_ROUNDS'] ?? 6)
const RANDOM_MS_MAX = 20_000
const STEPS_MAX = 14
/** Printed; the same seed plays the same rounds again: MODEL_SEED=… tap run test/journeys/decisions.model.test.ts */
const SEED = Number(process.env['MODEL_SEED'] ?? Math.trunc(Math.random() * 2 ** 31))

const county = await countyToCopy(t)
/** Where the meeting comes before the notice. */
const meetingFirst = await countyToCopy(t, true)
const walked = new Walked()

/** One round from its ranking on. The application ends with it, so that many can be played one after the other. */
async function withRound(source: CountyToCopy, play: (real: Real) => Promise<void>): Promise<void> {
  const endings: (() => Promise<void>)[] = []
  const real = await realOf({ teardown: (ending) => endings.unshift(ending) }, source, walked)
  try {
    await play(real)
    await real.verify()
  } finally {
    for (const end of endings) await end()
  }
}

/** Announced without anything missing. */
const ANNOUNCED = [new ProposeAwards(false), new PublishNotice()]

/** Walks through every transition of the tables; random rounds alone would come by the rare ones too seldom. */
const TOURS: Readonly<Record<string, readonly Step[]>> = {
  'a cut award, an objection dismissed, a meeting, and an agreement that never binds': [
    new ProposeAwards(true),
    new PublishNotice(),
    new SubmitBudget(1),
    new PublishNotice(),
    new FileObjection(0, 1),
    new HoldMeeting(),
    new WithdrawNotice(),
    new DismissObjection(0),
    new AcceptObjection(0),
    new DismissObjection(0),
    new HoldMeeting(),
    new Wait('notice'),
    new WithdrawNotice(),
    new FileObjection(0, 1),
    new HoldMeeting(),
    new DeclineAward(0),
    new EndAgreement(0),
    new EndAgreement(0),
  ],
  'an objection upheld, and a notice of its own for the next bid, which is withdrawn and published again': [
    new ProposeAwards(true),
    new SubmitBudget(1),
    new PublishNotice(),
    new FileObjection(0, 2),
    new FileObjection(0, 1),
    new AcceptObjection(0),
    new AcceptObjection(1),
    new UpholdObjection(1),
    new UpholdObjection(0),
    new PublishNotice(),
    new SubmitBudget(2),
    new PublishNotice(),
    new WithdrawNotice(),
    new FileObjection(2, 0),
    new PublishNotice(),
    new FileObjection(2, 2, true),
    new DeclineAward(2),
    new Wait('notice'),
    new HoldMeeting(),
  ],
  'awards that are declined before any notice, as far as their agencies know of them': [
    new ProposeAwards(true),
    new DeclineAward(0),
    new SubmitBudget(0),
    new SubmitBudget(1),
    new DeclineAward(1),
    new PublishNotice(),
    new DeclineAward(0),
    new DeclineAward(2),
    new PublishNotice(),
    new HoldMeeting(),
  ],
  'an award whose budget never comes': [new ProposeAwards(true), new Wait('budget'), new PublishNotice()],
  'an award declined under objection, which is settled with it': [
    ...ANNOUNCED,
    new FileObjection(0, 1),
    new FileObjection(0, 2),
    new AcceptObjection(1),
    new DeclineAward(0),
    new FileObjection(0, 1),
    new Wait('answer'),
    new DeclineAward(2),
  ],
  'an objection that waits for a hearing, and ends in each way that an open one can': [
    ...ANNOUNCED,
    new FileObjection(0, 1),
    new PauseObjection(0),
    new RejectObjection(0),
    new FileObjection(0, 1),
    new WithdrawObjection(1),
    new FileObjection(0, 1),
    new FileObjection(0, 2),
    new AcceptObjection(2),
    new RejectObjection(2),
    new WithdrawObjection(2),
    new FileObjection(1, 0),
    new AcceptObjection(3),
    new PauseObjection(3),
    new DismissObjection(3),
    new WithdrawObjection(3),
    new FileObjection(1, 1),
    new AcceptObjection(4),
    new PauseObjection(4),
    new PauseObjection(4),
    new Wait(1),
    new ResumeObjection(4),
    new ResumeObjection(4),
    new UpholdPartly(4),
    new FileObjection(1, 1),
    new AcceptObjection(5),
    new PauseObjection(5),
    new DeclineAward(1),
  ],
  'silence of the awarded agency, while the answer is prepared and while a hearing is awaited': [
    ...ANNOUNCED,
    new FileObjection(0, 1),
    new FileObjection(1, 0),
    new AskCooperation(0),
    new AcceptObjection(0),
    new AskCooperation(0),
    new AskCooperation(0),
    new AcceptObjection(1),
    new PauseObjection(1),
    new AskCooperation(1),
    new Wait(9),
    new ResumeObjection(1),
    new Wait('statement'),
    new PublishNotice(),
  ],
  'a round that is cancelled while a budget is awaited': [new ProposeAwards(true), new CancelRound()],
  'an award whose budget is waited for no longer': [new ProposeAwards(true), new CancelAward(0), new CancelAward(1)],
  'a round that is cancelled while its notice is out and an objection is open': [
    ...ANNOUNCED,
    new FileObjection(0, 1),
    new AcceptObjection(0),
    new CancelRound(),
    new FileObjection(0, 1),
  ],
  'a notice whose page was gone for a morning': [
    ...ANNOUNCED,
    new LoseDay(),
    new LoseDay(),
    new HoldMeeting(),
    new Wait('notice'),
    new LoseDay(),
    new HoldMeeting(),
  ],
  'a project that may be withdrawn once its award was declined, and one whose award is selected': [
    ...ANNOUNCED,
    new WithdrawProject(0),
    new DeclineAward(0),
    new WithdrawProject(0),
    new WithdrawProject(0),
    new Wait('notice'),
    new HoldMeeting(),
    new WithdrawProject(1),
  ],
  'awards that are taken back before the notice, once it is withdrawn, and after it has ended': [
    new ProposeAwards(true),
    new RetractAwards(),
    new RetractAwards(),
    new ProposeAwards(false),
    new DeclineAward(3),
    new PublishNotice(),
    new RetractAwards(),
    new WithdrawNotice(),
    new DeclineAward(3),
    new RetractAwards(),
    new ProposeAwards(false),
    new PublishNotice(),
    new FileObjection(4, 2),
    new RetractAwards(),
    new AcceptObjection(0),
    new DismissObjection(0),
    new Wait('notice'),
    new RetractAwards(),
    new ProposeAwards(false),
    new ProposeAwards(false),
    new PublishNotice(),
    new Wait('notice'),
    new HoldMeeting(true),
    new RetractAwards(),
  ],
}

/** The same where the meeting comes first. */
const MEETING_FIRST_TOURS: Readonly<Record<string, readonly Step[]>> = {
  'a meeting decides, and what it decided takes effect after the notice': [
    new ProposeAwards(false),
    new PublishNotice(),
    new HoldMeeting(),
    new HoldMeeting(),
    new PublishNotice(),
    new ConfirmDecided(),
    new WithdrawNotice(),
    new PublishNotice(),
    new Wait('notice'),
    new ConfirmDecided(),
  ],
  'a meeting rejects, and the next bid has to come before another one': [
    new ProposeAwards(true),
    new HoldMeeting(true),
    new HoldMeeting(),
    new SubmitBudget(1),
    new SubmitBudget(2),
    new PublishNotice(),
    new HoldMeeting(),
    new PublishNotice(),
  ],
}

t.test('each transition of awards, notices and objections is walked through the service', async (t) => {
  for (const meetsFirst of [false, true])
    for (const [name, steps] of Object.entries(meetsFirst ? MEETING_FIRST_TOURS : TOURS))
      await t.test(name, async (t) => {
        await withRound(meetsFirst ? meetingFirst : county, async (real) => {
          await fc.asyncModelRun(() => ({ model: new Model(meetsFirst), real }), [...steps])
        })
        t.ok(walked.count > 0, `${walked.count} transitions so far`)
      })
})

t.test('random rounds go as the model says, and no refusal leaves a trace', async (t) => {
  const nat = (max: number) => fc.nat({ max })
  const steps = [
    fc.constant(new PublishNotice()),
    fc.constant(new WithdrawNotice()),
    fc.constant(new HoldMeeting()),
    fc.constant(new LoseDay()),
    fc.constantFrom(...(['notice', 'budget', 'answer', 'statement', 1, 3] as const)).map((until) => new Wait(until)),
    nat(3).map((position) => new SubmitBudget(position)),
    nat(3).map((position) => new DeclineAward(position)),
    nat(3).map((position) => new WithdrawProject(position)),
    nat(3).map((position) => new EndAgreement(position)),
    fc.tuple(nat(3), nat(2), nat(4)).map(([award, filer, lead]) => new FileObjection(award, filer, lead === 0)),
    fc.tuple(nat(3), nat(2)).map(([award, filer]) => new FileObjection(award, filer)),
    nat(3).map((position) => new AcceptObjection(position)),
    nat(3).map((position) => new AcceptObjection(position)),
    nat(3).map((position) => new UpholdObjection(position)),
    nat(3).map((position) => new UpholdPartly(position)),
    nat(3).map((position) => new RejectObjection(position)),
    nat(3).map((position) => new WithdrawObjection(position)),
    nat(3).map((position) => new PauseObjection(position)),
    nat(3).map((position) => new ResumeObjection(position)),
    nat(3).map((position) => new AskCooperation(position)),
    nat(3).map((position) => new DismissObjection(position)),
    fc.constant(new RetractAwards()),
    fc.boolean().map((isCut) => new ProposeAwards(isCut)),
    fc.boolean().map((isStern) => new HoldMeeting(isStern)),
    fc.constant(new ConfirmDecided()),
  ]
  let played = 0
  const commands = fc.commands(steps, { maxCommands: STEPS_MAX, size: 'max' })
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.boolean(), commands, async (meetsFirst, isCut, followed) => {
      const opening = [new ProposeAwards(isCut), new SubmitBudget(1), new HoldMeeting(), new PublishNotice()]
      await withRound(meetsFirst ? meetingFirst : county, async (real) => {
        const begun = { model: new Model(meetsFirst), real }
        await fc.asyncModelRun(() => begun, opening)
        await fc.asyncModelRun(() => begun, followed)
      })
      played += 1
    }),
    { seed: SEED, numRuns: RANDOM_ROUNDS, interruptAfterTimeLimit: RANDOM_MS_MAX, endOnFailure: true },
  )
  t.ok(played > 0, `${played} rounds with the seed ${SEED}`)
})

t.test('no transition of the tables was left out, and every state but the ends can be left', async (t) => {
  t.same(walked.missing(), [], 'never walked: add a step to test/journeys/decisions.model and a tour through it')
  const ends = Object.entries(TABLES).flatMap(([machine, table]) =>
    Object.entries(table).flatMap(([state, commands]) =>
      Object.keys(commands).length === 0 ? [`${machine} ${state}`] : [],
    ),
  )
  t.same(
    ends.sort(),
    [
      'award cancelled',
      'award declined',
      'award retracted',
      'notice closed',
      'notice withdrawn',
      'objection dismissed',
      'objection inadmissible',
      'objection logged',
      'objection partly_upheld',
      'objection rejected_as_late',
      'objection upheld',
      'objection withdrawn',
    ],
    'these and no others are for good',
  )
})
