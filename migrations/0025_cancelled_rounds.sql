-- A round that is cancelled before its first notice tells its bidders no outcome, ever.

alter table round add column cancelled_from text
  check (cancelled_from in ('draft', 'published', 'receiving', 'bids_closed', 'reviewing', 'notice'));
comment on column round.cancelled_from is 'The state in which the round was cancelled; null in others, and where it was cancelled before this was kept and something of it was public.';

-- Nothing of these was announced, as far as the record tells.
update round set cancelled_from = 'reviewing'
where state = 'cancelled' and opened_at is not null
  and not exists (select from notice where notice.round_id = round.id);

alter table round add check (cancelled_from is null or state = 'cancelled');
