-- The tables under every module: the one append-only table of events, the replies kept for repeated requests, and the
-- clocks of sandbox hosts.

create table event (
  id uuid primary key,
  transaction_id xid8 not null default pg_current_xact_id(),
  at timestamptz(3) not null,
  recorded_at timestamptz(3) not null default clock_timestamp(),
  host_id uuid,
  type text not null,
  subject text not null,
  actor text not null,
  request_id text,
  data jsonb not null,
  seq bigint,
  previous_hash bytea,
  hash bytea,
  constraint event_type_is_a_name check (type ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$' and length(type) <= 100),
  constraint event_subject_length check (length(subject) between 1 and 100),
  constraint event_actor_length check (length(actor) between 1 and 100),
  constraint event_request_id_length check (length(request_id) between 1 and 200),
  constraint event_data_is_object check (jsonb_typeof(data) = 'object'),
  constraint event_seq_is_positive check (seq > 0),
  constraint event_previous_hash_length check (octet_length(previous_hash) = 32),
  constraint event_hash_length check (octet_length(hash) = 32),
  constraint event_sealed_as_a_whole check ((seq is null) = (hash is null) and (seq is not null or previous_hash is null)),
  constraint event_seq_unique unique (seq)
);

comment on table event is
  'What happened: audit log, outbox and change feed in one. Written in the business transaction, numbered and chained by the sealer afterwards. Holds ids, states and hashes, no personal data in clear.';
comment on column event.transaction_id is 'The sealer numbers a row once no older transaction can still commit.';
comment on column event.at is 'When it happened by the clock that decided, which in a sandbox is the host''s own.';
comment on column event.recorded_at is 'When the row was written by the clock of the database.';
comment on column event.host_id is 'The host organization whose feed shows the event; null for the platform itself.';
comment on column event.seq is 'Place in the feed, without gaps; null until sealed.';
comment on column event.hash is 'SHA-256(previous hash, seq, canonical event); null until sealed.';

create index event_unsealed on event (transaction_id, id) where seq is null;
create index event_by_subject on event (subject, seq);
create index event_by_host on event (host_id, seq);

create function event_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'events are append-only: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end
$$;

comment on function event_refuse_change() is 'Nobody deletes events, not even the owner of the table.';

create function event_allow_sealing_once() returns trigger language plpgsql as $$
begin
  if old.seq is not null then
    raise exception 'event % is sealed already', old.id using errcode = 'insufficient_privilege';
  end if;
  if (new.id, new.transaction_id, new.at, new.recorded_at, new.host_id, new.type, new.subject, new.actor, new.request_id, new.data)
    is distinct from
    (old.id, old.transaction_id, old.at, old.recorded_at, old.host_id, old.type, old.subject, old.actor, old.request_id, old.data)
  then
    raise exception 'events are append-only: only sealing may update event %', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;

comment on function event_allow_sealing_once() is 'seq, previous_hash and hash are set once from null; nothing else of an event ever changes.';

create trigger event_no_delete before delete on event for each row execute function event_refuse_change();
create trigger event_no_truncate before truncate on event for each statement execute function event_refuse_change();
create trigger event_sealed_once before update on event for each row execute function event_allow_sealing_once();

create table idempotency_key (
  scope_hash bytea primary key,
  fingerprint bytea not null,
  status integer,
  body text,
  headers jsonb,
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint idempotency_key_scope_hash_length check (octet_length(scope_hash) = 32),
  constraint idempotency_key_fingerprint_length check (octet_length(fingerprint) = 32),
  constraint idempotency_key_status_is_http check (status between 100 and 599),
  constraint idempotency_key_body_length check (length(body) <= 10000000),
  constraint idempotency_key_headers_is_object check (jsonb_typeof(headers) = 'object')
);

comment on table idempotency_key is
  'The answer to a command that carried an Idempotency-Key, kept 7 days so that a repeated request gets the same answer. No status yet: the first request is still running.';
comment on column idempotency_key.scope_hash is 'SHA-256 of who asks, the operation and the key.';
comment on column idempotency_key.fingerprint is 'SHA-256 of the request; another request under the same key is refused.';

create index idempotency_key_by_age on idempotency_key (created_at);

create table sandbox_clock (
  host_id uuid primary key,
  instant timestamptz(3) not null,
  version integer not null default 1,
  constraint sandbox_clock_version_is_positive check (version > 0)
);

comment on table sandbox_clock is 'The time that a sandbox host has set for itself to walk through a whole round in minutes.';
