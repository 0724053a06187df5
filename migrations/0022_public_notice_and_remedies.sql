-- Public notices: versions, probes of their public page, extensions. Objections: admissibility, pauses, statements,
-- evidence, appeals; queries and complaints of procurement by law.

alter table notice add column version_number integer not null default 1 check (version_number >= 1);
comment on column notice.version_number is 'How many notices this one takes the place of, and itself.';
with recursive chain (id, version_number) as (
  select id, 1 from notice where supersedes_id is null
  union all
  select next.id, chain.version_number + 1 from notice next join chain on next.supersedes_id = chain.id
)
update notice set version_number = chain.version_number from chain where chain.id = notice.id and chain.version_number > 1;
create index notice_open on notice (published_at) where state = 'open';

create table notice_extension (
  notice_id uuid not null references notice (id),
  number integer not null check (number >= 1),
  document jsonb not null check (jsonb_typeof(document) = 'object'),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  added_at timestamptz(3) not null,
  primary key (notice_id, number)
);
comment on table notice_extension is 'Dated addenda: working days added because the public page was not reachable. The notice itself stays word for word.';
comment on column notice_extension.digest is 'SHA-256 of the document as canonical JSON.';

create table notice_probe (
  notice_id uuid not null references notice (id),
  at timestamptz(3) not null,
  is_reachable boolean not null,
  via text not null check (via in ('public_address', 'own_page')),
  status integer check (status between 100 and 599),
  duration_ms integer not null check (duration_ms >= 0),
  primary key (notice_id, at)
);
comment on table notice_probe is 'Whether the public page of an open notice could be read at a moment. Time without probes is unknown.';
comment on column notice_probe.status is 'Status of the answer; null when there was none.';

create or replace function notice_refuse_rewriting() returns trigger language plpgsql as $$
begin
  if (new.id, new.round_id, new.host_id, new.kind, new.number, new.version_number, new.snapshot, new.digest,
      new.published_at, new.window_resolved, new.supersedes_id, new.created_at)
    is distinct from
    (old.id, old.round_id, old.host_id, old.kind, old.number, old.version_number, old.snapshot, old.digest,
      old.published_at, old.window_resolved, old.supersedes_id, old.created_at)
  then
    raise exception 'notice % is public: it may be extended, closed or withdrawn, never rewritten', old.id
      using errcode = 'insufficient_privilege';
  end if;
  if new.closes_at is distinct from old.closes_at and (old.state <> 'open' or new.closes_at < old.closes_at or not exists (
      select from notice_extension added
      where added.notice_id = old.id and (added.document ->> 'closesAt')::timestamptz = new.closes_at))
  then
    raise exception 'the window of notice % grows by a recorded extension only, while it is open', old.id
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;

create function refuse_changed_notice_record() returns trigger language plpgsql as $$
begin
  raise exception 'probes and extensions of notices never change' using errcode = 'check_violation';
end $$;
create trigger notice_extension_frozen before update or delete on notice_extension
  for each row execute function refuse_changed_notice_record();
create trigger notice_probe_frozen before update or delete on notice_probe
  for each row execute function refuse_changed_notice_record();

alter table objection
  add column kind text not null default 'objection' check (kind in ('objection', 'query', 'appeal', 'complaint')),
  add column appeals_id uuid references objection (id),
  add column reviewed_by_id uuid references organization (id),
  add column notice_digest text check (notice_digest ~ '^[0-9a-f]{64}$'),
  add column ground_codes jsonb not null default '["other"]' check (jsonb_typeof(ground_codes) = 'array'),
  add column awarded_organization_id uuid references organization (id),
  add column inadmissible_because text
    check (inadmissible_because in ('not_a_party', 'out_of_scope', 'no_facts', 'repeated'));
update objection set notice_digest = notice.digest from notice where notice.id = objection.notice_id;
update objection set awarded_organization_id = award.organization_id from award where award.id = objection.award_id;
alter table objection
  alter column notice_digest set not null,
  alter column kind drop default,
  alter column ground_codes drop default,
  drop constraint objection_state_check,
  drop constraint objection_check2,
  drop constraint objection_check3,
  drop constraint objection_check4,
  add constraint objection_state_check check (state in ('filed', 'accepted', 'paused', 'inadmissible',
    'rejected_as_late', 'upheld', 'partly_upheld', 'dismissed', 'withdrawn', 'logged')),
  add constraint objection_answered_has_day
    check ((state in ('rejected_as_late', 'logged')) = (answer_due_resolved is null)),
  add constraint objection_ended_has_day check (
    (state in ('upheld', 'partly_upheld', 'dismissed', 'inadmissible', 'withdrawn')) = (decided_at is not null)),
  add constraint objection_ended_has_reasons
    check (state in ('filed', 'accepted', 'paused', 'logged') or decision_reasons is not null),
  add constraint objection_inadmissible_has_code
    check ((state = 'inadmissible') = (inadmissible_because is not null)),
  add constraint objection_second_instance check ((kind in ('appeal', 'complaint')) = (appeals_id is not null)),
  add constraint objection_reviewed_by_another check (reviewed_by_id is null or appeals_id is not null);
comment on column objection.kind is 'An objection by the round''s own rules; by the procurement law a query (质疑). An appeal follows the one, a complaint (投诉) the other.';
comment on column objection.appeals_id is 'The objection or query whose answer this one asks to review.';
comment on column objection.reviewed_by_id is 'Who decides instead of the host.';
comment on column objection.notice_digest is 'The words that were objected to.';
drop index objection_open_by_subject;
create index objection_open_by_subject on objection (subject) where state in ('filed', 'accepted', 'paused');
create unique index objection_reviewed_once on objection (appeals_id) where state <> 'rejected_as_late';
create index objection_by_awarded on objection (awarded_organization_id, created_at desc, id desc)
  where accepted_at is not null;
create index objection_by_reviewer on objection (reviewed_by_id, created_at desc, id desc)
  where reviewed_by_id is not null;

create table objection_pause (
  objection_id uuid not null references objection (id),
  number integer not null check (number >= 1),
  reason_code text not null check (reason_code in ('investigation', 'hearing', 'expert_opinion', 'evidence_awaited')),
  reason text not null check (char_length(reason) between 1 and 2000),
  paused_at timestamptz(3) not null,
  due_before jsonb not null check (jsonb_typeof(due_before) = 'object'),
  remaining_days integer not null check (remaining_days >= 0),
  resumed_at timestamptz(3) check (resumed_at >= paused_at),
  due_after jsonb check (jsonb_typeof(due_after) = 'object'),
  primary key (objection_id, number),
  check ((resumed_at is null) = (due_after is null))
);
comment on table objection_pause is 'The answer''s time stood still from one recorded event to another.';
comment on column objection_pause.remaining_days is 'Days of the reply''s basis that were left after the day of the pause.';

create table objection_cooperation (
  objection_id uuid primary key references objection (id),
  organization_id uuid not null references organization (id),
  request text not null check (char_length(request) between 1 and 2000),
  requested_at timestamptz(3) not null,
  due_resolved jsonb not null check (jsonb_typeof(due_resolved) = 'object'),
  state text not null check (state in ('waiting', 'answered', 'refused')),
  settled_at timestamptz(3),
  check ((state = 'waiting') = (settled_at is null))
);
comment on table objection_cooperation is 'The host asked the awarded organization for a statement by a day; `refused`: none had come by then.';

create table objection_statement (
  objection_id uuid primary key references objection (id),
  organization_id uuid not null references organization (id),
  statement text not null check (char_length(statement) between 1 and 5000),
  stated_at timestamptz(3) not null
);
comment on table objection_statement is 'What the awarded organization says to an admitted objection.';

create table objection_document (
  objection_id uuid not null references objection (id),
  document_id uuid not null references document (id),
  side text not null check (side in ('filer', 'awarded')),
  position integer not null check (position >= 1),
  primary key (objection_id, side, position)
);
comment on table objection_document is 'Evidence of either side. Each side reads its own; the host, and who reviews, read both.';
create index objection_document_by_document on objection_document (document_id);
