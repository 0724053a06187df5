import { type Static, Type } from 'typebox'
import { money } from '../../kernel/money.ts'
import { closed, Day, Id, Instant, ListOf, Money, Nullable, Text, Word } from '../../platform/http/schemas.ts'
import {
  AGREEMENT_STATES,
  type Agreement,
  agreementActions,
  PARTIES,
  TERMINATION_CHOICES,
  TERMINATION_KINDS,
} from './rules.ts'

const Parties = ListOf(Word(PARTIES), 3, { minItems: 2, uniqueItems: true })

export const NewAgreement = closed(
  {
    awardId: Id('awd'),
    startsOn: Type.Optional(Day),
    endsOn: Type.Optional(Day),
    midPointOn: Type.Optional(Day),
    parties: Type.Optional(
      Type.Unsafe<(typeof PARTIES)[number][]>({
        ...Parties,
        allOf: [{ contains: { const: 'host' } }, { contains: { const: 'agency' } }],
        description: 'Who signs; the host and the agency always do.',
      }),
    ),
  },
  {
    title: 'NewAgreement',
    description:
      'Default period: the cycle of the round. Default mid-point: half of its months, rounded up, after the start. Default parties: host and agency, and the operator where the round has one.',
  },
)
const Signature = closed(
  { party: Word(PARTIES), actorId: Type.String({ maxLength: 100 }), signedOn: Day },
  { title: 'Signature' },
)
export const NewSignature = closed(
  { party: Word(PARTIES), signedOn: Type.Optional(Day) },
  { title: 'NewSignature', description: 'Default day: today.' },
)
export const NewTermination = closed(
  { kind: Word(TERMINATION_CHOICES), reason: Text(5000) },
  { title: 'NewTermination' },
)
export const AgreementBody = closed(
  {
    id: Id('agr'),
    awardId: Id('awd'),
    projectId: Id('prj'),
    roundId: Id('rnd'),
    hostId: Id('org'),
    organizationId: Id('org'),
    approved: Money,
    startsOn: Day,
    endsOn: Day,
    midPointOn: Day,
    parties: Parties,
    signatures: ListOf(Signature, 3),
    state: Word(AGREEMENT_STATES),
    effectiveOn: Nullable(Day),
    terminatedOn: Nullable(Day),
    terminationKind: Nullable(Word(TERMINATION_KINDS)),
    terminationReason: Nullable(Type.String({ maxLength: 5000 })),
    actions: ListOf(Type.String({ maxLength: 40 }), 5),
    createdAt: Instant,
  },
  { title: 'Agreement', description: '资助协议: the funding agreement of one award.' },
)
export const AgreementParams = closed({ agreementId: Id('agr') })
export const AgreementFilter = closed({
  roundId: Type.Optional(Id('rnd')),
  projectId: Type.Optional(Id('prj')),
  state: Type.Optional(Word(AGREEMENT_STATES)),
})

export function presentAgreement(agreement: Agreement): Static<typeof AgreementBody> {
  const { version: _version, approvedFen, ...rest } = agreement
  return {
    ...rest,
    approved: money(approvedFen),
    parties: [...agreement.parties],
    signatures: [...agreement.signatures],
    actions: agreementActions(agreement),
    createdAt: agreement.createdAt.toISOString(),
  }
}
