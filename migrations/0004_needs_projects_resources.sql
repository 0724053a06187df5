-- The three lists: needs, the projects that answer them, and the resources that are matched to projects.

create table need (
  id uuid primary key,
  version integer not null check (version >= 1),
  code text check (char_length(code) between 1 and 40),
  host_id uuid not null references organization (id),
  division_code text not null references division (code),
  title text not null check (char_length(title) between 1 and 200),
  description text not null check (char_length(description) between 1 and 5000),
  beneficiary_group text not null check (beneficiary_group in ('elderly', 'empty_nest', 'disabled_elderly',
    'left_behind_elderly', 'left_behind_women', 'left_behind_children', 'child_in_difficulty', 'youth', 'women',
    'disabled', 'mental_disorder', 'dibao', 'dibao_marginal', 'tekun', 'migrant', 'correction', 'veteran',
    'residents')),
  beneficiary_count integer not null check (beneficiary_count between 1 and 1000000),
  beneficiary_unit text not null check (beneficiary_unit in ('persons', 'households', 'estates')),
  service_field text not null check (service_field in ('elderly_care', 'disability', 'child_youth', 'relief',
    'governance', 'negotiation', 'safety', 'culture', 'volunteer_incubation', 'health', 'family',
    'school_social_work', 'medical_social_work', 'other')),
  lottery_purpose text check (lottery_purpose in ('elderly', 'disabled', 'orphans', 'poverty')),
  reference_budget_fen bigint not null check (reference_budget_fen >= 0),
  source text check (char_length(source) between 1 and 100),
  state text not null check (state in ('draft', 'verified', 'published', 'matched', 'no_award', 'withdrawn')),
  published_at timestamptz(3),
  created_at timestamptz(3) not null,
  constraint need_code_key unique (host_id, code),
  -- A need that was published once stays public, also when it is withdrawn later.
  check (state in ('draft', 'verified', 'withdrawn') or published_at is not null),
  check (state not in ('draft', 'verified') or published_at is null)
);
comment on table need is 'Needs list (需求清单): what a community asks for; draft, verified, published, then matched, no_award or withdrawn.';
comment on column need.lottery_purpose is 'The purpose of the welfare-lottery fund that the need serves; null when it serves none.';
create index need_by_creation on need (created_at desc, id desc);
create index need_by_host on need (host_id, created_at desc, id desc);
create index need_by_state on need (state, created_at desc, id desc);
create index need_by_field on need (service_field, created_at desc, id desc);
create index need_by_division on need (division_code collate "C", created_at desc, id desc);

create table project (
  id uuid primary key,
  version integer not null check (version >= 1),
  host_id uuid not null references organization (id),
  organization_id uuid not null references organization (id),
  sponsored_group_id uuid references organization (id),
  title text not null check (char_length(title) between 1 and 200),
  summary text not null check (char_length(summary) between 1 and 5000),
  starts_on date not null,
  ends_on date not null,
  state text not null check (state in ('draft', 'listed', 'pending_agreement', 'active', 'suspended', 'closing',
    'closed', 'terminated', 'settled', 'withdrawn')),
  listed_at timestamptz(3),
  created_at timestamptz(3) not null,
  check (starts_on <= ends_on),
  check (sponsored_group_id <> organization_id),
  -- A project that was listed once stays public, also when it is withdrawn later.
  check (state in ('draft', 'withdrawn') or listed_at is not null),
  check (state <> 'draft' or listed_at is null)
);
comment on table project is 'Project list (项目清单): what an agency designs in answer to needs, from draft to its end.';
comment on column project.host_id is 'The host of the needs that the project answers; they all have the same one.';
comment on column project.sponsored_group_id is 'The filed, unregistered group in whose place the agency applies (代申报).';
-- Whoever lists projects sees those that were listed, and an agency its own drafts besides: hence partial indexes.
create index project_listed on project (created_at desc, id desc) where listed_at is not null;
create index project_listed_by_host on project (host_id, created_at desc, id desc) where listed_at is not null;
create index project_listed_by_state on project (state, created_at desc, id desc) where listed_at is not null;
create index project_listed_by_host_and_state on project (host_id, state, created_at desc, id desc)
  where listed_at is not null;
create index project_by_agency on project (organization_id, created_at desc, id desc);
create index project_unlisted on project (organization_id, created_at desc, id desc) where listed_at is null;

create table project_need (
  project_id uuid not null references project (id),
  position integer not null check (position between 1 and 20),
  need_id uuid not null references need (id),
  primary key (project_id, position) include (need_id),
  unique (need_id, project_id)
);
comment on table project_need is 'The needs that a project answers, at least one (D1-15).';

create table project_indicator (
  id uuid primary key,
  project_id uuid not null references project (id),
  position integer not null check (position between 1 and 50),
  name text not null check (char_length(name) between 1 and 100),
  kind text not null check (kind in ('persons', 'person_times', 'count', 'money')),
  unit text not null check (char_length(unit) between 1 and 20),
  target bigint check (target between 0 and 999999999999999),
  target_text text check (char_length(target_text) between 1 and 300),
  unique (project_id, position),
  check (target is not null or target_text is not null)
);
comment on table project_indicator is 'What a project promises to reach.';
comment on column project_indicator.target is 'A number of the unit; of kind money an amount in fen. Null when only target_text says it.';

create table resource_provider (
  id uuid primary key,
  version integer not null check (version >= 1),
  host_id uuid not null references organization (id),
  kind text not null check (kind in ('organization', 'person')),
  name text not null check (char_length(name) between 1 and 200),
  organization_id uuid references organization (id),
  created_at timestamptz(3) not null,
  constraint resource_provider_organization_key unique (host_id, organization_id),
  check (kind = 'organization' or organization_id is null)
);
comment on table resource_provider is 'Who gives to the projects of a host (资源供给方): an organization, or a person (D1-18).';
create index resource_provider_by_creation on resource_provider (created_at desc, id desc);
create index resource_provider_by_host on resource_provider (host_id, created_at desc, id desc);

create table resource_offer (
  id uuid primary key,
  version integer not null check (version >= 1),
  provider_id uuid not null references resource_provider (id),
  host_id uuid not null references organization (id),
  kind text not null check (kind in ('money', 'goods', 'venue', 'volunteers', 'service')),
  description text not null check (char_length(description) between 1 and 2000),
  quantity integer check (quantity between 1 and 1000000000),
  unit text check (char_length(unit) between 1 and 20),
  amount_fen bigint check (amount_fen > 0),
  state text not null check (state in ('open', 'matched', 'withdrawn')),
  created_at timestamptz(3) not null,
  check ((quantity is null) = (unit is null)),
  check (case when kind = 'money' then amount_fen is not null and quantity is null else quantity is not null end)
);
comment on table resource_offer is 'What a provider gives: money, or so many units of something else.';
comment on column resource_offer.amount_fen is 'The money itself, or what goods, venue, volunteers or service are worth (折价).';
create index resource_offer_by_creation on resource_offer (created_at desc, id desc);
create index resource_offer_by_host on resource_offer (host_id, created_at desc, id desc);
create index resource_offer_by_state on resource_offer (state, created_at desc, id desc);
create index resource_offer_by_kind on resource_offer (kind, created_at desc, id desc);
create index resource_offer_by_provider on resource_offer (provider_id, created_at desc, id desc);

create table resource_match (
  id uuid primary key,
  version integer not null check (version >= 1),
  offer_id uuid not null references resource_offer (id),
  provider_id uuid not null references resource_provider (id),
  undertaker_id uuid not null references organization (id),
  project_id uuid not null references project (id),
  host_id uuid not null references organization (id),
  state text not null check (state in ('proposed', 'confirmed', 'cancelled')),
  created_at timestamptz(3) not null
);
comment on table resource_match is 'Resource list (资源清单): provider, undertaker and project together (D1-16).';
create unique index resource_match_live_key on resource_match (offer_id, project_id, undertaker_id)
  where state <> 'cancelled';
create unique index resource_match_confirmed_key on resource_match (offer_id) where state = 'confirmed';
create index resource_match_by_creation on resource_match (created_at desc, id desc);
create index resource_match_by_host on resource_match (host_id, created_at desc, id desc);
create index resource_match_by_project on resource_match (project_id, created_at desc, id desc);
create index resource_match_by_offer on resource_match (offer_id, created_at desc, id desc);
create index resource_match_by_provider on resource_match (provider_id, created_at desc, id desc);
create index resource_match_by_undertaker on resource_match (undertaker_id, created_at desc, id desc);
