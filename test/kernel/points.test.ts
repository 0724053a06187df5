import fc from 'fast-check'
import t from 'tap'
import { formatPoints, parsePoints, sumPoints } from '../../src/kernel/points.ts'

t.test('points are read with none, one or two decimals', async (t) => {
  t.equal(parsePoints('19'), 1900)
  t.equal(parsePoints('14.2'), 1420)
  t.equal(parsePoints('83.05'), 8305)
  t.equal(parsePoints('0'), 0)
  t.equal(parsePoints('9999.99'), 999_999)
  for (const text of ['', '-1', '+1', '01', '1.', '.5', '1.234', '10000', '1e1', ' 1', '1\n']) {
    t.throws(() => parsePoints(text), RangeError, JSON.stringify(text))
  }
})

t.test('points are written with two decimals', async (t) => {
  t.equal(formatPoints(1420), '14.20')
  t.equal(formatPoints(5), '0.05')
  t.equal(formatPoints(0), '0.00')
  t.equal(formatPoints(-250), '-2.50')
  t.throws(() => formatPoints(0.5), RangeError)
})

t.test('the final evaluation of P1 sums to 93.20, and tenths sum without the error of floating point', async (t) => {
  const sheet = ['28.5', '23', '14.2', '18.5', '9']
  t.equal(formatPoints(sumPoints(sheet.map(parsePoints))), '93.20')
  t.equal(sumPoints(['0.1', '0.2'].map(parsePoints)), parsePoints('0.3'))
  t.equal(sumPoints([]), 0)
  t.throws(() => sumPoints([0.1, 0.9]), RangeError, 'parts of hundredths do not hide in a whole sum')
  t.throws(() => sumPoints([Number.MAX_SAFE_INTEGER, 1]), RangeError)
})

t.test('all points survive being written and read', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (points) => parsePoints(formatPoints(points)) === points),
    ),
  )
})
