-- What decides whether an organization may bid, with the days it is true of; flags that wait for a decision of the host.

alter table organization
  add column grade_valid_from date,
  add column deregistered_on date,
  add constraint organization_grade_period check (grade_valid_from is null or grade_valid_from <= grade_valid_to);
comment on column organization.grade_valid_from is 'First day of the grade; null: valid on every day up to grade_valid_to.';
comment on column organization.deregistered_on is 'Day of deregistration (注销); null while the organization is active.';

create table organization_contact (
  organization_id uuid primary key references organization (id),
  legal_representative text check (legal_representative ~ '^v1\.'),
  legal_representative_index bytea check (octet_length(legal_representative_index) = 32),
  address text check (address ~ '^v1\.'),
  address_index bytea check (octet_length(address_index) = 32),
  phone text check (phone ~ '^v1\.'),
  phone_index bytea check (octet_length(phone_index) = 32),
  bank_account text check (bank_account ~ '^v1\.'),
  bank_account_index bytea check (octet_length(bank_account_index) = 32),
  updated_at timestamptz(3) not null
);
comment on table organization_contact is 'Personal data: AES-256-GCM per field, and an HMAC of the normalized value for equality.';

create table contact_reveal (
  id uuid primary key,
  organization_id uuid not null references organization (id),
  fields text[] not null check (cardinality(fields) between 1 and 4),
  reason text not null check (char_length(reason) between 1 and 500),
  actor text not null,
  revealed_at timestamptz(3) not null
);
comment on table contact_reveal is 'Who asked for personal data in clear, and why. The event in the chain names this row, never a value.';
create index contact_reveal_by_organization on contact_reveal (organization_id, revealed_at desc);

create table credit_listing (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  organization_id uuid not null references organization (id),
  kind text not null check (kind in ('abnormal', 'serious', 'violation')),
  listed_on date not null,
  source text not null check (char_length(source) between 1 and 500),
  removed_on date check (removed_on >= listed_on),
  removal_source text check (char_length(removal_source) between 1 and 500),
  is_annulled boolean not null default false,
  recorded_by text not null,
  created_at timestamptz(3) not null,
  constraint credit_listing_once unique (organization_id, kind, listed_on),
  check ((removed_on is null) = (removal_source is null)),
  check (removed_on is not null or not is_annulled)
);
comment on table credit_listing is '活动异常名录 (abnormal), 严重违法失信名单 (serious), major administrative penalty (violation). Never deleted.';
comment on column credit_listing.is_annulled is 'The listing itself was set aside: it counts for nothing, as if it had never been.';
create index credit_listing_by_organization on credit_listing (organization_id, created_at desc, id desc);

create table organization_ban (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  organization_id uuid not null references organization (id),
  host_id uuid not null references organization (id),
  cause text not null check (cause in ('host_decision', 'breach', 'final_fail')),
  subject text check (char_length(subject) between 1 and 40),
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  reason text not null check (char_length(reason) between 1 and 2000),
  lifted_on date,
  lift_reason text check (char_length(lift_reason) between 1 and 2000),
  recorded_by text not null,
  created_at timestamptz(3) not null,
  check ((lifted_on is null) = (lift_reason is null)),
  check ((cause = 'host_decision') = (subject is null))
);
comment on table organization_ban is 'Keeps an organization out of the rounds of one host from starts_on to ends_on, both included.';
comment on column organization_ban.subject is 'The agreement or evaluation that the ban follows from.';
create unique index organization_ban_once on organization_ban (subject) where subject is not null;
create index organization_ban_by_organization on organization_ban (organization_id, created_at desc, id desc);
create index organization_ban_by_host on organization_ban (host_id);

create table overdue_refund (
  subject text primary key check (char_length(subject) between 1 and 40),
  organization_id uuid not null references organization (id),
  host_id uuid not null references organization (id),
  due_on date not null,
  cleared_on date check (cleared_on > due_on)
);
comment on table overdue_refund is 'Refund claims that were not whole by their due day; the row stays when the money has come.';
create index overdue_refund_by_organization on overdue_refund (organization_id);
create index overdue_refund_by_host on overdue_refund (host_id);

create table bid_eligibility (
  bid_id uuid not null references bid (id),
  number integer not null check (number >= 1),
  day date not null,
  facts jsonb not null,
  findings jsonb not null,
  taken_at timestamptz(3) not null,
  primary key (bid_id, number)
);
comment on table bid_eligibility is 'What was known of the bidder as of the last day for bids; the highest number counts. No personal data.';
create function refuse_changed_bid_eligibility() returns trigger language plpgsql as $$
begin
  raise exception 'a snapshot of eligibility never changes' using errcode = 'check_violation';
end $$;
create trigger bid_eligibility_frozen before update or delete on bid_eligibility
  for each row execute function refuse_changed_bid_eligibility();

create table bid_flag (
  id uuid primary key,
  version integer not null default 1 check (version >= 1),
  bid_id uuid not null references bid (id),
  code text not null check (code in ('double_funding_declared', 'related_party')),
  other_bid_id uuid references bid (id),
  detail text not null check (char_length(detail) between 1 and 1000),
  state text not null default 'open' check (state in ('open', 'cleared', 'confirmed')),
  decided_by text,
  decided_at timestamptz(3),
  reason text check (char_length(reason) between 1 and 2000),
  raised_at timestamptz(3) not null,
  constraint bid_flag_once unique nulls not distinct (bid_id, code, other_bid_id),
  check ((code = 'related_party') = (other_bid_id is not null)),
  check ((state = 'open') = (decided_at is null)),
  check ((decided_at is null) = (reason is null) and (decided_at is null) = (decided_by is null))
);
comment on table bid_flag is 'Something about an opened bid that only the host can judge; while it is open the bid is not accepted.';
create index bid_flag_by_other on bid_flag (other_bid_id) where other_bid_id is not null;
