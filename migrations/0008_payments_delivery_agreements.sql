-- A funded project: its money (payments), what it has to report (delivery) and the agreement that starts both.

-- Payments: what was granted, in tranches --------------------------------------------------------------------------

create table project_grant (
  project_id uuid primary key references project (id),
  version integer not null default 1 check (version >= 1),
  award_id uuid not null unique,
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  organization_id uuid not null references organization (id),
  approved_fen bigint not null check (approved_fen between 1 and 999999999999999),
  paid_fen bigint not null default 0,
  refunded_fen bigint not null default 0,
  eligible_fen bigint check (eligible_fen between 0 and 999999999999999),
  settled_on date,
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint project_grant_never_overpaid check (paid_fen between 0 and approved_fen),
  constraint project_grant_never_over_refunded check (refunded_fen between 0 and paid_fen),
  check ((eligible_fen is null) = (settled_on is null))
);
comment on table project_grant is
  'The money side of one funded project. Its row is the lock under which tranches, settlement and refunds change.';
comment on column project_grant.eligible_fen is 'What the audit accepted; null until the project is settled.';
create index project_grant_by_round on project_grant (round_id);

create table project_grant_source (
  project_id uuid not null references project_grant (project_id),
  pool_id uuid not null references fund_pool (id),
  position smallint not null check (position >= 1),
  source text not null check (source in ('welfare_lottery', 'fiscal', 'foundation', 'enterprise', 'village_collective', 'other')),
  approved_fen bigint not null check (approved_fen > 0),
  paid_fen bigint not null default 0,
  refunded_fen bigint not null default 0,
  primary key (project_id, pool_id),
  unique (project_id, position),
  constraint project_grant_source_never_overpaid check (paid_fen between 0 and approved_fen),
  constraint project_grant_source_never_over_refunded check (refunded_fen between 0 and paid_fen)
);
comment on table project_grant_source is 'The shares of the fund pools in a grant, in the order in which the pools were drawn.';

create table tranche (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  project_id uuid not null references project_grant (project_id),
  award_id uuid not null,
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  organization_id uuid not null references organization (id),
  number smallint not null check (number between 1 and 20),
  trigger text not null check (trigger in ('agreement_effective', 'mid_passed', 'final_passed_and_audited')),
  due_period jsonb not null check (jsonb_typeof(due_period) = 'object'),
  scheduled_fen bigint not null check (scheduled_fen between 0 and 999999999999999),
  payable_fen bigint check (payable_fen between 0 and scheduled_fen),
  triggered_on date,
  due_resolved jsonb check (jsonb_typeof(due_resolved) = 'object'),
  state text not null check (state in ('planned', 'due', 'held', 'requested', 'approved', 'paid', 'cancelled')),
  hold_reason text check (hold_reason in ('evaluation_failed', 'credit_listing', 'audit_issue', 'missing_invoice', 'other')),
  hold_note text check (char_length(hold_note) between 1 and 2000),
  requested_by text check (char_length(requested_by) between 1 and 100),
  requested_at timestamptz(3),
  approved_by text check (char_length(approved_by) between 1 and 100),
  approved_at timestamptz(3),
  paid_by text check (char_length(paid_by) between 1 and 100),
  paid_on date,
  voucher text check (char_length(voucher) between 1 and 100),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint tranche_number_unique unique (project_id, number),
  check ((state = 'held') = (hold_reason is not null)),
  check ((triggered_on is null) = (due_resolved is null) and (triggered_on is null) = (payable_fen is null)),
  check (state not in ('due', 'requested', 'approved', 'paid') or triggered_on is not null),
  check (state <> 'planned' or triggered_on is null),
  check (state not in ('requested', 'approved', 'paid') or (requested_by is not null and requested_at is not null)),
  check (state not in ('approved', 'paid') or (approved_by is not null and approved_at is not null)),
  -- Maker and checker are different people.
  constraint tranche_two_people check (approved_by <> requested_by),
  check ((state = 'paid') = (paid_on is not null and voucher is not null and paid_by is not null)),
  check (state <> 'paid' or payable_fen > 0)
);
comment on table tranche is 'One payment of a grant: what sets it off, when it is due, and who asked for, approved and paid it.';
comment on column tranche.payable_fen is 'What is really to be paid, known once the tranche is triggered: the final one may be less than scheduled.';
comment on column tranche.due_resolved is 'How the due day came about; a calendar published later never moves it.';
create index tranche_by_creation on tranche (created_at desc, id desc);
create index tranche_by_host on tranche (host_id, created_at desc, id desc);
create index tranche_by_host_and_state on tranche (host_id, state, created_at desc, id desc);
create index tranche_by_round on tranche (round_id, created_at desc, id desc);
create index tranche_by_organization on tranche (organization_id, created_at desc, id desc);

create table tranche_source (
  tranche_id uuid not null references tranche (id),
  pool_id uuid not null references fund_pool (id),
  position smallint not null check (position >= 1),
  source text not null check (source in ('welfare_lottery', 'fiscal', 'foundation', 'enterprise', 'village_collective', 'other')),
  scheduled_fen bigint not null check (scheduled_fen >= 0),
  payable_fen bigint check (payable_fen >= 0),
  primary key (tranche_id, pool_id)
);
comment on table tranche_source is 'The shares of the fund pools in a tranche; they sum to its scheduled and its payable amount.';

create function tranche_check_sources() returns trigger language plpgsql as $$
declare
  wrong uuid;
begin
  select t.id into wrong
  from tranche t left join tranche_source s on s.tranche_id = t.id
  where t.id = case tg_table_name when 'tranche' then (to_jsonb(new) ->> 'id')::uuid else (to_jsonb(new) ->> 'tranche_id')::uuid end
  group by t.id, t.scheduled_fen, t.payable_fen
  having coalesce(sum(s.scheduled_fen), 0) <> t.scheduled_fen
    or (t.payable_fen is not null and coalesce(sum(s.payable_fen), 0) <> t.payable_fen);
  if wrong is not null then
    raise exception 'the sources of tranche % do not sum to its amount', wrong using errcode = 'check_violation';
  end if;
  return null;
end
$$;
comment on function tranche_check_sources() is 'At commit the shares of a tranche sum to its amounts, to the fen.';
create constraint trigger tranche_sums_to_its_sources after insert or update on tranche
  deferrable initially deferred for each row execute function tranche_check_sources();
create constraint trigger tranche_source_sums_to_its_tranche after insert or update on tranche_source
  deferrable initially deferred for each row execute function tranche_check_sources();

-- Payments: refunds --------------------------------------------------------------------------------------------------

create table refund_claim (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  project_id uuid not null unique references project_grant (project_id),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  organization_id uuid not null references organization (id),
  amount_fen bigint not null check (amount_fen between 1 and 999999999999999),
  received_fen bigint not null default 0,
  issued_on date not null,
  due_resolved jsonb not null check (jsonb_typeof(due_resolved) = 'object'),
  due_at timestamptz(3) not null,
  state text not null check (state in ('issued', 'part_paid', 'paid', 'overdue', 'referred')),
  referral_note text check (char_length(referral_note) between 1 and 2000),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint refund_claim_never_overpaid check (received_fen between 0 and amount_fen),
  check ((state = 'paid') = (received_fen = amount_fen)),
  check (state <> 'issued' or received_fen = 0),
  check (state <> 'part_paid' or received_fen > 0)
);
comment on table refund_claim is 'What an agency has to give back after settlement; one per project.';
create index refund_claim_by_creation on refund_claim (created_at desc, id desc);
create index refund_claim_by_host on refund_claim (host_id, created_at desc, id desc);
create index refund_claim_by_host_and_state on refund_claim (host_id, state, created_at desc, id desc);
create index refund_claim_by_round on refund_claim (round_id, created_at desc, id desc);
create index refund_claim_by_organization on refund_claim (organization_id, created_at desc, id desc);

create table refund_claim_source (
  claim_id uuid not null references refund_claim (id),
  pool_id uuid not null references fund_pool (id),
  position smallint not null check (position >= 1),
  source text not null check (source in ('welfare_lottery', 'fiscal', 'foundation', 'enterprise', 'village_collective', 'other')),
  amount_fen bigint not null check (amount_fen >= 0),
  received_fen bigint not null default 0,
  primary key (claim_id, pool_id),
  constraint refund_claim_source_never_overpaid check (received_fen between 0 and amount_fen)
);
comment on table refund_claim_source is 'The shares of the fund pools in a refund claim.';

create table refund_receipt (
  id uuid primary key,
  claim_id uuid not null references refund_claim (id),
  amount_fen bigint not null check (amount_fen > 0),
  received_on date not null,
  voucher text not null check (char_length(voucher) between 1 and 100),
  recorded_by text not null check (char_length(recorded_by) between 1 and 100),
  created_at timestamptz(3) not null default clock_timestamp()
);
comment on table refund_receipt is 'Money that came back on a claim, whole or in parts.';
create index refund_receipt_by_claim on refund_receipt (claim_id, created_at, id);

-- Payments: the ledger -----------------------------------------------------------------------------------------------

create table ledger_account (
  id uuid primary key,
  round_id uuid not null references round (id),
  pool_id uuid not null references fund_pool (id),
  source text not null check (source in ('welfare_lottery', 'fiscal', 'foundation', 'enterprise', 'village_collective', 'other')),
  project_id uuid references project_grant (project_id),
  kind text not null check (kind in ('budget', 'advance', 'expense', 'receivable')),
  balance_fen bigint not null default 0,
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint ledger_account_once unique nulls not distinct (pool_id, project_id, kind),
  check ((kind = 'budget') = (project_id is null)),
  -- Money leaves the budget and goes to projects; nothing else can run into the negative.
  constraint ledger_account_floor check (case kind when 'budget' then balance_fen <= 0 else balance_fen >= 0 end)
);
comment on table ledger_account is
  'budget: money of a pool that is out; advance: with the agency, not yet accounted for; expense: accepted; receivable: claimed back.';
comment on column ledger_account.balance_fen is 'The sum of its entries, kept by the trigger on ledger_entry and by nothing else.';
create index ledger_account_by_round on ledger_account (round_id, kind);
create index ledger_account_by_project on ledger_account (project_id) where project_id is not null;

create table ledger_transaction (
  id uuid primary key,
  kind text not null check (kind in ('payment', 'settlement', 'refund_claim', 'refund_receipt')),
  project_id uuid not null references project_grant (project_id),
  tranche_id uuid references tranche (id),
  happened_on date not null,
  recorded_by text not null check (char_length(recorded_by) between 1 and 100),
  recorded_at timestamptz(3) not null,
  check ((kind = 'payment') = (tranche_id is not null)),
  -- Whatever the service believes: one tranche, one payment.
  constraint ledger_transaction_tranche_paid_once unique (tranche_id)
);
comment on table ledger_transaction is 'Double entry: the entries of a transaction sum to zero. A correction is a new transaction.';
create index ledger_transaction_by_project on ledger_transaction (project_id, recorded_at, id);

create table ledger_entry (
  transaction_id uuid not null references ledger_transaction (id),
  account_id uuid not null references ledger_account (id),
  amount_fen bigint not null check (amount_fen <> 0 and abs(amount_fen) <= 999999999999999),
  primary key (transaction_id, account_id)
);
comment on column ledger_entry.amount_fen is 'Debits are positive, credits negative.';
create index ledger_entry_by_account on ledger_entry (account_id);

create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: % on % is refused', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end
$$;
comment on function ledger_refuse_change() is 'What was booked stays booked, for everybody.';
create trigger ledger_entry_append_only before update or delete on ledger_entry
  for each row execute function ledger_refuse_change();
create trigger ledger_entry_no_truncate before truncate on ledger_entry
  for each statement execute function ledger_refuse_change();
create trigger ledger_transaction_append_only before update or delete on ledger_transaction
  for each row execute function ledger_refuse_change();
create trigger ledger_transaction_no_truncate before truncate on ledger_transaction
  for each statement execute function ledger_refuse_change();
create trigger refund_receipt_append_only before update or delete on refund_receipt
  for each row execute function ledger_refuse_change();
create trigger refund_receipt_no_truncate before truncate on refund_receipt
  for each statement execute function ledger_refuse_change();
create trigger ledger_account_kept before delete on ledger_account
  for each row execute function ledger_refuse_change();

create function ledger_check_balance() returns trigger language plpgsql as $$
declare
  booked uuid := coalesce(to_jsonb(new) ->> 'transaction_id', to_jsonb(new) ->> 'id')::uuid;
begin
  if not exists (select from ledger_entry where transaction_id = booked)
    or (select sum(amount_fen) from ledger_entry where transaction_id = booked) <> 0
  then
    raise exception 'ledger transaction % does not balance', booked using errcode = 'check_violation';
  end if;
  return null;
end
$$;
comment on function ledger_check_balance() is 'At commit a transaction has entries and they sum to zero.';
create constraint trigger ledger_transaction_balances after insert on ledger_transaction
  deferrable initially deferred for each row execute function ledger_check_balance();
create constraint trigger ledger_entry_balances after insert on ledger_entry
  deferrable initially deferred for each row execute function ledger_check_balance();

create function ledger_add_to_balance() returns trigger language plpgsql as $$
begin
  update ledger_account set balance_fen = balance_fen + new.amount_fen where id = new.account_id;
  return null;
end
$$;
comment on function ledger_add_to_balance() is 'Keeps the stored balance equal to the sum of the entries.';
create trigger ledger_entry_adds_to_balance after insert on ledger_entry
  for each row execute function ledger_add_to_balance();

create function ledger_guard_account() returns trigger language plpgsql as $$
begin
  -- Depth 2: called by the trigger on ledger_entry, which alone may change a balance.
  if pg_trigger_depth() < 2
    or (new.id, new.round_id, new.pool_id, new.source, new.project_id, new.kind)
      is distinct from (old.id, old.round_id, old.pool_id, old.source, old.project_id, old.kind)
  then
    raise exception 'a ledger account changes by entries only' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
comment on function ledger_guard_account() is 'Nobody writes a balance by hand.';
create trigger ledger_account_changes_by_entries before update on ledger_account
  for each row execute function ledger_guard_account();

-- Delivery -----------------------------------------------------------------------------------------------------------

create table milestone (
  id uuid primary key,
  project_id uuid not null references project (id),
  host_id uuid not null references organization (id),
  organization_id uuid not null references organization (id),
  kind text not null check (kind in ('mid_point', 'end')),
  falls_on date not null,
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint milestone_once unique (project_id, kind)
);
comment on table milestone is 'The days from which a project''s reports count.';

create table report_duty (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  project_id uuid not null references project (id),
  host_id uuid not null references organization (id),
  organization_id uuid not null references organization (id),
  kind text not null check (kind in ('monthly', 'mid_self_assessment', 'closing')),
  month text check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  counts_from date not null,
  due_period jsonb not null check (jsonb_typeof(due_period) = 'object'),
  due_resolved jsonb check (jsonb_typeof(due_resolved) = 'object'),
  due_at timestamptz(3),
  state text not null check (state in ('waiting', 'submitted', 'missed', 'cancelled')),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint report_duty_once unique nulls not distinct (project_id, kind, month),
  check ((kind = 'monthly') = (month is not null)),
  check ((due_resolved is null) = (due_at is null)),
  check (state <> 'missed' or due_at is not null)
);
comment on table report_duty is 'A report that a project owes by a day.';
comment on column report_duty.counts_from is 'The day from which the period counts, such as the mid-point.';
comment on column report_duty.due_resolved is
  'Null while the calendar of that year is not loaded: resolved on counts_from at the latest, never guessed.';
create index report_duty_by_host on report_duty (host_id, created_at desc, id desc);
create index report_duty_by_creation on report_duty (created_at desc, id desc);
create index report_duty_by_organization on report_duty (organization_id, created_at desc, id desc);
create index report_duty_by_project on report_duty (project_id, created_at desc, id desc);

create table report (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  duty_id uuid not null references report_duty (id),
  project_id uuid not null references project (id),
  host_id uuid not null references organization (id),
  organization_id uuid not null references organization (id),
  kind text not null check (kind in ('monthly', 'mid_self_assessment', 'closing')),
  indicator_values jsonb not null check (jsonb_typeof(indicator_values) = 'array'),
  valid_answers integer check (valid_answers >= 1),
  satisfied integer check (satisfied between 0 and valid_answers),
  narrative text not null check (char_length(narrative) between 1 and 20000),
  document_ids text[] not null check (cardinality(document_ids) <= 100),
  is_late boolean not null,
  submitted_by text not null check (char_length(submitted_by) between 1 and 100),
  submitted_at timestamptz(3) not null,
  created_at timestamptz(3) not null default clock_timestamp(),
  check ((valid_answers is null) = (satisfied is null))
);
comment on table report is 'What an agency reported. The newest of a duty counts; earlier ones stay on record.';
create index report_by_creation on report (created_at desc, id desc);
create index report_by_host on report (host_id, created_at desc, id desc);
create index report_by_organization on report (organization_id, created_at desc, id desc);
create index report_by_project on report (project_id, kind, created_at desc, id desc);
create index report_by_duty on report (duty_id);

-- Agreements ---------------------------------------------------------------------------------------------------------

create table agreement (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  award_id uuid not null references award (id),
  project_id uuid not null references project (id),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  organization_id uuid not null references organization (id),
  approved_fen bigint not null check (approved_fen between 1 and 999999999999999),
  starts_on date not null,
  ends_on date not null,
  mid_point_on date not null,
  parties text[] not null check (parties @> '{host,agency}' and parties <@ '{host,agency,operator}'),
  signatures jsonb not null check (jsonb_typeof(signatures) = 'array'),
  state text not null check (state in ('draft', 'partly_signed', 'effective', 'terminated', 'completed')),
  effective_on date,
  terminated_on date,
  termination_kind text check (termination_kind in ('mutual', 'breach', 'force_majeure', 'dissolution')),
  termination_reason text check (char_length(termination_reason) between 1 and 5000),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint agreement_once_per_award unique (award_id),
  check (ends_on >= starts_on and mid_point_on between starts_on and ends_on),
  check (state not in ('effective', 'completed') or effective_on is not null),
  check ((state = 'terminated') = (terminated_on is not null)),
  check ((terminated_on is null) = (termination_kind is null) and (terminated_on is null) = (termination_reason is null))
);
comment on table agreement is 'The funding agreement of one award: who signed when, and from which day it binds.';
create index agreement_by_creation on agreement (created_at desc, id desc);
create index agreement_by_host on agreement (host_id, created_at desc, id desc);
create index agreement_by_organization on agreement (organization_id, created_at desc, id desc);
create index agreement_by_round on agreement (round_id, created_at desc, id desc);
create index agreement_by_project on agreement (project_id);
