-- What the host fixes for a bid holds whenever that bid is awarded: with the proposals, or when it steps in later.

create table fixed_amount (
  bid_id uuid primary key references bid (id),
  round_id uuid not null references round (id),
  approved_fen bigint not null check (approved_fen > 0),
  fixed_at timestamptz(3) not null
);
comment on table fixed_amount is 'Amounts that the host fixed for ranked bids, below what they asked for.';
create index fixed_amount_by_round on fixed_amount (round_id);
