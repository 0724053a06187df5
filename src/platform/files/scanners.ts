import { clamdScanner } from './clamd.ts'
import type { Scanner } from './scanner.ts'

/** What the test scanner takes for malware. No real signature, so that no other program takes fright at our tests. */
export const TEST_SIGNATURE = 'SANDAN-TEST-SIGNATURE-THIS-FILE-IS-TO-BE-QUARANTINED'
const TEST_SIGNATURE_NAME = 'Sandan.Test.Signature'

export const SCANNERS = ['none', 'clamd', 'test'] as const
export type ScannerName = (typeof SCANNERS)[number]

export function openScanner(name: ScannerName, clamd: { readonly host: string; readonly port: number }): Scanner {
  if (name === 'clamd') return clamdScanner(clamd)
  return name === 'test' ? testScanner() : NO_SCANNER
}

/** For development: lets everything pass and says so. */
export const NO_SCANNER: Scanner = {
  isReal: false,
  open: () => ({ write: async () => undefined, end: async () => ({ clean: true }), abort: () => undefined }),
}

/** Finds {@link TEST_SIGNATURE} and nothing else. */
export function testScanner(): Scanner {
  const wanted = Buffer.from(TEST_SIGNATURE)
  return {
    isReal: true,
    open() {
      // As many bytes of the last chunk as a signature across the border may have there.
      let rest: Buffer = Buffer.alloc(0)
      let isFound = false
      return {
        async write(chunk) {
          const seen = Buffer.concat([rest, chunk])
          isFound ||= seen.includes(wanted)
          rest = Buffer.from(seen.subarray(Math.max(0, seen.length - wanted.length + 1)))
        },
        end: async () => (isFound ? { clean: false, signature: TEST_SIGNATURE_NAME } : { clean: true }),
        abort: () => undefined,
      }
    },
  }
}
