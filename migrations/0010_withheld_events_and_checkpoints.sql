-- Events that stay out of the chain until a round is opened, checkpoints that somebody outside can hold against the
-- chain, and the interior nodes of the Merkle tree from which short proofs are read.

alter table event
  add column withheld_by text,
  add column released_at timestamptz(3),
  add column salt uuid,
  add constraint event_withheld_by_length check (length(withheld_by) between 1 and 100),
  add constraint event_withheld_has_no_number check (withheld_by is null or seq is null),
  add constraint event_released_is_not_withheld check (withheld_by is null or released_at is null);

-- Apart from the column, so that events written before keep none: their hashes were made without.
alter table event alter column salt set default gen_random_uuid();

comment on column event.withheld_by is
  'What must be opened before the event is numbered; until then it is in no feed and in no chain, so that no number tells that it happened. Null: numbered at once.';
comment on column event.released_at is 'When a withheld event was handed to the sealer: it has waited for its number since then.';
comment on column event.salt is
  'Random and never shown: without it the hash would let a reader guess the transaction number, and with two of them how much was written in between. Null only in events from before 0010.';

drop index event_unsealed;
create index event_unsealed on event (transaction_id, id) where seq is null and withheld_by is null;
create index event_withheld on event (withheld_by) where withheld_by is not null;

drop trigger event_sealed_once on event;
drop function event_allow_sealing_once();

create function event_allow_release_and_sealing() returns trigger language plpgsql as $$
begin
  if old.seq is not null then
    raise exception 'event % is sealed already', old.id using errcode = 'insufficient_privilege';
  end if;
  if (new.id, new.transaction_id, new.at, new.recorded_at, new.host_id, new.type, new.subject, new.actor, new.request_id, new.data, new.salt)
    is distinct from
    (old.id, old.transaction_id, old.at, old.recorded_at, old.host_id, old.type, old.subject, old.actor, old.request_id, old.data, old.salt)
  then
    raise exception 'events are append-only: only release and sealing may update event %', old.id using errcode = 'insufficient_privilege';
  end if;
  if new.withheld_by is not null and new.withheld_by is distinct from old.withheld_by then
    raise exception 'event % can be released, but not withheld afterwards', old.id using errcode = 'insufficient_privilege';
  end if;
  if new.released_at is distinct from old.released_at and (old.withheld_by is null or new.withheld_by is not null) then
    raise exception 'event % is not being released', old.id using errcode = 'insufficient_privilege';
  end if;
  if old.withheld_by is not null and new.seq is not null then
    raise exception 'event % is withheld: release it before it is sealed', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;

comment on function event_allow_release_and_sealing() is
  'withheld_by is set to null and released_at to the time once; seq, previous_hash and hash are set once, later; nothing else of an event ever changes.';

create trigger event_released_and_sealed_once before update on event for each row execute function event_allow_release_and_sealing();

create table merkle_node (
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  constraint merkle_node_pkey primary key (level, index),
  constraint merkle_node_level_range check (level between 4 and 62),
  constraint merkle_node_index_not_negative check (index >= 0),
  constraint merkle_node_hash_length check (octet_length(hash) = 32)
);

comment on table merkle_node is
  'Complete subtrees of the Merkle tree (RFC 6962) over the hashes of the events, from 16 events on; smaller ones are computed from the events. Derived: audit:verify recomputes them.';
comment on column merkle_node.level is 'The subtree covers 2^level events.';
comment on column merkle_node.index is 'It covers the events from index * 2^level + 1 on.';

create table checkpoint (
  size bigint primary key,
  root bytea not null,
  hash bytea not null,
  at timestamptz(3) not null,
  jws text not null,
  constraint checkpoint_size_is_positive check (size > 0),
  constraint checkpoint_root_length check (octet_length(root) = 32),
  constraint checkpoint_hash_length check (octet_length(hash) = 32),
  constraint checkpoint_jws_length check (length(jws) between 1 and 4000)
);

comment on table checkpoint is
  'The signed state of the chain, about once a minute while it grows. Kept outside as well: only from outside a cut tail is seen.';
comment on column checkpoint.size is 'Number of the last event it covers.';
comment on column checkpoint.root is 'Root of the Merkle tree over the first size events.';
comment on column checkpoint.hash is 'Hash of the chain at event size.';

create function checkpoint_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'checkpoints and Merkle nodes are append-only: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end
$$;

comment on function checkpoint_refuse_change() is 'What was signed, and what proofs are read from, stays as it was written.';

create trigger checkpoint_no_change before update or delete on checkpoint for each row execute function checkpoint_refuse_change();
create trigger checkpoint_no_truncate before truncate on checkpoint for each statement execute function checkpoint_refuse_change();
create trigger merkle_node_no_change before update or delete on merkle_node for each row execute function checkpoint_refuse_change();
create trigger merkle_node_no_truncate before truncate on merkle_node for each statement execute function checkpoint_refuse_change();
