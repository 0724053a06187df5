-- The whole schema after all migrations, written by npm run migrate -- --dump. Read it, never edit or run it.

create table api_key (
  id uuid not null,
  version integer default 1 not null,
  public_part text not null,
  secret_hash bytea not null,
  label text not null,
  roles text[] not null,
  organization_id uuid,
  host_id uuid,
  expert_id uuid,
  expires_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_public_part_key UNIQUE (public_part),
  constraint api_key_label_check CHECK (((char_length(label) >= 1) AND (char_length(label) <= 100))),
  constraint api_key_public_part_check CHECK ((public_part ~ '^[0-9a-z]{12}$'::text)),
  constraint api_key_roles_check CHECK (((cardinality(roles) >= 1) AND (cardinality(roles) <= 10))),
  constraint api_key_secret_hash_check CHECK ((octet_length(secret_hash) = 32)),
  constraint api_key_version_check CHECK ((version >= 1)),
  constraint api_key_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint api_key_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on column api_key.secret_hash is 'HMAC-SHA-256 of the secret part with the pepper; the secret itself is shown once and never stored.';
CREATE INDEX api_key_by_creation ON public.api_key USING btree (created_at DESC, id DESC);
CREATE INDEX api_key_by_host ON public.api_key USING btree (host_id, created_at DESC, id DESC);

create table app_user (
  id uuid not null,
  version integer default 1 not null,
  issuer text not null,
  subject text not null,
  label text not null,
  roles text[] not null,
  organization_id uuid,
  host_id uuid,
  expert_id uuid,
  disabled_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint app_user_pkey PRIMARY KEY (id),
  constraint app_user_issuer_subject_key UNIQUE (issuer, subject),
  constraint app_user_issuer_check CHECK (((char_length(issuer) >= 1) AND (char_length(issuer) <= 300))),
  constraint app_user_label_check CHECK (((char_length(label) >= 1) AND (char_length(label) <= 100))),
  constraint app_user_roles_check CHECK (((cardinality(roles) >= 1) AND (cardinality(roles) <= 10))),
  constraint app_user_subject_check CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 300))),
  constraint app_user_version_check CHECK ((version >= 1)),
  constraint app_user_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint app_user_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table app_user is 'A person known by an OIDC issuer and subject; what the person may do stands here, never in the token.';
CREATE INDEX app_user_by_creation ON public.app_user USING btree (created_at DESC, id DESC);

create table event (
  id uuid not null,
  transaction_id xid8 default pg_current_xact_id() not null,
  at timestamp(3) with time zone not null,
  recorded_at timestamp(3) with time zone default clock_timestamp() not null,
  host_id uuid,
  type text not null,
  subject text not null,
  actor text not null,
  request_id text,
  data jsonb not null,
  seq bigint,
  previous_hash bytea,
  hash bytea,
  constraint event_pkey PRIMARY KEY (id),
  constraint event_seq_unique UNIQUE (seq),
  constraint event_actor_length CHECK (((length(actor) >= 1) AND (length(actor) <= 100))),
  constraint event_data_is_object CHECK ((jsonb_typeof(data) = 'object'::text)),
  constraint event_hash_length CHECK ((octet_length(hash) = 32)),
  constraint event_previous_hash_length CHECK ((octet_length(previous_hash) = 32)),
  constraint event_request_id_length CHECK (((length(request_id) >= 1) AND (length(request_id) <= 200))),
  constraint event_sealed_as_a_whole CHECK ((((seq IS NULL) = (hash IS NULL)) AND ((seq IS NOT NULL) OR (previous_hash IS NULL)))),
  constraint event_seq_is_positive CHECK ((seq > 0)),
  constraint event_subject_length CHECK (((length(subject) >= 1) AND (length(subject) <= 100))),
  constraint event_type_is_a_name CHECK (((type ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'::text) AND (length(type) <= 100)))
);
comment on table event is 'What happened: audit log, outbox and change feed in one. Written in the business transaction, numbered and chained by the sealer afterwards. Holds ids, states and hashes, no personal data in clear.';
comment on column event.transaction_id is 'The sealer numbers a row once no older transaction can still commit.';
comment on column event.at is 'When it happened by the clock that decided, which in a sandbox is the host''s own.';
comment on column event.recorded_at is 'When the row was written by the clock of the database.';
comment on column event.host_id is 'The host organization whose feed shows the event; null for the platform itself.';
comment on column event.seq is 'Place in the feed, without gaps; null until sealed.';
comment on column event.hash is 'SHA-256(previous hash, seq, canonical event); null until sealed.';
CREATE INDEX event_by_host ON public.event USING btree (host_id, seq);
CREATE INDEX event_by_subject ON public.event USING btree (subject, seq);
CREATE INDEX event_unsealed ON public.event USING btree (transaction_id, id) WHERE (seq IS NULL);
CREATE TRIGGER event_no_delete BEFORE DELETE ON public.event FOR EACH ROW EXECUTE FUNCTION event_refuse_change();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON public.event FOR EACH STATEMENT EXECUTE FUNCTION event_refuse_change();
CREATE TRIGGER event_sealed_once BEFORE UPDATE ON public.event FOR EACH ROW EXECUTE FUNCTION event_allow_sealing_once();

create table idempotency_key (
  scope_hash bytea not null,
  fingerprint bytea not null,
  status integer,
  body text,
  headers jsonb,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint idempotency_key_pkey PRIMARY KEY (scope_hash),
  constraint idempotency_key_body_length CHECK ((length(body) <= 10000000)),
  constraint idempotency_key_fingerprint_length CHECK ((octet_length(fingerprint) = 32)),
  constraint idempotency_key_headers_is_object CHECK ((jsonb_typeof(headers) = 'object'::text)),
  constraint idempotency_key_scope_hash_length CHECK ((octet_length(scope_hash) = 32)),
  constraint idempotency_key_status_is_http CHECK (((status >= 100) AND (status <= 599)))
);
comment on table idempotency_key is 'The answer to a command that carried an Idempotency-Key, kept 7 days so that a repeated request gets the same answer. No status yet: the first request is still running.';
comment on column idempotency_key.scope_hash is 'SHA-256 of who asks, the operation and the key.';
comment on column idempotency_key.fingerprint is 'SHA-256 of the request; another request under the same key is refused.';
CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (created_at);

create table migration (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint migration_pkey PRIMARY KEY (number)
);
comment on table migration is 'Which migrations this database has seen, with the SHA-256 of each file.';

create table organization (
  id uuid not null,
  version integer default 1 not null,
  name text not null,
  type text not null,
  credit_code text,
  division_code text,
  registered_on date,
  grade_level text,
  grade_valid_to date,
  annual_checks jsonb default '[]'::jsonb not null,
  staff jsonb,
  sponsor_id uuid,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint organization_pkey PRIMARY KEY (id),
  constraint organization_credit_code_key UNIQUE (credit_code),
  constraint organization_check CHECK (((grade_level IS NULL) = (grade_valid_to IS NULL))),
  constraint organization_check1 CHECK (((type = 'filed_community_org'::text) = (credit_code IS NULL))),
  constraint organization_check2 CHECK (((type <> 'filed_community_org'::text) OR (sponsor_id IS NOT NULL))),
  constraint organization_credit_code_check CHECK ((credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'::text)),
  constraint organization_division_code_check CHECK ((division_code ~ '^[0-9]{12}$'::text)),
  constraint organization_grade_level_check CHECK ((grade_level = ANY (ARRAY['5A'::text, '4A'::text, '3A'::text, '2A'::text, '1A'::text]))),
  constraint organization_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
  constraint organization_type_check CHECK ((type = ANY (ARRAY['government'::text, 'public_institution'::text, 'social_service_org'::text, 'social_group'::text, 'foundation'::text, 'enterprise'::text, 'community'::text, 'filed_community_org'::text]))),
  constraint organization_version_check CHECK ((version >= 1)),
  constraint organization_sponsor_id_fkey FOREIGN KEY (sponsor_id) REFERENCES organization(id)
);
comment on table organization is 'Host, operator, agency, provider, evaluator or filed group.';
CREATE INDEX organization_by_creation ON public.organization USING btree (created_at DESC, id DESC);
CREATE INDEX organization_by_sponsor ON public.organization USING btree (sponsor_id) WHERE (sponsor_id IS NOT NULL);
CREATE INDEX organization_by_type ON public.organization USING btree (type, created_at DESC, id DESC);

create table sandbox_clock (
  host_id uuid not null,
  instant timestamp(3) with time zone not null,
  version integer default 1 not null,
  constraint sandbox_clock_pkey PRIMARY KEY (host_id),
  constraint sandbox_clock_version_is_positive CHECK ((version > 0))
);
comment on table sandbox_clock is 'The time that a sandbox host has set for itself to walk through a whole round in minutes.';

CREATE OR REPLACE FUNCTION public.event_allow_sealing_once()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$;
comment on function event_allow_sealing_once() is 'seq, previous_hash and hash are set once from null; nothing else of an event ever changes.';

CREATE OR REPLACE FUNCTION public.event_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'events are append-only: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end
$function$;
comment on function event_refuse_change() is 'Nobody deletes events, not even the owner of the table.';
