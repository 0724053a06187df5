-- The public notice (公示) with its window, and the objections (异议) filed against it.

create table notice (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  kind text not null check (kind in ('award', 'evaluation_result')),
  number integer not null check (number >= 1),
  snapshot jsonb not null check (jsonb_typeof(snapshot) = 'object'),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  published_at timestamptz(3) not null,
  window_resolved jsonb not null check (jsonb_typeof(window_resolved) = 'object'),
  closes_at timestamptz(3) not null,
  state text not null check (state in ('open', 'closed', 'withdrawn')),
  supersedes_id uuid unique references notice (id),
  withdrawn_at timestamptz(3),
  withdrawal_reason text check (char_length(withdrawal_reason) between 1 and 2000),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint notice_number_unique unique (round_id, number),
  check (closes_at > published_at),
  check ((state = 'withdrawn') = (withdrawn_at is not null)),
  check ((withdrawn_at is null) = (withdrawal_reason is null))
);
comment on table notice is
  'What was made public, word for word. A mistake is never mended in place: the notice is withdrawn and a new one names it.';
comment on column notice.number is 'Counts the notices of a round from 1.';
comment on column notice.digest is 'SHA-256 of the snapshot''s canonical JSON (RFC 8785), in hex: whoever kept a copy can prove it.';
comment on column notice.window_resolved is 'How the last day came about; a calendar published later never moves it.';
comment on column notice.closes_at is 'The first moment at which an objection is late.';

create index notice_by_creation on notice (created_at desc, id desc);
create index notice_by_round on notice (round_id, created_at desc, id desc);
create index notice_by_host on notice (host_id, created_at desc, id desc);

create function notice_refuse_rewriting() returns trigger language plpgsql as $$
begin
  if (new.id, new.round_id, new.host_id, new.kind, new.number, new.snapshot, new.digest, new.published_at,
      new.window_resolved, new.closes_at, new.supersedes_id, new.created_at)
    is distinct from
    (old.id, old.round_id, old.host_id, old.kind, old.number, old.snapshot, old.digest, old.published_at,
      old.window_resolved, old.closes_at, old.supersedes_id, old.created_at)
  then
    raise exception 'notice % is public: it may be closed or withdrawn, never rewritten', old.id
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;

comment on function notice_refuse_rewriting() is 'What the public has read stays as it was.';

create function notice_refuse_deletion() returns trigger language plpgsql as $$
begin
  raise exception 'notices are kept: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end
$$;

comment on function notice_refuse_deletion() is 'A notice that was public stays on record, withdrawn or not.';

create trigger notice_never_rewritten before update on notice for each row execute function notice_refuse_rewriting();
create trigger notice_never_deleted before delete on notice for each row execute function notice_refuse_deletion();

create table objection (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  notice_id uuid not null references notice (id),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  subject text not null check (char_length(subject) between 1 and 100),
  award_id uuid references award (id),
  filed_by_organization_id uuid references organization (id),
  is_anonymous boolean not null,
  grounds text not null check (char_length(grounds) between 1 and 5000),
  requested_remedy text check (char_length(requested_remedy) between 1 and 2000),
  filed_at timestamptz(3) not null,
  state text not null check (state in ('filed', 'accepted', 'rejected_as_late', 'upheld', 'dismissed', 'logged')),
  answer_due_resolved jsonb check (jsonb_typeof(answer_due_resolved) = 'object'),
  accepted_at timestamptz(3),
  decided_at timestamptz(3),
  decision_reasons text check (char_length(decision_reasons) between 1 and 5000),
  successor_award_id uuid references award (id),
  overdue_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  -- A lead has no filer; what gets an answer has one.
  check (is_anonymous = (filed_by_organization_id is null)),
  check (is_anonymous = (state = 'logged')),
  check ((state in ('filed', 'accepted', 'upheld', 'dismissed')) = (answer_due_resolved is not null)),
  check ((state in ('upheld', 'dismissed')) = (decided_at is not null)),
  check (state not in ('upheld', 'dismissed', 'rejected_as_late') or decision_reasons is not null)
);
comment on table objection is
  'Everything that was filed against a notice, late and anonymous filings included: nothing is dropped in silence.';
comment on column objection.subject is 'TypeID of the notice''s item that is objected to: an award or an evaluation.';
comment on column objection.overdue_at is 'When the day of answer passed without a decision.';
comment on column objection.successor_award_id is 'The award that was proposed instead, after the objection was upheld.';

create index objection_by_creation on objection (created_at desc, id desc);
create index objection_by_host on objection (host_id, created_at desc, id desc);
create index objection_by_host_and_state on objection (host_id, state, created_at desc, id desc);
create index objection_by_notice on objection (notice_id, created_at desc, id desc);
create index objection_by_filer on objection (filed_by_organization_id, created_at desc, id desc)
  where filed_by_organization_id is not null;
create index objection_by_award on objection (award_id, created_at desc, id desc) where award_id is not null;
create index objection_open_by_subject on objection (subject) where state in ('filed', 'accepted');
