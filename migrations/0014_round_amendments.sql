-- A published round may be amended before its bids close: each version of its policy and timetable is kept for ever.

alter table round
  add column required_policy_version integer not null default 1,
  add column confirm_by timestamptz(3),
  add constraint round_required_policy_version_check
    check (required_policy_version between 1 and policy_version);
comment on column round.required_policy_version is 'The latest version that bidders must have confirmed; a bid that confirmed an earlier one lapses at the opening.';
comment on column round.confirm_by is 'Until when bidders may confirm it; null: until the closing.';
comment on table round is 'One edition of 公益创投. The policy of a published round changes only as its next version, by amendment.';

create table round_policy_version (
  round_id uuid not null references round (id),
  version integer not null check (version >= 1),
  policy jsonb not null,
  opens_at timestamptz(3) not null,
  closes_at timestamptz(3) not null,
  cycle_starts_on date not null,
  cycle_ends_on date not null,
  changed text[] not null,
  reason text check (char_length(reason) between 1 and 2000),
  confirmation text not null check (confirmation in ('required', 'not_required')),
  confirm_by timestamptz(3),
  published_at timestamptz(3) not null,
  primary key (round_id, version),
  -- The first version is the publication itself: nothing was changed and there is nobody to confirm it.
  check ((version = 1) = (reason is null)),
  check (version > 1 or (confirmation = 'not_required' and cardinality(changed) = 0)),
  check (confirm_by is null or (confirmation = 'required' and confirm_by <= closes_at))
);
comment on table round_policy_version is 'Every version of a published round''s policy and timetable, as it was announced.';

create function refuse_changed_policy_version() returns trigger language plpgsql as $$
begin
  raise exception 'a published version of a policy never changes' using errcode = 'check_violation';
end $$;
create trigger round_policy_version_frozen before update or delete on round_policy_version
  for each row execute function refuse_changed_policy_version();

insert into round_policy_version (round_id, version, policy, opens_at, closes_at, cycle_starts_on, cycle_ends_on,
  changed, confirmation, published_at)
select id, 1, policy, opens_at, closes_at, cycle_starts_on, cycle_ends_on, '{}', 'not_required', published_at
from round where published_at is not null;

create or replace function refuse_changed_policy() returns trigger language plpgsql as $$
begin
  if new.policy_version = old.policy_version + 1
    and old.state in ('published', 'receiving') and new.state = old.state
    and exists (select from round_policy_version announced
      where announced.round_id = new.id and announced.version = new.policy_version
        and announced.policy = new.policy and announced.closes_at = new.closes_at)
  then
    return new;
  end if;
  raise exception 'the policy of a published round never changes, except as its next version that was announced'
    using errcode = 'check_violation';
end $$;
drop trigger round_policy_frozen on round;
create trigger round_policy_frozen before update of policy, policy_version on round
  for each row when (old.state <> 'draft'
    and (new.policy is distinct from old.policy or new.policy_version <> old.policy_version))
  execute function refuse_changed_policy();
