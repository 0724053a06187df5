-- Sealed bids: round keys and who holds them, ciphertexts in place of contents, receipts, the opening.

-- Rounds published before this had no rules of sealing in their policy.
alter table round disable trigger round_policy_frozen;
update round set policy = policy || '{"blindReview": false, "sealing": {"mode": "server", "keyHolder": "file",
  "openersRequired": 1, "officers": [], "sharesRequired": 1}}'::jsonb where not policy ? 'sealing';
alter table round enable trigger round_policy_frozen;

create table sealing_key (
  round_id uuid primary key references round (id),
  host_id uuid not null references organization (id),
  key_holder text not null check (key_holder in ('file', 'officers', 'kms')),
  kid text not null check (char_length(kid) = 43),
  public_jwk jsonb not null check (not public_jwk ? 'd'),
  age_recipient text not null check (age_recipient ~ '^age1[0-9a-z]{58}$'),
  escrow jsonb check (not escrow ? 'ageIdentity'),
  shares_required integer check (shares_required between 2 and 20),
  protected_key text not null,
  released_key text,
  released_at timestamptz(3),
  created_at timestamptz(3) not null,
  check ((key_holder = 'officers') = (shares_required is not null)),
  check ((released_key is null) = (released_at is null))
);
comment on table sealing_key is 'The key pair of a round. Everybody may seal with the public half; the private one is with its holder.';
comment on column sealing_key.protected_key is 'The private half as only its holder can read it.';
comment on column sealing_key.released_key is 'The private half under the key of the service, from the opening on.';

create table key_share (
  round_id uuid not null references sealing_key (round_id),
  position integer not null check (position between 1 and 20),
  officer_name text not null check (char_length(officer_name) between 1 and 100),
  officer_jwk jsonb not null check (not officer_jwk ? 'd'),
  sealed_share text not null,
  share_hash text not null check (share_hash ~ '^[0-9a-f]{64}$'),
  handed_in text,
  handed_in_by text check (char_length(handed_in_by) between 1 and 100),
  handed_in_at timestamptz(3),
  primary key (round_id, position),
  check ((handed_in_at is null) = (handed_in_by is null))
);
comment on table key_share is 'One officer''s share of a round key, readable by that officer alone.';
comment on column key_share.handed_in is 'Under the key of the service, after the deadline and until the key is restored; then null again.';

alter table bid drop column draft;
alter table bid drop constraint bid_check;
alter table bid drop constraint bid_check1;
alter table bid add column confirmed_policy_version integer check (confirmed_policy_version >= 1);
alter table bid add column opening_outcome text
  check (opening_outcome in ('opened', 'failed_bidder', 'failed_platform', 'lapsed'));
alter table bid add column opening_version integer check (opening_version >= 1);
alter table bid add column opening_reason text check (opening_reason ~ '^[a-z][a-z_]{0,59}$');
alter table bid add constraint bid_submitted_has_a_version
  check (state in ('draft', 'withdrawn') or (current_version >= 1 and submitted_at is not null));
-- Nothing is judged that was not opened, and nothing goes on that was not checked.
alter table bid add constraint bid_judged_was_opened
  check (state in ('draft', 'submitted', 'withdrawn') or (opened_at is not null and checked_at is not null));
alter table bid add constraint bid_opened_is_known check (opened_at is null or requested_fen is not null);
update bid set opening_outcome = 'opened', opening_version = 1 where opened_at is not null;
alter table bid add constraint bid_outcome_names_its_version check ((opening_outcome is null) = (opening_version is null));
comment on column bid.opening_version is 'The version that was in at the deadline; corrections come after it.';
comment on column bid.requested_fen is 'The grant asked; nobody knows it before the opening.';
comment on column bid.opening_outcome is 'Null before the opening. failed_platform can be repaired by the bidder''s own copy.';
create index bid_to_open on bid (round_id, submitted_at, id) where state = 'submitted' and opening_outcome is null;

alter table bid_version rename column content_hash to commitment;
alter table bid_version alter column content drop not null;
alter table bid_version add column sealed bytea;
-- Ciphertext does not compress; trying costs time in the last seconds before a deadline.
alter table bid_version alter column sealed set storage external;
alter table bid_version add column manifest jsonb;
alter table bid_version add constraint bid_version_holds_something check (content is not null or sealed is not null);
alter table bid_version add constraint bid_version_sealed_has_a_manifest check ((sealed is null) = (manifest is null));
comment on table bid_version is 'What was submitted, once and for all: sealed before the opening, and readable beside it afterwards.';
comment on column bid_version.sealed is 'JWE in general JSON serialization, as canonical JSON (RFC 8785).';
comment on column bid_version.commitment is 'SHA-256 of the canonical manifest; for a correction, of salt and canonical content.';

create or replace function refuse_changed_bid_version() returns trigger language plpgsql as $$
begin
  -- The opening writes the content once; a damaged ciphertext may be replaced by the one that was committed to.
  if tg_op = 'UPDATE'
    and (new.bid_id, new.number, new.salt, new.commitment, new.project_version, new.submitted_at, new.manifest)
      is not distinct from
      (old.bid_id, old.number, old.salt, old.commitment, old.project_version, old.submitted_at, old.manifest)
    and (old.content is null or new.content is not distinct from old.content)
    and (new.sealed is not distinct from old.sealed
      or encode(sha256(new.sealed), 'hex') = old.manifest ->> 'ciphertextSha256')
  then return new; end if;
  raise exception 'a submitted version never changes' using errcode = 'check_violation';
end $$;

create table receipt (
  id uuid primary key,
  bid_id uuid not null references bid (id),
  number integer not null check (number >= 1),
  kind text not null check (kind in ('submission', 'withdrawal')),
  event_id uuid not null,
  commitment text not null check (commitment ~ '^[0-9a-f]{64}$'),
  received_at timestamptz(3) not null,
  jws text not null,
  foreign key (bid_id, number) references bid_version (bid_id, number)
);
comment on table receipt is 'What a bidder was told about a submission or a withdrawal, signed.';
create index receipt_by_bid on receipt (bid_id, received_at, id);

create table bid_opening (
  round_id uuid primary key references round (id),
  host_id uuid not null references organization (id),
  state text not null check (state in ('awaiting_openers', 'awaiting_shares', 'running', 'awaiting_key', 'done')),
  openers text[] not null check (cardinality(openers) between 1 and 100),
  requested_at timestamptz(3) not null,
  finished_at timestamptz(3),
  check ((state = 'done') = (finished_at is not null))
);
comment on table bid_opening is 'The opening of a round''s bids: who asked for it and how far it is.';
create index bid_opening_under_way on bid_opening (requested_at) where state in ('running', 'awaiting_key');
insert into bid_opening (round_id, host_id, state, openers, requested_at, finished_at)
  select id, host_id, 'done', array['system'], opened_at, opened_at from round where opened_at is not null;
