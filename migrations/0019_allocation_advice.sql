-- Advice on the allocation, and what the host made of it.

create table allocation_advice (
  id uuid primary key,
  round_id uuid not null references round (id),
  host_id uuid not null references organization (id),
  number integer not null check (number >= 1),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  document jsonb not null check (jsonb_typeof(document) = 'object'),
  computed_at timestamptz(3) not null,
  constraint allocation_advice_number_key unique (round_id, number)
);
comment on table allocation_advice is 'What would cover the greatest weight of needs. It decides nothing; the latest of a round is what proposals are compared to.';
comment on column allocation_advice.digest is 'SHA-256 of the document as canonical JSON.';
create index allocation_advice_by_round on allocation_advice (round_id, number desc);

create table advice_departure (
  round_id uuid primary key references round (id),
  advice_id uuid not null references allocation_advice (id),
  departures jsonb not null check (jsonb_typeof(departures) = 'array'),
  reason text check (char_length(reason) between 1 and 2000),
  recorded_at timestamptz(3) not null,
  check (reason is not null or departures = '[]'::jsonb)
);
comment on table advice_departure is 'Where the proposed awards depart from the advice, and why. Empty: they follow it.';

create function refuse_changed_advice() returns trigger language plpgsql as $$
begin
  raise exception 'advice and what was made of it never change' using errcode = 'check_violation';
end $$;
create trigger allocation_advice_frozen before update or delete on allocation_advice
  for each row execute function refuse_changed_advice();
create trigger advice_departure_frozen before update or delete on advice_departure
  for each row execute function refuse_changed_advice();
