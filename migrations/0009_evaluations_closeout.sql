-- How funded projects are judged (mid-term, final, rectification) and how they are closed (audit, settlement).

create table evaluation (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  host_id uuid not null references organization (id),
  round_id uuid not null references round (id),
  project_id uuid not null references project (id),
  organization_id uuid not null references organization (id),
  kind text not null check (kind in ('mid', 'final')),
  attempt integer not null check (attempt between 1 and 100),
  state text not null check (state in ('scheduled', 'self_assessed', 'visited', 'scored', 'published')),
  rectification_id uuid unique,
  evaluator_organization_id uuid references organization (id),
  self_report_id uuid references report (id),
  self_report_standing text check (self_report_standing in ('on_time', 'late', 'missing')),
  visit jsonb check (jsonb_typeof(visit) = 'object'),
  items jsonb check (jsonb_typeof(items) = 'array'),
  bonus_hundredths integer check (bonus_hundredths >= 0),
  deduction_hundredths integer check (deduction_hundredths >= 0),
  vetoes text[] not null default '{}' check (cardinality(vetoes) <= 40),
  total_hundredths integer check (total_hundredths >= 0),
  result text check (result ~ '^[a-z][a-z0-9_]{0,39}$'),
  is_fail boolean,
  decided_by text check (decided_by in ('score', 'missing_report', 'veto', 'rectification_cap')),
  satisfaction jsonb check (jsonb_typeof(satisfaction) = 'object'),
  opinion text check (char_length(opinion) between 1 and 5000),
  feedback text check (char_length(feedback) between 1 and 5000),
  scored_at timestamptz(3),
  published_at timestamptz(3),
  result_notice_id uuid references notice (id),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint evaluation_once_per_attempt unique (project_id, kind, attempt),
  constraint evaluation_re_evaluates_mid_term check (rectification_id is null or kind = 'mid'),
  constraint evaluation_scored_as_a_whole check ((state in ('scored', 'published')) = (result is not null)
    and (result is null) = (is_fail is null) and (result is null) = (decided_by is null)
    and (result is null) = (total_hundredths is null) and (result is null) = (scored_at is null)),
  constraint evaluation_scores_follow_a_visit check (items is null or visit is not null),
  constraint evaluation_result_has_scores check (result is null or items is not null or decided_by = 'missing_report'),
  constraint evaluation_veto_fails check (cardinality(vetoes) = 0 or is_fail),
  constraint evaluation_published_has_a_time check ((state = 'published') = (published_at is not null)),
  constraint evaluation_announces_final_results check (result_notice_id is null or (kind = 'final' and state = 'published'))
);
comment on table evaluation is
  'One judgement of a project by evaluators. A re-evaluation is a row of its own, so the first result stays on record.';
comment on column evaluation.attempt is 'Counts the evaluations of this kind for the project from 1.';
comment on column evaluation.rectification_id is 'The rectification whose outcome this re-evaluation judges.';
comment on column evaluation.result is 'pass or fail at mid-term; a grade of the round''s policy at the end.';
comment on column evaluation.decided_by is 'What settled the result: the score, or what overruled it.';
create index evaluation_by_host on evaluation (host_id, created_at desc, id desc);
create index evaluation_by_host_and_state on evaluation (host_id, state, created_at desc, id desc);
create index evaluation_by_organization on evaluation (organization_id, created_at desc, id desc);
create index evaluation_by_project on evaluation (project_id, created_at desc, id desc);
create index evaluation_by_round on evaluation (round_id, created_at desc, id desc);

create table rectification (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  host_id uuid not null references organization (id),
  round_id uuid not null references round (id),
  project_id uuid not null references project (id),
  organization_id uuid not null references organization (id),
  evaluation_id uuid not null unique references evaluation (id),
  items text[] not null check (cardinality(items) between 1 and 50),
  issued_on date not null,
  due_resolved jsonb not null check (jsonb_typeof(due_resolved) = 'object'),
  due_at timestamptz(3) not null,
  state text not null check (state in ('issued', 'submitted', 'accepted', 'failed')),
  report jsonb check (jsonb_typeof(report) = 'object'),
  submitted_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint rectification_report_in_time check (submitted_at is null or submitted_at < due_at),
  constraint rectification_report_as_a_whole check ((report is null) = (submitted_at is null)),
  constraint rectification_judged_by_its_report check (state not in ('submitted', 'accepted') or report is not null)
);
comment on table rectification is 'What an agency must mend after a failed mid-term evaluation, and within how many working days.';
comment on column rectification.due_resolved is 'How the last day came about; a calendar published later never moves it.';
comment on column rectification.due_at is 'The first moment at which a report is late.';
create index rectification_by_host on rectification (host_id, created_at desc, id desc);
create index rectification_by_host_and_state on rectification (host_id, state, created_at desc, id desc);
create index rectification_by_organization on rectification (organization_id, created_at desc, id desc);
create index rectification_by_project on rectification (project_id, created_at desc, id desc);

alter table evaluation add constraint evaluation_judges_a_rectification
  foreign key (rectification_id) references rectification (id);

create table audit (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  host_id uuid not null references organization (id),
  round_id uuid not null references round (id),
  project_id uuid not null references project (id),
  organization_id uuid not null references organization (id),
  auditor_organization_id uuid references organization (id),
  eligible_fen bigint not null check (eligible_fen >= 0),
  own_matching_fen bigint check (own_matching_fen >= 0),
  disallowed jsonb not null check (jsonb_typeof(disallowed) = 'array'),
  opinion text check (char_length(opinion) between 1 and 5000),
  document_ids text[] not null default '{}' check (cardinality(document_ids) <= 20),
  audited_on date not null,
  accepted_on date not null,
  state text not null check (state in ('accepted', 'superseded')),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint audit_looks_back check (audited_on <= accepted_on)
);
comment on table audit is 'Which of a project''s expenses the grant may bear. A corrected audit supersedes the one before.';
comment on column audit.own_matching_fen is 'Own funds that were really spent; asked for where the policy enforces matching at the close.';
comment on column audit.disallowed is 'Expenses struck off: category, amount in fen as text, reason code.';
create unique index audit_in_force on audit (project_id) where state = 'accepted';
create index audit_by_host on audit (host_id, created_at desc, id desc);
create index audit_by_organization on audit (organization_id, created_at desc, id desc);
create index audit_by_project on audit (project_id, created_at desc, id desc);
create index audit_by_round on audit (round_id, created_at desc, id desc);

create table settlement (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  host_id uuid not null references organization (id),
  round_id uuid not null references round (id),
  project_id uuid not null unique references project (id),
  organization_id uuid not null references organization (id),
  kind text not null check (kind in ('completion', 'termination')),
  evaluation_id uuid unique references evaluation (id),
  audit_id uuid not null unique references audit (id),
  grade text check (grade ~ '^[a-z][a-z0-9_]{0,39}$'),
  approved_fen bigint not null check (approved_fen > 0),
  paid_fen bigint not null check (paid_fen between 0 and approved_fen),
  audited_fen bigint not null check (audited_fen >= 0),
  eligible_fen bigint not null check (eligible_fen between 0 and approved_fen),
  scheduled_fen bigint not null check (scheduled_fen >= 0),
  final_tranche_fen bigint not null check (final_tranche_fen between 0 and scheduled_fen),
  refund_fen bigint not null check (refund_fen between 0 and paid_fen),
  net_fen bigint not null check (net_fen = paid_fen + final_tranche_fen - refund_fen),
  settled_on date not null,
  final_due_resolved jsonb check (jsonb_typeof(final_due_resolved) = 'object'),
  carries_over boolean not null,
  refund_claim_id uuid unique references refund_claim (id),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint settlement_pays_or_claims check (final_tranche_fen = 0 or refund_fen = 0),
  constraint settlement_within_eligible check (net_fen <= eligible_fen),
  constraint settlement_completion_is_graded check ((kind = 'completion') = (evaluation_id is not null and grade is not null)),
  constraint settlement_terminated_pays_nothing check (kind = 'completion' or final_tranche_fen = 0),
  constraint settlement_claims_what_is_due check (refund_claim_id is null or refund_fen > 0)
);
comment on table settlement is 'The last reckoning of a project: what is still paid, what must come back.';
comment on column settlement.audited_fen is 'Eligible expenses as audited.';
comment on column settlement.eligible_fen is 'What the grant bears of them: never more than approved, nor than real own funds allow where the policy says so.';
comment on column settlement.carries_over is 'The final tranche falls due after the year of its trigger: it needs a reference to next year''s budget (process.md 6.14).';
create index settlement_by_host on settlement (host_id, created_at desc, id desc);
create index settlement_by_organization on settlement (organization_id, created_at desc, id desc);
create index settlement_by_round on settlement (round_id, created_at desc, id desc);

create table settlement_source (
  settlement_id uuid not null references settlement (id),
  pool_id uuid not null references fund_pool (id),
  position integer not null check (position >= 1),
  source text not null,
  approved_fen bigint not null check (approved_fen >= 0),
  paid_fen bigint not null check (paid_fen between 0 and approved_fen),
  refund_fen bigint not null check (refund_fen between 0 and paid_fen),
  primary key (settlement_id, pool_id)
);
comment on table settlement_source is 'The settlement by source of funds: approved, paid until then, to be refunded.';
