-- The review session with votes and opinions, review by several levels, corrections of sheets, and reasons of outliers.

alter table score_sheet
  add column vote text check (vote in ('yes', 'no', 'abstain')),
  add column recommended_fen bigint check (recommended_fen > 0),
  add column corrects_id uuid references score_sheet (id),
  add column correction_reason text check (char_length(correction_reason) between 1 and 2000),
  add column outlier_reason text check (char_length(outlier_reason) between 1 and 2000),
  add constraint score_sheet_correction_check check ((corrects_id is null) = (correction_reason is null));
comment on column score_sheet.recommended_fen is 'What the expert would grant, where amounts are the median of the panel.';
comment on column score_sheet.corrects_id is 'The void sheet that this one takes the place of: the old values stay there.';
comment on column score_sheet.outlier_reason is 'Why the expert is far from the others; given once, after the signature.';
create unique index score_sheet_corrects_key on score_sheet (corrects_id);

create or replace function refuse_changed_score_sheet() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.voided_at is not null or
    (old.outlier_reason is not null and new.outlier_reason is distinct from old.outlier_reason) or
    (new.bid_id, new.expert_id, new.items, new.total_hundredths, new.vote, new.recommended_fen, new.remark, new.signed_at,
      new.corrects_id, new.correction_reason) is distinct from
    (old.bid_id, old.expert_id, old.items, old.total_hundredths, old.vote, old.recommended_fen, old.remark, old.signed_at,
      old.corrects_id, old.correction_reason) then
    raise exception 'a signed score sheet never changes' using errcode = 'check_violation';
  end if;
  return new;
end $$;

create table review_session (
  id uuid primary key,
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  number integer not null check (number >= 1),
  held_on date not null,
  place text not null check (char_length(place) between 1 and 200),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint review_session_number_key unique (round_id, number)
);
comment on table review_session is 'A session in which bids are heard: statement, cross-examination, scoring or vote, opinion.';
create index review_session_by_round on review_session (round_id, created_at desc, id desc);

create table review_item (
  bid_id uuid primary key references bid (id),
  version integer not null default 1 check (version >= 1),
  session_id uuid not null references review_session (id),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  organization_id uuid not null references organization (id),
  position integer not null check (position >= 1),
  state text not null check (state in ('called', 'statement', 'cross_examination', 'scoring', 'opinion_published')),
  bidder_present boolean,
  statement text check (char_length(statement) between 1 and 10000),
  stated_at timestamptz(3),
  constraint review_item_position_key unique (session_id, position),
  check ((stated_at is null) = (state = 'called')),
  check ((stated_at is null) = (statement is null)),
  check ((stated_at is null) = (bidder_present is null))
);
comment on table review_item is 'One bid of a session and how far its hearing has come. A bid is heard in one session.';
create index review_item_by_round on review_item (round_id);

create table review_question (
  bid_id uuid not null references review_item (bid_id),
  number integer not null check (number >= 1),
  question text not null check (char_length(question) between 1 and 2000),
  expert_id uuid references expert (id),
  asked_by text not null check (char_length(asked_by) between 1 and 64),
  asked_at timestamptz(3) not null,
  answer text check (char_length(answer) between 1 and 10000),
  answered_by text check (char_length(answered_by) between 1 and 64),
  answered_at timestamptz(3),
  primary key (bid_id, number),
  check ((answer is null) = (answered_at is null)),
  check ((answer is null) = (answered_by is null))
);
comment on table review_question is 'A question of the cross-examination and its answer, by whom and when. Neither changes afterwards.';

create table review_opinion (
  bid_id uuid not null references review_item (bid_id),
  number integer not null check (number >= 1),
  opinion text not null check (char_length(opinion) between 1 and 10000),
  outcome text check (outcome in ('recommended', 'not_recommended')),
  tally jsonb check (jsonb_typeof(tally) = 'object'),
  published_by text not null check (char_length(published_by) between 1 and 64),
  published_at timestamptz(3) not null,
  reopened_at timestamptz(3),
  reopen_reason text check (char_length(reopen_reason) between 1 and 2000),
  primary key (bid_id, number),
  check ((outcome is null) = (tally is null)),
  check ((reopened_at is null) = (reopen_reason is null))
);
comment on table review_opinion is 'The panel''s opinion on a bid. The latest counts; one that was taken back stays with the reason.';

create function refuse_changed_question() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.answer is not null or
    (new.question, new.expert_id, new.asked_by, new.asked_at) is distinct from
    (old.question, old.expert_id, old.asked_by, old.asked_at) then
    raise exception 'a recorded question or answer never changes' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger review_question_frozen before update or delete on review_question
  for each row execute function refuse_changed_question();

create function refuse_changed_opinion() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.reopened_at is not null or
    (new.opinion, new.outcome, new.tally, new.published_by, new.published_at) is distinct from
    (old.opinion, old.outcome, old.tally, old.published_by, old.published_at) then
    raise exception 'a published opinion never changes' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger review_opinion_frozen before update or delete on review_opinion
  for each row execute function refuse_changed_opinion();

create table level_review (
  bid_id uuid primary key references bid (id),
  version integer not null default 1 check (version >= 1),
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  organization_ids uuid[] not null check (cardinality(organization_ids) >= 1),
  position integer not null check (position between 1 and cardinality(organization_ids)),
  reached integer not null check (reached between position and cardinality(organization_ids)),
  state text not null check (state in ('pending', 'returned', 'forwarded')),
  created_at timestamptz(3) not null default clock_timestamp(),
  check (state <> 'forwarded' or position = cardinality(organization_ids)),
  check (state <> 'returned' or position = 1)
);
comment on table level_review is 'How far a bid has come through the levels of review, and who reviews it at each.';
comment on column level_review.reached is 'The highest level that has had the bid: that far its reviewers may read it.';
create index level_review_by_round on level_review (round_id, bid_id desc);
create index level_review_by_reviewer on level_review using gin (organization_ids);

create table level_decision (
  bid_id uuid not null references level_review (bid_id),
  number integer not null check (number >= 1),
  position integer not null check (position >= 1),
  organization_id uuid not null references organization (id),
  decision text not null check (decision in ('forward', 'return', 'resume')),
  reason text check (char_length(reason) between 1 and 2000),
  decided_by text not null check (char_length(decided_by) between 1 and 64),
  decided_at timestamptz(3) not null,
  primary key (bid_id, number),
  check (decision = 'forward' or reason is not null)
);
comment on table level_decision is 'What each level decided on a bid, in order. None ever changes.';

create function refuse_changed_level_decision() returns trigger language plpgsql as $$
begin
  raise exception 'a level''s decision never changes' using errcode = 'check_violation';
end $$;
create trigger level_decision_frozen before update or delete on level_decision
  for each row execute function refuse_changed_level_decision();

-- Policies written before these words existed say by them what they always meant. No number of any policy changes.
alter table round disable trigger user;
alter table round_policy_version disable trigger user;
create temporary table policy_default on commit drop as
select $${"review": {"session": "none", "method": "scores", "vote": null, "opinionFor": "bidder", "levels": []}}$$::jsonb as words;
update round set policy = words || policy from policy_default;
update round_policy_version set policy = words || policy from policy_default;
alter table round enable trigger user;
alter table round_policy_version enable trigger user;
