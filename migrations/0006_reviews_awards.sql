-- Expert review of the opened bids, its ranking, and the awards that follow from it.

create table expert (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  host_id uuid not null references organization (id),
  code text not null check (char_length(code) between 1 and 40),
  fields text[] not null check (cardinality(fields) <= 20),
  employments jsonb not null default '[]' check (jsonb_typeof(employments) = 'array'),
  conflict_organization_ids uuid[] not null default '{}',
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint expert_code_key unique (host_id, code)
);
comment on table expert is 'An expert of a host, known here by a code alone; who stands behind it is kept outside the service.';
comment on column expert.employments is 'Where the expert works or worked: what recusal is decided by.';
create index expert_by_creation on expert (created_at desc, id desc);
create index expert_by_host on expert (host_id, created_at desc, id desc);

create table review_panel (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  review_on date not null,
  size integer not null check (size >= 1),
  quorum integer not null check (quorum between 1 and size),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint review_panel_round_key unique (round_id)
);
comment on table review_panel is 'The panel of a round. Size and quorum are the policy''s; the quorum counts per bid, not per session.';
create index review_panel_by_creation on review_panel (created_at desc, id desc);
create index review_panel_by_host on review_panel (host_id, created_at desc, id desc);

create table panel_member (
  panel_id uuid not null references review_panel (id),
  expert_id uuid not null references expert (id),
  position integer not null check (position >= 1),
  kind text not null check (kind in ('regular', 'alternate')),
  primary key (panel_id, expert_id),
  unique (panel_id, position)
);
comment on table panel_member is 'Regular members first, then the alternates in the order in which they step in.';
create index panel_member_by_expert on panel_member (expert_id);

create table panel_seat (
  panel_id uuid not null references review_panel (id),
  bid_id uuid not null references bid (id),
  expert_id uuid not null references expert (id),
  position integer not null check (position >= 1),
  state text not null check (state in ('seated', 'recused')),
  reason text check (reason in ('employment', 'declared_conflict', 'own_statement')),
  remark text check (char_length(remark) between 1 and 2000),
  primary key (bid_id, expert_id),
  foreign key (panel_id, expert_id) references panel_member (panel_id, expert_id),
  check ((state = 'recused') = (reason is not null))
);
comment on table panel_seat is 'Who judges which bid, and who had to step aside from it.';
create index panel_seat_by_panel on panel_seat (panel_id, bid_id, position);
create index panel_seat_by_expert on panel_seat (expert_id, bid_id desc);

create table score_sheet (
  id uuid primary key,
  bid_id uuid not null,
  expert_id uuid not null,
  panel_id uuid not null references review_panel (id),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  signing_number bigint generated always as identity,
  items jsonb not null check (jsonb_typeof(items) = 'array'),
  total_hundredths integer not null check (total_hundredths >= 0),
  remark text check (char_length(remark) between 1 and 2000),
  signed_at timestamptz(3) not null,
  voided_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  foreign key (bid_id, expert_id) references panel_seat (bid_id, expert_id)
);
comment on table score_sheet is 'A signed sheet never changes; a recusal found later voids it and keeps it.';
comment on column score_sheet.signing_number is 'Tells which of two sheets of the same instant was signed first.';
create unique index score_sheet_bid_expert_key on score_sheet (bid_id, expert_id) where voided_at is null;
create index score_sheet_by_creation on score_sheet (created_at desc, id desc);
create index score_sheet_by_host on score_sheet (host_id, created_at desc, id desc);
create index score_sheet_by_round on score_sheet (round_id, created_at desc, id desc);
create index score_sheet_by_bid on score_sheet (bid_id, created_at desc, id desc);
create index score_sheet_by_expert on score_sheet (expert_id, created_at desc, id desc);

create function refuse_changed_score_sheet() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.voided_at is not null or
    (new.bid_id, new.expert_id, new.items, new.total_hundredths, new.remark, new.signed_at) is distinct from
    (old.bid_id, old.expert_id, old.items, old.total_hundredths, old.remark, old.signed_at) then
    raise exception 'a signed score sheet never changes' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger score_sheet_frozen before update or delete on score_sheet
  for each row execute function refuse_changed_score_sheet();

create function refuse_recused_score_sheet() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from panel_seat
    where bid_id = new.bid_id and expert_id = new.expert_id and state = 'seated') then
    raise exception 'only a seated expert signs a score sheet' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger score_sheet_by_seated_expert before insert on score_sheet
  for each row execute function refuse_recused_score_sheet();

create table lot_drawing (
  id uuid primary key,
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  bid_ids uuid[] not null check (cardinality(bid_ids) >= 2),
  place text not null check (char_length(place) between 1 and 200),
  witnesses text[] not null check (cardinality(witnesses) between 1 and 20),
  drawn_at timestamptz(3) not null,
  created_at timestamptz(3) not null default clock_timestamp()
);
comment on table lot_drawing is 'A public lot among bids that nothing else separates, in the order in which they were drawn.';
create index lot_drawing_by_round on lot_drawing (round_id, created_at desc, id desc);

create table ranking (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  entries jsonb not null check (jsonb_typeof(entries) = 'array'),
  without_result uuid[] not null default '{}',
  computed_at timestamptz(3) not null,
  constraint ranking_round_key unique (round_id)
);
comment on table ranking is 'The order of the bids by exact means, with the step that decided each tie.';
comment on column ranking.without_result is 'Bids that the host left out because their panel stayed below the quorum.';

create table decision_meeting (
  id uuid primary key,
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  held_on date not null,
  minutes text not null check (char_length(minutes) between 1 and 10000),
  created_at timestamptz(3) not null default clock_timestamp()
);
comment on table decision_meeting is 'The meeting that approves awards whose notice has passed (审定).';
create index decision_meeting_by_round on decision_meeting (round_id, created_at desc, id desc);

create table award (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  bid_id uuid not null references bid (id),
  project_id uuid not null references project (id),
  need_id uuid not null references need (id),
  organization_id uuid not null references organization (id),
  sponsored_group_id uuid references organization (id),
  sequence integer not null check (sequence >= 1),
  requested_fen bigint not null check (requested_fen > 0),
  approved_fen bigint not null check (approved_fen > 0 and approved_fen <= requested_fen),
  state text not null check (state in ('awaiting_budget', 'proposed', 'noticed', 'suspended', 'confirmed',
    'cancelled', 'declined')),
  is_single_bid boolean not null,
  revised_budget jsonb,
  budget_due jsonb,
  notice_closes_at timestamptz(3),
  decision_id uuid references decision_meeting (id),
  end_reason text check (char_length(end_reason) between 1 and 2000),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint award_bid_key unique (bid_id),
  -- No award without a closed notice (process.md, invariants): the rule compares the moment, this keeps the fact.
  check (state not in ('noticed', 'suspended', 'confirmed') or notice_closes_at is not null),
  check (state <> 'confirmed' or decision_id is not null),
  -- A cut award keeps its place only with a budget of its own.
  check (state in ('awaiting_budget', 'cancelled', 'declined') or approved_fen = requested_fen or revised_budget is not null),
  check ((state in ('cancelled', 'declined')) = (end_reason is not null))
);
comment on table award is 'Money proposed for one bid, until it is confirmed by a decision meeting or falls away.';
comment on column award.sequence is 'Order of allocation within the round.';
comment on column award.is_single_bid is 'No other bid for the need passed the formal check (单一申报).';
create unique index award_sequence_key on award (round_id, sequence);
create index award_by_creation on award (created_at desc, id desc);
create index award_by_host on award (host_id, created_at desc, id desc);
create index award_by_round on award (round_id, created_at desc, id desc);
create index award_by_organization on award (organization_id, created_at desc, id desc);
create index award_by_need on award (need_id);
create index award_by_project on award (project_id);

create table award_source (
  award_id uuid not null references award (id),
  pool_id uuid not null references fund_pool (id),
  position integer not null check (position >= 1),
  source text not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (award_id, pool_id)
);
comment on table award_source is 'Which pool pays which part. Kept when an award falls away; the pool is then given its money back.';
create index award_source_by_pool on award_source (pool_id);

create function award_sources_balance() returns trigger language plpgsql as $$
declare
  -- Through jsonb: naming a column that the other table lacks would fail, whichever branch is taken.
  changed jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  checked uuid := changed ->> case when tg_table_name = 'award' then 'id' else 'award_id' end;
begin
  if exists (select 1 from award where id = checked and approved_fen <>
    (select coalesce(sum(amount_fen), 0) from award_source where award_id = checked)) then
    raise exception 'the sources of award % do not sum to its amount', checked using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger award_balances after insert or update of approved_fen on award
  deferrable initially deferred for each row execute function award_sources_balance();
create constraint trigger award_source_balances after insert or update or delete on award_source
  deferrable initially deferred for each row execute function award_sources_balance();
