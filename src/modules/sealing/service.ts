import { problem } from '../../kernel/problem.ts'
import type { Sql } from '../../platform/database/database.ts'
import { decryptUnder, encryptUnder, type KeyHolding, restoreShared, shareOut } from '../../platform/keys/holders.ts'
import {
  makeSealingKey,
  NotOpened,
  type PublicJwk,
  type SealingPrivateKey,
  type SealingPublicKey,
  sealFor,
} from '../../platform/keys/sealing.ts'
import { isShareOf, shareHash } from '../../platform/keys/shares.ts'
import { authorize, record, type Work } from '../../platform/work.ts'
import { ListKeyShares, ReadSealingKey } from './policy.ts'
import { KeyHolderUnknown, KeyShareRepeated, KeySharesUnused, KeyShareWrong } from './problems.ts'
import { type KeyHolderName, sharesMissing } from './rules.ts'
import { findKey, findShares, insertKey, type KeyShareRow, keepReleasedKey, keepShare, lockKey } from './store.ts'

/** The part of the policy that sealing reads. */
export interface SealingTerms {
  readonly keyHolder: KeyHolderName
  readonly officers: readonly { readonly name: string; readonly publicKey: PublicJwk }[]
  readonly sharesRequired: number
}

/** The public side of a round's key. */
export interface SealingKey extends SealingPublicKey {
  readonly roundId: string
  readonly hostId: string
  readonly keyHolder: KeyHolderName
  readonly escrow: SealingPublicKey | null
  /** Null unless officers hold the key. */
  readonly sharesRequired: number | null
  readonly officers: readonly { readonly name: string; readonly publicKey: PublicJwk }[]
  readonly createdAt: Date
}

/**
 * For rounds, at publication: makes the key pair of a round, gives the private half to its holder and forgets it.
 * Refused (`key_holder_unknown`) when the service has no such holder.
 */
export async function createSealingKey(
  work: Work,
  deps: KeyHolding,
  round: { readonly roundId: string; readonly hostId: string; readonly terms: SealingTerms; readonly at: Date },
): Promise<void> {
  const { roundId, hostId, terms, at } = round
  const { publicKey, privateKey } = await makeSealingKey()
  const { protectedKey, shares } = await protect(deps, privateKey, roundId, terms)
  await insertKey(
    work.sql,
    {
      roundId,
      hostId,
      keyHolder: terms.keyHolder,
      kid: publicKey.kid,
      publicJwk: publicKey.jwk,
      ageRecipient: publicKey.ageRecipient,
      escrow: deps.escrow,
      sharesRequired: terms.keyHolder === 'officers' ? terms.sharesRequired : null,
      protectedKey,
      createdAt: at,
    },
    shares,
  )
  await record(work, {
    type: 'round.sealing_key_made',
    subject: roundId,
    hostId,
    at,
    data: { kid: publicKey.kid, keyHolder: terms.keyHolder, escrowKid: deps.escrow?.kid ?? null },
  })
}

async function protect(deps: KeyHolding, privateKey: SealingPrivateKey, roundId: string, terms: SealingTerms) {
  const { keyHolder, officers, sharesRequired } = terms
  if (keyHolder !== 'officers') {
    const holder = deps.holders[keyHolder]
    if (holder === undefined) throw problem(KeyHolderUnknown, { keyHolder })
    return { protectedKey: await holder.protect(privateKey, roundId), shares: [] }
  }
  const shared = await shareOut(privateKey, roundId, officers.length, sharesRequired)
  const shares = await Promise.all(
    officers.map(async ({ name, publicKey }, index) => {
      const share = shared.shares[index] as string
      return {
        position: index + 1,
        officerName: name,
        officerJwk: publicKey,
        sealedShare: await sealFor(share, publicKey),
        shareHash: shareHash(share),
      }
    }),
  )
  return { protectedKey: shared.protectedKey, shares }
}

export async function readSealingKey(work: Work, roundId: string): Promise<SealingKey> {
  return authorize(work, ReadSealingKey, await sealingKeyOf(work.sql, roundId))
}

/**
 * For bids: the public key of a round; undefined before its publication. Asks no permission. It never changes, so it is
 * read but once; never ask in the transaction that makes it, which may yet be rolled back.
 */
export async function sealingKeyOf(sql: Sql, roundId: string): Promise<SealingKey | undefined> {
  const known = publicKeys.get(roundId)
  if (known !== undefined) return known
  const read = await readPublicKey(sql, roundId)
  if (read === undefined) return undefined
  if (publicKeys.size >= PUBLIC_KEYS_MAX) publicKeys.clear()
  publicKeys.set(roundId, read)
  return read
}

const publicKeys = new Map<string, SealingKey>()
const PUBLIC_KEYS_MAX = 1_000

async function readPublicKey(sql: Sql, roundId: string): Promise<SealingKey | undefined> {
  const found = await findKey(sql, roundId)
  if (found === undefined) return undefined
  const shares = found.keyHolder === 'officers' ? await findShares(sql, roundId) : []
  return {
    roundId,
    hostId: found.hostId,
    keyHolder: found.keyHolder,
    kid: found.kid,
    jwk: found.publicJwk,
    ageRecipient: found.ageRecipient,
    escrow: found.escrow,
    sharesRequired: found.sharesRequired,
    officers: shares.map(({ officerName, officerJwk }) => ({ name: officerName, publicKey: officerJwk })),
    createdAt: found.createdAt,
  }
}

/** The shares as their officers may fetch them, and who has handed in hers. */
export async function listKeyShares(work: Work, roundId: string): Promise<KeyShareRow[]> {
  authorize(work, ListKeyShares, await findKey(work.sql, roundId))
  return findShares(work.sql, roundId)
}

/** For the opening: how many officers' shares are still awaited; 0 when the key can be had. */
export async function missingShares(work: Work, roundId: string): Promise<number> {
  const key = await findKey(work.sql, roundId)
  return key === undefined || key.sharesRequired === null || key.releasedKey !== null
    ? 0
    : sharesMissing(await findShares(work.sql, roundId), key.sharesRequired)
}

/**
 * For the opening: takes one officer's share. It asks no permission and no deadline: the caller has. Refused when the
 * round has no shares (`key_shares_unused`), it is none of them (`key_share_wrong`) or came before (`key_share_repeated`).
 * @returns how many are still awaited.
 */
export async function handInShare(
  work: Work,
  deps: Pick<KeyHolding, 'serviceKey'>,
  roundId: string,
  share: string,
  at: Date,
): Promise<number> {
  const key = await lockKey(work.sql, roundId)
  if (key === undefined || key.sharesRequired === null || key.releasedKey !== null)
    throw problem(KeySharesUnused, { keyHolder: key?.keyHolder ?? 'file' })
  const shares = await findShares(work.sql, roundId)
  const own = shares.find((candidate) => isShareOf(share, candidate.shareHash))
  if (own === undefined) throw problem(KeyShareWrong)
  if (own.handedInAt !== null) throw problem(KeyShareRepeated, { position: own.position })
  await keepShare(work.sql, own, {
    handedIn: await encryptUnder(deps.serviceKey, share),
    handedInBy: work.actor.id,
    handedInAt: at,
  })
  const now = shares.map((one) => (one === own ? { ...one, handedInAt: at } : one))
  await record(work, {
    type: 'round.key_share_handed_in',
    subject: roundId,
    hostId: key.hostId,
    at,
    data: { position: own.position },
  })
  return sharesMissing(now, key.sharesRequired)
}

/**
 * For the opening: the private key of a round. Once released it is kept under the key of the service, so that an
 * interrupted opening goes on without its holder.
 * @throws HolderAbsent when its holder, or enough officers' shares, are not to be had now.
 * @throws NotOpened when what was kept has been changed.
 */
export async function releaseSealingKey(
  sql: Sql,
  deps: KeyHolding,
  roundId: string,
  now: Date,
): Promise<SealingPrivateKey> {
  const key = await findKey(sql, roundId)
  if (key === undefined) throw new Error(`the round ${roundId} has no sealing key`)
  if (key.releasedKey !== null)
    return JSON.parse(await decryptUnder(deps.serviceKey, key.releasedKey)) as SealingPrivateKey
  const released = await fromHolder(sql, deps, key.keyHolder, key.protectedKey, roundId)
  if (released.jwk.x !== key.publicJwk.x) throw new NotOpened('header_differs')
  await keepReleasedKey(sql, roundId, await encryptUnder(deps.serviceKey, JSON.stringify(released)), now)
  return released
}

async function fromHolder(
  sql: Sql,
  deps: KeyHolding,
  keyHolder: KeyHolderName,
  protectedKey: string,
  roundId: string,
): Promise<SealingPrivateKey> {
  if (keyHolder !== 'officers') {
    const holder = deps.holders[keyHolder]
    if (holder === undefined) throw problem(KeyHolderUnknown, { keyHolder })
    return holder.release(protectedKey, roundId)
  }
  const handedIn = (await findShares(sql, roundId, 'handed in')).flatMap(({ handedIn: share }) => share ?? [])
  const shares = await Promise.all(handedIn.map((share) => decryptUnder(deps.serviceKey, share)))
  return restoreShared(protectedKey, shares, roundId)
}
