export type ScanVerdict = { readonly clean: true } | { readonly clean: false; readonly signature: string }

/** The scan of one content: every byte in order, then the verdict. */
export interface ScanSession {
  /** @throws ScannerUnavailable */
  write(chunk: Uint8Array): Promise<void>
  /** @throws ScannerUnavailable */
  end(): Promise<ScanVerdict>
  /** Gives the scan up; after `end` it does nothing. */
  abort(): void
}

/** Looks for malware in what streams by. */
export interface Scanner {
  /** False where no scanner is set up: what passed through is then called `not_scanned`. */
  readonly isReal: boolean
  open(): ScanSession
}

/** The scanner could not be asked, or gave no verdict: nothing is known about the content, so nothing may be kept. */
export class ScannerUnavailable extends Error {}
