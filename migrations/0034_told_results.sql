-- Whose result is told: where a notice names only some of the awards of a round, the others stay unknown.

create table told_result (
  bid_id uuid primary key references bid (id),
  told_at timestamptz(3) not null
);
comment on table told_result is
  'Bids whose result is told: a notice that was not withdrawn names them, or all outcomes of their round are told.';

insert into told_result (bid_id, told_at)
select bid.id, coalesce(bid.told_at, bid.opened_at)
from bid
join round on round.id = bid.round_id
where bid.opened_at is not null
  and coalesce(round.cancelled_from, round.state) in ('notice', 'approved', 'implementing', 'closing', 'closed')
  and (
    exists (select from award where award.bid_id = bid.id and award.notice_closes_at is not null and award.state <> 'retracted')
    or not exists (
      select from bid other where other.round_id = bid.round_id and other.state = 'proposed' and other.told_at is null
    )
  );
