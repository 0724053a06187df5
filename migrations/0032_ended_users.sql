-- A person whose standing has ended may be given a new one, and a credential for an expert names one that is on record.
alter table app_user drop constraint app_user_issuer_subject_key;
create unique index app_user_living_subject_key on app_user (issuer, subject) where disabled_at is null;
create index app_user_by_host on app_user (host_id, created_at desc, id desc);

create view expert_host as select id, host_id from expert;
comment on view expert_host is 'All that a credential for an expert is checked by: whether the expert is on record, and whose it is.';
