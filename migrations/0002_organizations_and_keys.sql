-- Who takes part, and with which credentials.

create table organization (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  name text not null check (char_length(name) between 1 and 200),
  type text not null check (type in ('government', 'public_institution', 'social_service_org', 'social_group',
    'foundation', 'enterprise', 'community', 'filed_community_org')),
  credit_code text unique check (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
  division_code text check (division_code ~ '^[0-9]{12}$'),
  registered_on date,
  grade_level text check (grade_level in ('5A', '4A', '3A', '2A', '1A')),
  grade_valid_to date,
  annual_checks jsonb not null default '[]',
  staff jsonb,
  sponsor_id uuid references organization (id),
  created_at timestamptz(3) not null default clock_timestamp(),
  check ((grade_level is null) = (grade_valid_to is null)),
  -- D1-07, D3-08: a filed group has no credit code and applies through a sponsor.
  check ((type = 'filed_community_org') = (credit_code is null)),
  check (type <> 'filed_community_org' or sponsor_id is not null)
);
comment on table organization is 'Host, operator, agency, provider, evaluator or filed group.';
create index organization_by_creation on organization (created_at desc, id desc);
create index organization_by_type on organization (type, created_at desc, id desc);
create index organization_by_sponsor on organization (sponsor_id) where sponsor_id is not null;

create table api_key (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  public_part text not null unique check (public_part ~ '^[0-9a-z]{12}$'),
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  label text not null check (char_length(label) between 1 and 100),
  roles text[] not null check (cardinality(roles) between 1 and 10),
  organization_id uuid references organization (id),
  host_id uuid references organization (id),
  expert_id uuid,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp()
);
comment on column api_key.secret_hash is 'HMAC-SHA-256 of the secret part with the pepper; the secret itself is shown once and never stored.';
create index api_key_by_creation on api_key (created_at desc, id desc);
create index api_key_by_host on api_key (host_id, created_at desc, id desc);

create table app_user (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  issuer text not null check (char_length(issuer) between 1 and 300),
  subject text not null check (char_length(subject) between 1 and 300),
  label text not null check (char_length(label) between 1 and 100),
  roles text[] not null check (cardinality(roles) between 1 and 10),
  organization_id uuid references organization (id),
  host_id uuid references organization (id),
  expert_id uuid,
  disabled_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  unique (issuer, subject)
);
comment on table app_user is 'A person known by an OIDC issuer and subject; what the person may do stands here, never in the token.';
create index app_user_by_creation on app_user (created_at desc, id desc);
