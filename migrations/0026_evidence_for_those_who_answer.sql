-- Evidence of an objection is read by those who may read the objection: who finances or evaluates is a third party to it.

alter table document_share
  add column audience text not null default 'staff' check (audience in ('staff', 'handlers'));
comment on column document_share.audience is
  'Whom of the host''s people: staff (all who work on projects) or handlers (host, operator and auditor).';

update document_share set audience = 'handlers'
where document_id in (select document_id from objection_document)
  and document_id not in (select document_id from bid_document);
