-- The wider policy language: points from outside the panel, and postponed mid-term evaluations.

create table score_result_batch (
  id uuid primary key,
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  source text not null check (source ~ '^[a-z][a-z0-9_]{0,39}$'),
  number integer not null check (number >= 1),
  results jsonb not null check (jsonb_typeof(results) = 'array'),
  statement text not null check (char_length(statement) between 1 and 2000),
  recorded_by text not null check (char_length(recorded_by) between 1 and 64),
  recorded_at timestamptz(3) not null,
  constraint score_result_batch_number_key unique (round_id, source, number)
);
comment on table score_result_batch is 'What a source outside the panel counted for the bids of a round. The latest batch of a source counts; none ever changes.';
create index score_result_batch_by_round on score_result_batch (round_id, recorded_at desc, id desc);

create function refuse_changed_score_results() returns trigger language plpgsql as $$
begin
  raise exception 'recorded score results never change' using errcode = 'check_violation';
end $$;
create trigger score_result_batch_frozen before update or delete on score_result_batch
  for each row execute function refuse_changed_score_results();

create table postponement (
  id uuid primary key,
  host_id uuid not null references organization (id),
  round_id uuid not null references round (id),
  project_id uuid not null references project (id),
  organization_id uuid not null references organization (id),
  postponed_from date not null,
  due_on date not null check (due_on > postponed_from),
  due_at timestamptz(3) not null,
  reason text not null check (char_length(reason) between 1 and 2000),
  granted_at timestamptz(3) not null
);
comment on table postponement is 'Mid-term material that the host agreed to wait for (延期). The latest due day counts.';
comment on column postponement.due_at is 'The first moment at which the material is late.';
create index postponement_by_project on postponement (project_id, granted_at desc, id desc);
create index postponement_by_host on postponement (host_id, granted_at desc, id desc);
create index postponement_by_organization on postponement (organization_id, granted_at desc, id desc);

-- Policies written before these words existed say by them what they always meant. No number of any policy changes.
alter table round disable trigger user;
alter table round_policy_version disable trigger user;
create temporary table policy_default on commit drop as
select $${
  "sealing": {"mode": "server", "keyHolder": "file", "openersRequired": 1, "officers": [], "sharesRequired": 1},
  "blindReview": false,
  "sheetTotal": null,
  "statutory": null,
  "applicantClasses": [],
  "projectClasses": [],
  "budgetGroups": [],
  "scoring": {"scope": "round", "panelWeightBasisPoints": 10000, "sources": [], "passLineOn": "total"},
  "validBidsPerNeedMin": 1,
  "poolMatches": []
}$$::jsonb as words;
update round set policy = words || policy from policy_default;
update round_policy_version set policy = words || policy from policy_default;
alter table round enable trigger user;
alter table round_policy_version enable trigger user;
