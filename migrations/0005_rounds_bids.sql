-- Rounds with their frozen policy and fund pools, and the bids that are sealed until the opening.

create table round (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  code text not null check (char_length(code) between 1 and 40),
  title text not null check (char_length(title) between 1 and 200),
  host_id uuid not null references organization (id),
  operator_id uuid references organization (id),
  procurement_mode text not null check (procurement_mode in ('grant', 'open_call_tender', 'gov_procurement')),
  policy jsonb not null,
  policy_version integer not null default 1 check (policy_version >= 1),
  opens_at timestamptz(3) not null,
  closes_at timestamptz(3) not null,
  cycle_starts_on date not null,
  cycle_ends_on date not null,
  state text not null check (state in ('draft', 'published', 'receiving', 'bids_closed', 'reviewing', 'notice',
    'approved', 'implementing', 'closing', 'closed', 'cancelled')),
  published_at timestamptz(3),
  formal_check_due jsonb,
  opened_at timestamptz(3),
  cancel_reason text check (char_length(cancel_reason) between 1 and 2000),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint round_code_key unique (host_id, code),
  check (state in ('draft', 'cancelled') or (published_at is not null and formal_check_due is not null)),
  check (state in ('draft', 'published', 'receiving', 'bids_closed', 'cancelled') or opened_at is not null),
  check ((state = 'cancelled') = (cancel_reason is not null))
);
comment on table round is 'One edition of 公益创投. The policy never changes once the round is published.';
comment on column round.closes_at is 'A bid is in time only before this instant by the clock read under the row lock.';
create index round_by_creation on round (created_at desc, id desc);
create index round_by_host on round (host_id, created_at desc, id desc);
create index round_by_state on round (state, created_at desc, id desc);

create function refuse_changed_policy() returns trigger language plpgsql as $$
begin
  raise exception 'the policy of a published round never changes' using errcode = 'check_violation';
end $$;
create trigger round_policy_frozen before update of policy on round
  for each row when (old.state <> 'draft' and new.policy is distinct from old.policy)
  execute function refuse_changed_policy();

create table fund_pool (
  id uuid primary key,
  round_id uuid not null references round (id),
  position integer not null check (position between 1 and 20),
  source text not null check (source in ('welfare_lottery', 'fiscal', 'foundation', 'enterprise',
    'village_collective', 'other')),
  name text not null check (char_length(name) between 1 and 200),
  size_fen bigint not null check (size_fen > 0),
  allocated_fen bigint not null default 0 check (allocated_fen between 0 and size_fen),
  purposes text[] check (cardinality(purposes) >= 1),
  fields text[] check (cardinality(fields) >= 1),
  unique (round_id, position)
);
comment on table fund_pool is 'Money of one source in one round. Purposes and fields say which needs it may serve; null means any.';

create table round_need (
  round_id uuid not null references round (id),
  need_id uuid not null references need (id),
  position integer not null check (position >= 1),
  primary key (round_id, need_id)
);
comment on table round_need is 'The needs that a round calls for.';
create index round_need_by_need on round_need (need_id);

create table bid (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  need_id uuid not null references need (id),
  project_id uuid not null references project (id),
  organization_id uuid not null references organization (id),
  sponsored_group_id uuid references organization (id),
  state text not null check (state in ('draft', 'submitted', 'returned_for_correction', 'accepted', 'rejected',
    'scored', 'proposed', 'reserve', 'not_funded', 'awarded', 'cancelled', 'declined', 'withdrawn')),
  draft jsonb,
  current_version integer not null default 0 check (current_version >= 0),
  requested_fen bigint check (requested_fen >= 0),
  submitted_at timestamptz(3),
  opened_at timestamptz(3),
  checked_at timestamptz(3),
  findings jsonb not null default '[]',
  remarks text check (char_length(remarks) between 1 and 2000),
  corrections_used integer not null default 0 check (corrections_used >= 0),
  correction_due jsonb,
  created_at timestamptz(3) not null default clock_timestamp(),
  check (state in ('draft', 'withdrawn') or (current_version >= 1 and submitted_at is not null and requested_fen is not null)),
  -- Nothing is judged that was not opened, and nothing goes on that was not checked.
  check (state in ('draft', 'submitted', 'withdrawn') or (opened_at is not null and checked_at is not null)),
  foreign key (round_id, need_id) references round_need (round_id, need_id)
);
comment on table bid is 'An application of one agency for one need of a round. Only the bidder sees it until opened_at is set.';
comment on column bid.draft is 'Content that was edited and not yet submitted; null when nothing waits.';
create unique index bid_one_per_need on bid (round_id, need_id, organization_id) where state <> 'withdrawn';
create unique index bid_one_per_project on bid (round_id, project_id) where state <> 'withdrawn';
create index bid_by_organization on bid (organization_id, created_at desc, id desc);
create index bid_by_host on bid (host_id, created_at desc, id desc) where opened_at is not null;
create index bid_by_round on bid (round_id, created_at desc, id desc);
create index bid_by_need on bid (need_id);
create index bid_by_project on bid (project_id);

create table bid_version (
  bid_id uuid not null references bid (id),
  number integer not null check (number >= 1),
  content jsonb not null,
  salt bytea not null check (octet_length(salt) = 16),
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  project_version integer not null check (project_version >= 1),
  submitted_at timestamptz(3) not null,
  primary key (bid_id, number)
);
comment on table bid_version is 'What was submitted, once and for all. The hash is SHA-256 of salt and canonical JSON.';
create function refuse_changed_bid_version() returns trigger language plpgsql as $$
begin
  raise exception 'a submitted version never changes' using errcode = 'check_violation';
end $$;
create trigger bid_version_frozen before update or delete on bid_version
  for each row execute function refuse_changed_bid_version();
