-- Awards that are taken back for a new review, meetings whose minutes stay, amounts by the policy, reserve lists that
-- end, and needs that are offered again.

-- Taken back with all awards of the round: its bid may be awarded once more.
alter table award drop constraint award_state_check;
alter table award add constraint award_state_check check (state in ('awaiting_budget', 'proposed', 'noticed', 'suspended',
  'confirmed', 'cancelled', 'declined', 'retracted'));
alter table award drop constraint award_check3;
alter table award add constraint award_budget_check check (state in ('awaiting_budget', 'cancelled', 'declined', 'retracted')
  or approved_fen = requested_fen or revised_budget is not null);
alter table award drop constraint award_check4;
alter table award add constraint award_end_check
  check ((state in ('cancelled', 'declined', 'retracted')) = (end_reason is not null));
alter table award drop constraint award_bid_key;
create unique index award_bid_key on award (bid_id) where state <> 'retracted';
alter table award add column notice_id uuid;
comment on column award.notice_id is 'The notice that announces it; null before, and once that notice is withdrawn.';

-- What the proposals made of the advice, each time awards are proposed.
alter table advice_departure add column number integer not null default 1 check (number >= 1);
alter table advice_departure drop constraint advice_departure_pkey;
alter table advice_departure add primary key (round_id, number);

alter table decision_meeting
  add column attendees integer check (attendees between 1 and 1000),
  add column rejections jsonb not null default '[]' check (jsonb_typeof(rejections) = 'array');
comment on column decision_meeting.rejections is 'Awards that the meeting did not confirm, each with its reason.';

create table meeting_correction (
  id uuid primary key,
  meeting_id uuid not null references decision_meeting (id),
  number integer not null check (number >= 1),
  minutes text not null check (char_length(minutes) between 1 and 10000),
  reason text not null check (char_length(reason) between 1 and 2000),
  corrected_at timestamptz(3) not null,
  constraint meeting_correction_number_key unique (meeting_id, number)
);
comment on table meeting_correction is 'Corrected minutes beside the first ones; which awards were confirmed never changes.';

create function refuse_changed_minutes() returns trigger language plpgsql as $$
begin
  raise exception 'minutes never change; a correction is put beside them' using errcode = 'check_violation';
end $$;
create trigger decision_meeting_frozen before update or delete on decision_meeting
  for each row execute function refuse_changed_minutes();
create trigger meeting_correction_frozen before update or delete on meeting_correction
  for each row execute function refuse_changed_minutes();

create table reserve_list (
  round_id uuid primary key references round (id),
  expires jsonb not null,
  expires_at timestamptz(3) not null
);
comment on table reserve_list is 'Until when bids in reserve may step in. A later notice moves it where the policy counts from the notice.';
comment on column reserve_list.expires_at is 'The first moment at which nobody steps in any more.';

create table carried_need (
  round_id uuid not null references round (id),
  need_id uuid not null references need (id),
  from_round_id uuid not null references round (id),
  reason text not null check (reason ~ '^[a-z][a-z0-9_]{0,39}$'),
  carried_at timestamptz(3) not null,
  primary key (round_id, need_id),
  check (round_id <> from_round_id)
);
comment on table carried_need is 'A need that an earlier round left without an award and that this one offers again.';
create index carried_need_by_origin on carried_need (from_round_id, need_id);

-- Policies written before these words existed say by them what they always meant.
alter table round disable trigger user;
alter table round_policy_version disable trigger user;
create temporary table award_default on commit drop as
select $${
  "amounts": {"method": "requested", "fixed": null, "grades": []},
  "decision": {"beforeNotice": false, "attendeesMin": 0},
  "reserve": {"validFor": null, "until": null},
  "results": {"shownBeforeNotice": false}
}$$::jsonb as words;
update round set policy = words || policy from award_default;
update round_policy_version set policy = words || policy from award_default;
alter table round enable trigger user;
alter table round_policy_version enable trigger user;
