import { Type } from 'typebox'
import { Count, closed, Id, Instant, ListOf, Money, Nullable, Text, Word } from '../../platform/http/schemas.ts'
import { MATCH_STATES, OFFER_KINDS, OFFER_STATES, PROVIDER_KINDS } from './rules.ts'

const Actions = ListOf(Type.String({ maxLength: 40 }), 10, { description: 'The commands that its state allows.' })

const provider = {
  kind: Word(PROVIDER_KINDS, 'A unit or a person; persons are shown to the host and its helpers only.'),
  name: Text(200),
}
export const NewProvider = closed(
  { hostId: Type.Optional(Id('org')), ...provider, organizationId: Type.Optional(Nullable(Id('org'))) },
  { title: 'NewResourceProvider' },
)
export const ProviderBody = closed(
  {
    id: Id('rpv'),
    hostId: Id('org'),
    ...provider,
    organizationId: Nullable(Id('org')),
    createdAt: Instant,
  },
  { title: 'ResourceProvider' },
)
export const ProviderParams = closed({ resourceProviderId: Id('rpv') })
export const ProviderQuery = closed({
  hostId: Type.Optional(Id('org')),
  kind: Type.Optional(Word(PROVIDER_KINDS)),
})

const offer = {
  kind: Word(OFFER_KINDS),
  description: Text(2000),
  quantity: Nullable(Count(1_000_000_000, 1, 'How many of `unit`; null for money.')),
  unit: Nullable(Text(20)),
  amount: Nullable(Money),
}
export const NewOffer = closed(
  {
    providerId: Id('rpv'),
    ...offer,
    quantity: Type.Optional(offer.quantity),
    unit: Type.Optional(offer.unit),
    amount: Type.Optional(offer.amount),
  },
  { title: 'NewResourceOffer' },
)
export const OfferBody = closed(
  {
    id: Id('rof'),
    providerId: Id('rpv'),
    hostId: Id('org'),
    ...offer,
    state: Word(OFFER_STATES),
    createdAt: Instant,
    actions: Actions,
  },
  { title: 'ResourceOffer' },
)
export const OfferParams = closed({ resourceOfferId: Id('rof') })
export const OfferQuery = closed({
  hostId: Type.Optional(Id('org')),
  providerId: Type.Optional(Id('rpv')),
  kind: Type.Optional(Word(OFFER_KINDS)),
  state: Type.Optional(Word(OFFER_STATES)),
})

const match = { offerId: Id('rof'), undertakerId: Id('org'), projectId: Id('prj') }
export const NewMatch = closed(match, { title: 'NewResourceMatch' })
export const MatchBody = closed(
  {
    id: Id('rmt'),
    ...match,
    providerId: Id('rpv'),
    hostId: Id('org'),
    state: Word(MATCH_STATES),
    createdAt: Instant,
    actions: Actions,
  },
  { title: 'ResourceMatch' },
)
export const MatchParams = closed({ resourceMatchId: Id('rmt') })
export const MatchQuery = closed({
  hostId: Type.Optional(Id('org')),
  projectId: Type.Optional(Id('prj')),
  offerId: Type.Optional(Id('rof')),
  state: Type.Optional(Word(MATCH_STATES)),
})
