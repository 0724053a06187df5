-- What a submission writes in the last minutes before a deadline.

-- With submitted_at in it every replacement wrote anew all nine indexes of a bid. Whoever opens a round sorts its bids.
drop index bid_to_open;
create index bid_to_open on bid (round_id, id) where state = 'submitted' and opening_outcome is null;
-- Room on each page for the next version of its rows, so that no index learns of it.
alter table bid set (fillfactor = 70);

-- The version that a receipt names is of that bid: the other constraint says so already.
alter table receipt drop constraint receipt_bid_id_fkey;

-- A kept answer to a submission has 4 KB and is sealed: it cannot be made smaller, and stands in the row as well as beside it.
alter table idempotency_key set (toast_tuple_target = 8160);
-- Keys are forgotten by age, and lie in that order.
drop index idempotency_key_by_age;
create index idempotency_key_by_age on idempotency_key using brin (created_at);
