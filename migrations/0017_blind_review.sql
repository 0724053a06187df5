-- Which file belongs to which bid, and what in it tells who bids.

create table bid_document (
  document_id uuid primary key references document (id),
  bid_id uuid not null references bid (id),
  findings jsonb not null default '[]' check (jsonb_typeof(findings) = 'array')
);
comment on table bid_document is 'A file announced for a bid; in rounds with blind review, with what gives the bidder away.';
comment on column bid_document.findings is 'Codes and places alone: before the opening no word of a sealed file is kept.';
create index bid_document_by_bid on bid_document (bid_id);
