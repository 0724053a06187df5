import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { BanOrganization, LiftBan, ReadBans, ReadOrganization, RecordStanding } from '../policy.ts'
import { BanNotInForce, CreditListingExists, CreditListingRemoved, StandingDayInvalid } from '../problems.ts'
import type { CreditListing, OrganizationBan } from '../rules/standing.ts'
import { OrganizationParams } from '../schemas/organizations.ts'
import {
  BanBody,
  BanLifting,
  BanParams,
  CreditListingBody,
  CreditListingRemoval,
  ListingParams,
  NewBan,
  NewCreditListing,
} from '../schemas/standing.ts'
import { decideBan, liftOrganizationBan, readBan, readBans } from '../service/bans.ts'
import { readCreditListing, readCreditListings, recordCreditListing, removeCreditListing } from '../service/standing.ts'

const tag = 'Organizations'

export function standingRoutes(app: FastifyInstance): void {
  listingRoutes(app)
  banRoutes(app)
}

function listingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/organizations/:organizationId/credit-listings',
    operationId: 'recordCreditListing',
    summary: 'Record a credit listing or a major penalty',
    tag,
    description: 'With the day and the source. What a round makes of it is a matter of its policy.',
    allow: RecordStanding,
    params: OrganizationParams,
    body: NewCreditListing,
    status: 201,
    answer: CreditListingBody,
    problems: [StandingDayInvalid, CreditListingExists],
    location: ({ id, organizationId }) => `/organizations/${organizationId}/credit-listings/${id}`,
    run: (work, { params, body }) => recordCreditListing(work, params.organizationId, body),
    present: presentListing,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/organizations/:organizationId/credit-listings/:listingId/removal',
    operationId: 'removeCreditListing',
    summary: 'Record that a listing was removed or annulled',
    tag,
    description:
      'The record stays. A removed listing still counts within the look-back of a policy, an annulled one not.',
    allow: RecordStanding,
    params: ListingParams,
    body: CreditListingRemoval,
    ifMatch: true,
    status: 200,
    answer: CreditListingBody,
    problems: [StandingDayInvalid, CreditListingRemoved],
    run: (work, { params, body: { isAnnulled = false, ...removal } }) =>
      removeCreditListing(work, params.organizationId, params.listingId, { ...removal, isAnnulled }),
    present: presentListing,
  })
  readRoute(app, {
    url: '/organizations/:organizationId/credit-listings/:listingId',
    operationId: 'readCreditListing',
    summary: 'Read a credit listing',
    tag,
    allow: ReadOrganization,
    params: ListingParams,
    answer: CreditListingBody,
    run: (work, { params }) => readCreditListing(work, params.organizationId, params.listingId),
    present: presentListing,
  })
  listRoute(app, {
    url: '/organizations/:organizationId/credit-listings',
    operationId: 'listCreditListings',
    summary: 'List the credit listings of an organization, newest first',
    tag,
    allow: ReadOrganization,
    params: OrganizationParams,
    item: CreditListingBody,
    pageTitle: 'CreditListingPage',
    run: (work, { params, limit, after }) => readCreditListings(work, params.organizationId, limit, after),
    present: presentListing,
  })
}

function banRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/organizations/:organizationId/bans',
    operationId: 'banOrganization',
    summary: 'Ban an organization from the own rounds',
    tag,
    description:
      'From today or later on, both days included. Bids whose last day for bids falls into it are rejected at the formal check. Bans that the policy of a round puts on a breach or a failed final evaluation appear here by themselves.',
    allow: BanOrganization,
    params: OrganizationParams,
    body: NewBan,
    status: 201,
    answer: BanBody,
    problems: [StandingDayInvalid],
    location: ({ id, organizationId }) => `/organizations/${organizationId}/bans/${id}`,
    run: (work, { params, body: { startsOn, ...ban } }) => decideBan(work, params.organizationId, { ...ban, startsOn }),
    present: presentBan,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/organizations/:organizationId/bans/:banId/lifting',
    operationId: 'liftBan',
    summary: 'Lift a ban',
    tag,
    description: 'From today on it does not hold; what was decided under it stands.',
    allow: LiftBan,
    params: BanParams,
    body: BanLifting,
    ifMatch: true,
    status: 200,
    answer: BanBody,
    problems: [BanNotInForce],
    run: (work, { params, body }) => liftOrganizationBan(work, params.organizationId, params.banId, body.reason),
    present: presentBan,
  })
  readRoute(app, {
    url: '/organizations/:organizationId/bans/:banId',
    operationId: 'readBan',
    summary: 'Read a ban',
    tag,
    allow: ReadBans,
    params: BanParams,
    answer: BanBody,
    run: (work, { params }) => readBan(work, params.organizationId, params.banId),
    present: presentBan,
  })
  listRoute(app, {
    url: '/organizations/:organizationId/bans',
    operationId: 'listBans',
    summary: 'List the bans upon an organization, newest first',
    tag,
    description: 'For the organization itself all of them; for the side of a host those of this host.',
    allow: ReadBans,
    params: OrganizationParams,
    item: BanBody,
    pageTitle: 'BanPage',
    run: (work, { params, limit, after }) => readBans(work, params.organizationId, limit, after),
    present: presentBan,
  })
}

function presentListing({ version: _version, recordedBy: _recordedBy, createdAt, ...listing }: CreditListing) {
  return { ...listing, createdAt: createdAt.toISOString() }
}

function presentBan({ version: _version, recordedBy: _recordedBy, createdAt, ...ban }: OrganizationBan) {
  return { ...ban, createdAt: createdAt.toISOString() }
}
