-- An outcome is told to its bidder by the notice of its own award, not by the first notice of the round; who was passed over
-- reads why; an agreement that does not bind yet ends with its award.

alter table bid add column told_at timestamptz(3);
comment on column bid.told_at is
  'When its bidder was told of an award: by the notice, or before, because it owes a budget; null until then, and again once the awards are retracted.';
update bid set told_at = award.created_at
from award
where award.bid_id = bid.id and award.state <> 'retracted'
  and (award.notice_closes_at is not null or award.state in ('confirmed', 'declined') or award.approved_fen < award.requested_fen);

create table passed_over (
  bid_id uuid primary key references bid (id),
  round_id uuid not null references round (id),
  reason text not null check (reason ~ '^[a-z][a-z0-9_]{0,39}$')
);
comment on table passed_over is 'Why the proposals of a round left a bid without an award. Proposed anew, it is written anew.';
create index passed_over_by_round on passed_over (round_id);

alter table agreement drop constraint agreement_termination_kind_check;
alter table agreement add constraint agreement_termination_kind_check
  check (termination_kind in ('mutual', 'breach', 'force_majeure', 'dissolution', 'award_cancelled'));
