import fc from 'fast-check'
import t from 'tap'
import { finalStates, lawfulCommands } from '../../../src/kernel/transitions.ts'
import { DEADLINE_TRANSITIONS, isNear, moveClock, restAfterFailure } from '../../../src/modules/deadlines/rules.ts'

const NOW = new Date('2026-04-20T09:00:00Z')
const after = (ms: number) => new Date(NOW.getTime() + ms)

t.test('a waiting deadline is done or cancelled, and then nothing changes it', async (t) => {
  t.same(lawfulCommands(DEADLINE_TRANSITIONS, 'waiting'), ['complete', 'cancel'])
  t.same(finalStates(DEADLINE_TRANSITIONS), ['done', 'cancelled'])
})

t.test('an alarm is set for the next hour, the sweep finds what is further off', async (t) => {
  t.equal(isNear(after(3_600_000), NOW), true)
  t.equal(isNear(after(3_600_001), NOW), false)
  t.equal(isNear(after(-1), NOW), true, 'what is overdue rings at once')
})

t.test('a deadline that fails rests 5 s, then twice as long each time, up to ten minutes', async (t) => {
  t.same([1, 2, 3, 4, 8, 100].map(restAfterFailure), [5_000, 10_000, 20_000, 40_000, 600_000, 600_000])
})

t.test('the test clock moves forward only', async (t) => {
  t.same(moveClock(NOW, NOW, false), { accepted: true, value: NOW }, 'standing still is not going back')
  t.match(moveClock(NOW, after(-1), false), {
    accepted: false,
    refusal: { problem: { code: 'clock_moves_forward_only' }, parameters: { now: NOW.toISOString() } },
  })
  t.match(moveClock(NOW, after(-1), true), { accepted: true }, 'a new host begins wherever it likes')
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 50 }), (steps) => {
      let clock = NOW
      for (const step of steps) {
        const moved = moveClock(clock, new Date(clock.getTime() + step), false)
        const next = moved.accepted ? moved.value : clock
        if (next.getTime() < clock.getTime()) return false
        clock = next
      }
      return true
    }),
  )
})
