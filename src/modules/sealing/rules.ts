/** Who keeps the private key of a round until its bids are opened. */
export const KEY_HOLDERS = ['file', 'officers', 'kms'] as const
export type KeyHolderName = (typeof KEY_HOLDERS)[number]

/** `server`: the service checks a bid and seals it in the same request; `client`: it comes sealed. */
export const SEALING_MODES = ['server', 'client'] as const
export type SealingMode = (typeof SEALING_MODES)[number]

export interface OfficerShare {
  readonly position: number
  readonly officerName: string
  readonly handedInAt: Date | null
}

/** How many more shares restore the key; 0 when there are enough. */
export function sharesMissing(shares: readonly Pick<OfficerShare, 'handedInAt'>[], required: number): number {
  return Math.max(0, required - shares.filter(({ handedInAt }) => handedInAt !== null).length)
}
