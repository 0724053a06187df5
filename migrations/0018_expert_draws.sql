-- Declared relations of experts, verifiable draws of panels, and recusals that agencies ask for.

alter table expert add column relations jsonb not null default '[]' check (jsonb_typeof(relations) = 'array');
comment on column expert.relations is 'Declared relations with organizations and those who run them, with their days.';

alter table panel_seat drop constraint panel_seat_reason_check;
alter table panel_seat add constraint panel_seat_reason_check
  check (reason in ('employment', 'declared_conflict', 'own_statement', 'on_request', 'found_late'));

create table expert_draw (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  number integer not null check (number >= 1),
  state text not null check (state in ('committed', 'revealed', 'abandoned')),
  review_on date not null,
  size integer not null check (size >= 1),
  quotas jsonb not null check (jsonb_typeof(quotas) = 'array'),
  candidates jsonb not null check (jsonb_typeof(candidates) = 'array'),
  conflicts jsonb not null check (jsonb_typeof(conflicts) = 'array'),
  terms_digest text not null check (terms_digest ~ '^[0-9a-f]{64}$'),
  host_commitment text check (host_commitment ~ '^[0-9a-f]{64}$'),
  service_commitment text not null check (service_commitment ~ '^[0-9a-f]{64}$'),
  service_seed_sealed text not null check (service_seed_sealed like 'v1.%'),
  host_seed text check (host_seed ~ '^[0-9a-f]{64}$'),
  service_seed text check (service_seed ~ '^[0-9a-f]{64}$'),
  drop_outs jsonb not null default '[]' check (jsonb_typeof(drop_outs) = 'array'),
  seats jsonb not null default '[]' check (jsonb_typeof(seats) = 'array'),
  abandonment_reason text check (char_length(abandonment_reason) between 1 and 2000),
  revealed_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint expert_draw_number_key unique (round_id, number),
  check ((revealed_at is null) = (service_seed is null)),
  check (state <> 'revealed' or revealed_at is not null),
  check ((state = 'abandoned') = (abandonment_reason is not null))
);
comment on table expert_draw is 'A draw of experts: terms, candidates and commitments are frozen before any seed is shown.';
comment on column expert_draw.service_seed_sealed is 'The service''s seed under the key of personal data until it is shown.';
comment on column expert_draw.conflicts is 'Why candidates are linked with bidders: paths, for the host''s side alone.';
create unique index expert_draw_standing_key on expert_draw (round_id) where state <> 'abandoned';
create index expert_draw_by_round on expert_draw (round_id, created_at desc, id desc);

create function refuse_changed_expert_draw() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or
    (new.round_id, new.number, new.review_on, new.size, new.quotas, new.candidates, new.conflicts, new.terms_digest,
      new.host_commitment, new.service_commitment, new.service_seed_sealed) is distinct from
    (old.round_id, old.number, old.review_on, old.size, old.quotas, old.candidates, old.conflicts, old.terms_digest,
      old.host_commitment, old.service_commitment, old.service_seed_sealed) or
    (old.service_seed is not null and
      (new.host_seed, new.service_seed) is distinct from (old.host_seed, old.service_seed)) then
    raise exception 'what a draw was committed to never changes' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger expert_draw_frozen before update or delete on expert_draw
  for each row execute function refuse_changed_expert_draw();

create table recusal_request (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  bid_id uuid not null references bid (id),
  organization_id uuid not null references organization (id),
  expert_code text not null check (char_length(expert_code) between 1 and 40),
  reason text not null check (char_length(reason) between 1 and 2000),
  state text not null check (state in ('open', 'granted', 'rejected')),
  decision_reason text check (char_length(decision_reason) between 1 and 2000),
  decided_by text check (char_length(decided_by) between 1 and 64),
  decided_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  check ((state = 'open') = (decided_at is null)),
  check ((decided_at is null) = (decision_reason is null)),
  check ((decided_at is null) = (decided_by is null))
);
comment on table recusal_request is 'An agency asks that an expert step aside from its bid; the host decides.';
create index recusal_request_by_host on recusal_request (host_id, created_at desc, id desc);
create index recusal_request_by_organization on recusal_request (organization_id, created_at desc, id desc);

-- Policies written before these words existed say by them what they always meant. No number of any policy changes.
alter table round disable trigger user;
alter table round_policy_version disable trigger user;
create temporary table policy_default on commit drop as
select $${"experts": {"conflictHopsMax": 1, "rotation": null}}$$::jsonb as words;
update round set policy = words || policy from policy_default;
update round_policy_version set policy = words || policy from policy_default;
alter table round enable trigger user;
alter table round_policy_version enable trigger user;
