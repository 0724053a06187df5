-- What every stage leans on: administrative divisions, working-day calendars, uploaded files, deadlines.

create table division (
  code text primary key check (code ~ '^[0-9]{12}$'),
  version integer not null default 1 check (version >= 1),
  name text not null check (char_length(name) between 1 and 100),
  level text not null check (level in ('province', 'prefecture', 'county', 'town', 'community')),
  parent_code text check (parent_code ~ '^[0-9]{12}$'),
  community_kind text check (community_kind in ('urban', 'village')),
  households integer check (households between 0 and 1000000),
  premises_square_metres integer check (premises_square_metres between 0 and 1000000),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint division_parent_by_level check ((parent_code is null) = (level = 'province')),
  constraint division_kind_of_communities check ((community_kind is not null) = (level = 'community')),
  constraint division_figures_of_communities
    check (level = 'community' or (households is null and premises_square_metres is null))
);
comment on table division is 'Administrative divisions from province to community, by their 12-digit codes.';
comment on column division.parent_code is 'Follows from the code; the division above need not be on record.';
create index division_by_parent on division (parent_code, code);
create index division_by_level on division (level, code);

create table calendar_year (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  year integer not null check (year between 2000 and 2100),
  host_id uuid references organization (id),
  holidays date[] not null check (cardinality(holidays) <= 366),
  makeup_workdays date[] not null check (cardinality(makeup_workdays) <= 366),
  source text not null check (char_length(source) between 1 and 500),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint calendar_year_once_per_host unique nulls not distinct (year, host_id)
);
comment on table calendar_year is
  'Holidays and worked weekends of a year as the State Council publishes them. A host that deviates keeps a year of its own, which then counts whole.';
comment on column calendar_year.host_id is 'Null: the national calendar.';
create index calendar_year_by_creation on calendar_year (created_at desc, id desc);
create index calendar_year_by_host on calendar_year (host_id, created_at desc, id desc);

create table document (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  organization_id uuid not null references organization (id),
  created_by text not null check (char_length(created_by) between 1 and 100),
  file_name text not null check (char_length(file_name) between 1 and 200),
  media_type text not null check (media_type in ('application/pdf', 'image/png', 'image/jpeg', 'application/zip',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')),
  byte_size integer not null check (byte_size between 1 and 52428800),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  state text not null check (state in ('pending', 'stored', 'rejected')),
  stored_as text check (stored_as ~ '^[a-z0-9_]{1,80}$'),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint document_stored_has_a_file check ((state = 'stored') = (stored_as is not null))
);
comment on table document is 'A file that belongs to an organization. First announced with its hash, then uploaded.';
comment on column document.stored_as is 'Name in the file store, one per upload, so that a failing upload never touches a good file.';
create index document_by_organization on document (organization_id, created_at desc, id desc);

create table document_share (
  document_id uuid not null references document (id),
  host_id uuid not null references organization (id),
  shared_at timestamptz(3) not null,
  primary key (document_id, host_id)
);
comment on table document_share is
  'Which host organizations may read a document besides its owner: set when a sealed bid is opened, a report is sent in.';

create table deadline (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  kind text not null check (kind ~ '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$' and char_length(kind) <= 100),
  host_id uuid not null references organization (id),
  subject text not null check (char_length(subject) between 1 and 100),
  due_at timestamptz(3) not null,
  resolved jsonb check (jsonb_typeof(resolved) = 'object'),
  state text not null check (state in ('waiting', 'done', 'cancelled')),
  done_at timestamptz(3),
  attempts integer not null default 0 check (attempts >= 0),
  retry_at timestamptz(3),
  last_error text check (char_length(last_error) <= 100),
  created_at timestamptz(3) not null default clock_timestamp(),
  constraint deadline_done_has_a_time check ((state = 'done') = (done_at is not null))
);
comment on table deadline is
  'When something happens by itself. The row is the fact; a queued ring is only its alarm clock, and a sweep does what was not rung.';
comment on column deadline.resolved is 'How the date was derived: start, period, nominal and effective day.';
comment on column deadline.done_at is 'By the clock of the host.';
comment on column deadline.attempts is 'How often the handler failed; it stays waiting and is tried again.';
comment on column deadline.retry_at is 'Not before this moment of the database clock, after a failure.';
comment on column deadline.last_error is 'Code of the last failure, never its text.';
create unique index deadline_waits_once on deadline (kind, subject) where state = 'waiting';
create index deadline_waiting_by_time on deadline (due_at, id) where state = 'waiting';
create index deadline_waiting_by_host on deadline (host_id, due_at, id) where state = 'waiting';
create index deadline_by_host on deadline (host_id, due_at, id);
create index deadline_by_subject on deadline (subject, due_at, id);
