-- Files that are scanned, walked and, for sealed bids, encrypted while they stream in.

alter table document drop constraint document_media_type_check;
alter table document add constraint document_media_type_check check (media_type in ('application/pdf', 'image/png',
  'image/jpeg', 'application/zip', 'application/ofd',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'));
alter table document drop constraint document_state_check;
alter table document add constraint document_state_check
  check (state in ('pending', 'sealed', 'stored', 'rejected', 'quarantined'));

alter table document
  add column scan text check (scan in ('not_scanned', 'clean', 'infected')),
  add column scan_signature text check (char_length(scan_signature) between 1 and 200),
  add column refused_for text check (refused_for ~ '^[a-z][a-z0-9_]{2,60}$'),
  add column sealed_subject text check (char_length(sealed_subject) between 1 and 100),
  add column sealed_mode text check (sealed_mode in ('server', 'client')),
  add column sealed_recipients text[] check (cardinality(sealed_recipients) between 1 and 10),
  add column sealed_name bytea check (octet_length(sealed_name) between 1 and 10000),
  add column sealed_as text check (sealed_as ~ '^[a-z0-9_]{1,80}$'),
  add column ciphertext_sha256 text check (ciphertext_sha256 ~ '^[0-9a-f]{64}$'),
  add column ciphertext_byte_size integer check (ciphertext_byte_size between 1 and 60000000);

update document set scan = 'not_scanned' where state = 'stored';
update document set scan = 'not_scanned', refused_for = 'document_type_differs' where state = 'rejected';

alter table document
  add constraint document_rejected_says_why check ((state = 'rejected') = (refused_for is not null)),
  add constraint document_infected_is_quarantined check (
    (state = 'quarantined') = (scan_signature is not null)
    and (state = 'quarantined') = (scan is not distinct from 'infected')),
  add constraint document_stored_was_scanned check (state <> 'stored' or scan is not null),
  add constraint document_sealing_is_whole check (
    num_nonnulls(sealed_subject, sealed_mode, sealed_recipients, sealed_name) in (0, 4)),
  add constraint document_ciphertext_is_whole check (
    num_nonnulls(sealed_as, ciphertext_sha256, ciphertext_byte_size) in (0, 3)
    and (sealed_as is null or sealed_subject is not null)),
  add constraint document_sealed_has_ciphertext check (state <> 'sealed' or sealed_as is not null),
  add constraint document_unsealed_was_sealed check (state <> 'stored' or sealed_subject is null or sealed_as is not null);

comment on column document.scan is 'What the scanner said of the content; not_scanned: no scanner was set up. Null until the plain content was seen.';
comment on column document.refused_for is 'Code of the refusal that rejected the content.';
comment on column document.sealed_subject is 'What the document is sealed for, such as a round. Its content is nowhere in clear before that is opened.';
comment on column document.sealed_name is 'The file name, sealed like the content; file_name says nothing until the opening.';
comment on column document.sealed_as is 'Name of the ciphertext in the file store. It stays after the opening, for proof.';
comment on column document.sha256 is 'Of the plain content; of the ciphertext while a document sealed by the client is not opened.';

create unique index document_by_stored_as on document (stored_as) where stored_as is not null;
create unique index document_by_sealed_as on document (sealed_as) where sealed_as is not null;
create index document_pending_by_organization on document (organization_id, created_at) where state = 'pending';
