-- The whole schema after all migrations, written by npm run migrate -- --dump. Read it, never edit or run it.

create table advice_departure (
  round_id uuid not null,
  advice_id uuid not null,
  departures jsonb not null,
  reason text,
  recorded_at timestamp(3) with time zone not null,
  number integer default 1 not null,
  constraint advice_departure_pkey PRIMARY KEY (round_id, number),
  constraint advice_departure_check CHECK (((reason IS NOT NULL) OR (departures = '[]'::jsonb))),
  constraint advice_departure_departures_check CHECK ((jsonb_typeof(departures) = 'array'::text)),
  constraint advice_departure_number_check CHECK ((number >= 1)),
  constraint advice_departure_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
  constraint advice_departure_advice_id_fkey FOREIGN KEY (advice_id) REFERENCES allocation_advice(id),
  constraint advice_departure_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table advice_departure is 'Where the proposed awards depart from the advice, and why. Empty: they follow it.';
CREATE TRIGGER advice_departure_frozen BEFORE DELETE OR UPDATE ON public.advice_departure FOR EACH ROW EXECUTE FUNCTION refuse_changed_advice();

create table agreement (
  id uuid not null,
  version integer default 1 not null,
  award_id uuid not null,
  project_id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  organization_id uuid not null,
  approved_fen bigint not null,
  starts_on date not null,
  ends_on date not null,
  mid_point_on date not null,
  parties text[] not null,
  signatures jsonb not null,
  state text not null,
  effective_on date,
  terminated_on date,
  termination_kind text,
  termination_reason text,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint agreement_pkey PRIMARY KEY (id),
  constraint agreement_once_per_award UNIQUE (award_id),
  constraint agreement_approved_fen_check CHECK (((approved_fen >= 1) AND (approved_fen <= '999999999999999'::bigint))),
  constraint agreement_check CHECK (((ends_on >= starts_on) AND ((mid_point_on >= starts_on) AND (mid_point_on <= ends_on)))),
  constraint agreement_check1 CHECK (((state <> ALL (ARRAY['effective'::text, 'completed'::text])) OR (effective_on IS NOT NULL))),
  constraint agreement_check2 CHECK (((state = 'terminated'::text) = (terminated_on IS NOT NULL))),
  constraint agreement_check3 CHECK ((((terminated_on IS NULL) = (termination_kind IS NULL)) AND ((terminated_on IS NULL) = (termination_reason IS NULL)))),
  constraint agreement_parties_check CHECK (((parties @> '{host,agency}'::text[]) AND (parties <@ '{host,agency,operator}'::text[]))),
  constraint agreement_signatures_check CHECK ((jsonb_typeof(signatures) = 'array'::text)),
  constraint agreement_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'partly_signed'::text, 'effective'::text, 'terminated'::text, 'completed'::text]))),
  constraint agreement_termination_kind_check CHECK ((termination_kind = ANY (ARRAY['mutual'::text, 'breach'::text, 'force_majeure'::text, 'dissolution'::text, 'award_cancelled'::text]))),
  constraint agreement_termination_reason_check CHECK (((char_length(termination_reason) >= 1) AND (char_length(termination_reason) <= 5000))),
  constraint agreement_version_check CHECK ((version >= 1)),
  constraint agreement_award_id_fkey FOREIGN KEY (award_id) REFERENCES award(id),
  constraint agreement_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint agreement_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint agreement_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint agreement_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table agreement is 'The funding agreement of one award: who signed when, and from which day it binds.';
CREATE INDEX agreement_by_creation ON public.agreement USING btree (created_at DESC, id DESC);
CREATE INDEX agreement_by_host ON public.agreement USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX agreement_by_organization ON public.agreement USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX agreement_by_project ON public.agreement USING btree (project_id);
CREATE INDEX agreement_by_round ON public.agreement USING btree (round_id, created_at DESC, id DESC);

create table allocation_advice (
  id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  number integer not null,
  digest text not null,
  document jsonb not null,
  computed_at timestamp(3) with time zone not null,
  constraint allocation_advice_pkey PRIMARY KEY (id),
  constraint allocation_advice_number_key UNIQUE (round_id, number),
  constraint allocation_advice_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint allocation_advice_document_check CHECK ((jsonb_typeof(document) = 'object'::text)),
  constraint allocation_advice_number_check CHECK ((number >= 1)),
  constraint allocation_advice_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint allocation_advice_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table allocation_advice is 'What would cover the greatest weight of needs. It decides nothing; the latest of a round is what proposals are compared to.';
comment on column allocation_advice.digest is 'SHA-256 of the document as canonical JSON.';
CREATE INDEX allocation_advice_by_round ON public.allocation_advice USING btree (round_id, number DESC);
CREATE TRIGGER allocation_advice_frozen BEFORE DELETE OR UPDATE ON public.allocation_advice FOR EACH ROW EXECUTE FUNCTION refuse_changed_advice();

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
CREATE INDEX app_user_by_host ON public.app_user USING btree (host_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX app_user_living_subject_key ON public.app_user USING btree (issuer, subject) WHERE (disabled_at IS NULL);

create table audit (
  id uuid not null,
  version integer default 1 not null,
  host_id uuid not null,
  round_id uuid not null,
  project_id uuid not null,
  organization_id uuid not null,
  auditor_organization_id uuid,
  eligible_fen bigint not null,
  own_matching_fen bigint,
  disallowed jsonb not null,
  opinion text,
  document_ids text[] default '{}'::text[] not null,
  audited_on date not null,
  accepted_on date not null,
  state text not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint audit_pkey PRIMARY KEY (id),
  constraint audit_disallowed_check CHECK ((jsonb_typeof(disallowed) = 'array'::text)),
  constraint audit_document_ids_check CHECK ((cardinality(document_ids) <= 20)),
  constraint audit_eligible_fen_check CHECK ((eligible_fen >= 0)),
  constraint audit_looks_back CHECK ((audited_on <= accepted_on)),
  constraint audit_opinion_check CHECK (((char_length(opinion) >= 1) AND (char_length(opinion) <= 5000))),
  constraint audit_own_matching_fen_check CHECK ((own_matching_fen >= 0)),
  constraint audit_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'superseded'::text]))),
  constraint audit_version_check CHECK ((version >= 1)),
  constraint audit_auditor_organization_id_fkey FOREIGN KEY (auditor_organization_id) REFERENCES organization(id),
  constraint audit_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint audit_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint audit_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint audit_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table audit is 'Which of a project''s expenses the grant may bear. A corrected audit supersedes the one before.';
comment on column audit.own_matching_fen is 'Own funds that were really spent; asked for where the policy enforces matching at the close.';
comment on column audit.disallowed is 'Expenses struck off: category, amount in fen as text, reason code.';
CREATE INDEX audit_by_host ON public.audit USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX audit_by_organization ON public.audit USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX audit_by_project ON public.audit USING btree (project_id, created_at DESC, id DESC);
CREATE INDEX audit_by_round ON public.audit USING btree (round_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX audit_in_force ON public.audit USING btree (project_id) WHERE (state = 'accepted'::text);

create table award (
  id uuid not null,
  version integer default 1 not null,
  round_id uuid not null,
  host_id uuid not null,
  bid_id uuid not null,
  project_id uuid not null,
  need_id uuid not null,
  organization_id uuid not null,
  sponsored_group_id uuid,
  sequence integer not null,
  requested_fen bigint not null,
  approved_fen bigint not null,
  state text not null,
  is_single_bid boolean not null,
  revised_budget jsonb,
  budget_due jsonb,
  notice_closes_at timestamp(3) with time zone,
  decision_id uuid,
  end_reason text,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  notice_id uuid,
  reviewed_by_id uuid,
  constraint award_pkey PRIMARY KEY (id),
  constraint award_budget_check CHECK (((state = ANY (ARRAY['awaiting_budget'::text, 'cancelled'::text, 'declined'::text, 'retracted'::text])) OR (approved_fen = requested_fen) OR (revised_budget IS NOT NULL))),
  constraint award_check CHECK (((approved_fen > 0) AND (approved_fen <= requested_fen))),
  constraint award_check1 CHECK (((state <> ALL (ARRAY['noticed'::text, 'suspended'::text, 'confirmed'::text])) OR (notice_closes_at IS NOT NULL))),
  constraint award_check2 CHECK (((state <> 'confirmed'::text) OR (decision_id IS NOT NULL))),
  constraint award_end_check CHECK (((state = ANY (ARRAY['cancelled'::text, 'declined'::text, 'retracted'::text])) = (end_reason IS NOT NULL))),
  constraint award_end_reason_check CHECK (((char_length(end_reason) >= 1) AND (char_length(end_reason) <= 2000))),
  constraint award_requested_fen_check CHECK ((requested_fen > 0)),
  constraint award_sequence_check CHECK ((sequence >= 1)),
  constraint award_state_check CHECK ((state = ANY (ARRAY['awaiting_budget'::text, 'proposed'::text, 'noticed'::text, 'suspended'::text, 'confirmed'::text, 'cancelled'::text, 'declined'::text, 'retracted'::text]))),
  constraint award_version_check CHECK ((version >= 1)),
  constraint award_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id),
  constraint award_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decision_meeting(id),
  constraint award_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint award_need_id_fkey FOREIGN KEY (need_id) REFERENCES need(id),
  constraint award_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint award_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint award_reviewed_by_id_fkey FOREIGN KEY (reviewed_by_id) REFERENCES organization(id),
  constraint award_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id),
  constraint award_sponsored_group_id_fkey FOREIGN KEY (sponsored_group_id) REFERENCES organization(id)
);
comment on table award is 'Money proposed for one bid, until it is confirmed by a decision meeting or falls away.';
comment on column award.sequence is 'Order of allocation within the round.';
comment on column award.is_single_bid is 'No other bid for the need passed the formal check (单一申报).';
comment on column award.notice_id is 'The notice that announces it; null before, and once that notice is withdrawn.';
comment on column award.reviewed_by_id is 'Who reviews the answer to an objection to it, and reads it for that.';
CREATE UNIQUE INDEX award_bid_key ON public.award USING btree (bid_id) WHERE (state <> 'retracted'::text);
CREATE INDEX award_by_creation ON public.award USING btree (created_at DESC, id DESC);
CREATE INDEX award_by_host ON public.award USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX award_by_need ON public.award USING btree (need_id);
CREATE INDEX award_by_organization ON public.award USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX award_by_project ON public.award USING btree (project_id);
CREATE INDEX award_by_round ON public.award USING btree (round_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX award_sequence_key ON public.award USING btree (round_id, sequence);
CREATE CONSTRAINT TRIGGER award_balances AFTER INSERT OR UPDATE OF approved_fen ON public.award DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION award_sources_balance();

create table award_source (
  award_id uuid not null,
  pool_id uuid not null,
  "position" integer not null,
  source text not null,
  amount_fen bigint not null,
  constraint award_source_pkey PRIMARY KEY (award_id, pool_id),
  constraint award_source_amount_fen_check CHECK ((amount_fen > 0)),
  constraint award_source_position_check CHECK (("position" >= 1)),
  constraint award_source_award_id_fkey FOREIGN KEY (award_id) REFERENCES award(id),
  constraint award_source_pool_id_fkey FOREIGN KEY (pool_id) REFERENCES fund_pool(id)
);
comment on table award_source is 'Which pool pays which part. Kept when an award falls away; the pool is then given its money back.';
CREATE INDEX award_source_by_pool ON public.award_source USING btree (pool_id);
CREATE CONSTRAINT TRIGGER award_source_balances AFTER INSERT OR DELETE OR UPDATE ON public.award_source DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION award_sources_balance();

create table bid (
  id uuid not null,
  version integer default 1 not null,
  round_id uuid not null,
  host_id uuid not null,
  need_id uuid not null,
  project_id uuid not null,
  organization_id uuid not null,
  sponsored_group_id uuid,
  state text not null,
  current_version integer default 0 not null,
  requested_fen bigint,
  submitted_at timestamp(3) with time zone,
  opened_at timestamp(3) with time zone,
  checked_at timestamp(3) with time zone,
  findings jsonb default '[]'::jsonb not null,
  remarks text,
  corrections_used integer default 0 not null,
  correction_due jsonb,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  confirmed_policy_version integer,
  opening_outcome text,
  opening_version integer,
  opening_reason text,
  told_at timestamp(3) with time zone,
  constraint bid_pkey PRIMARY KEY (id),
  constraint bid_confirmed_policy_version_check CHECK ((confirmed_policy_version >= 1)),
  constraint bid_corrections_used_check CHECK ((corrections_used >= 0)),
  constraint bid_current_version_check CHECK ((current_version >= 0)),
  constraint bid_judged_was_opened CHECK (((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'withdrawn'::text])) OR ((opened_at IS NOT NULL) AND (checked_at IS NOT NULL)))),
  constraint bid_opened_is_known CHECK (((opened_at IS NULL) OR (requested_fen IS NOT NULL))),
  constraint bid_opening_outcome_check CHECK ((opening_outcome = ANY (ARRAY['opened'::text, 'failed_bidder'::text, 'failed_platform'::text, 'lapsed'::text]))),
  constraint bid_opening_reason_check CHECK ((opening_reason ~ '^[a-z][a-z_]{0,59}$'::text)),
  constraint bid_opening_version_check CHECK ((opening_version >= 1)),
  constraint bid_outcome_names_its_version CHECK (((opening_outcome IS NULL) = (opening_version IS NULL))),
  constraint bid_remarks_check CHECK (((char_length(remarks) >= 1) AND (char_length(remarks) <= 2000))),
  constraint bid_requested_fen_check CHECK ((requested_fen >= 0)),
  constraint bid_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'returned_for_correction'::text, 'accepted'::text, 'rejected'::text, 'scored'::text, 'proposed'::text, 'reserve'::text, 'not_funded'::text, 'awarded'::text, 'cancelled'::text, 'declined'::text, 'withdrawn'::text]))),
  constraint bid_submitted_has_a_version CHECK (((state = ANY (ARRAY['draft'::text, 'withdrawn'::text])) OR ((current_version >= 1) AND (submitted_at IS NOT NULL)))),
  constraint bid_version_check CHECK ((version >= 1)),
  constraint bid_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint bid_need_id_fkey FOREIGN KEY (need_id) REFERENCES need(id),
  constraint bid_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint bid_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint bid_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id),
  constraint bid_round_id_need_id_fkey FOREIGN KEY (round_id, need_id) REFERENCES round_need(round_id, need_id),
  constraint bid_sponsored_group_id_fkey FOREIGN KEY (sponsored_group_id) REFERENCES organization(id)
);
comment on table bid is 'An application of one agency for one need of a round. Only the bidder sees it until opened_at is set.';
comment on column bid.requested_fen is 'The grant asked; nobody knows it before the opening.';
comment on column bid.opening_outcome is 'Null before the opening. failed_platform can be repaired by the bidder''s own copy.';
comment on column bid.opening_version is 'The version that was in at the deadline; corrections come after it.';
comment on column bid.told_at is 'When its bidder was told of an award: by the notice, or before, because it owes a budget; null until then, and again once the awards are retracted.';
CREATE INDEX bid_by_host ON public.bid USING btree (host_id, created_at DESC, id DESC) WHERE (opened_at IS NOT NULL);
CREATE INDEX bid_by_need ON public.bid USING btree (need_id);
CREATE INDEX bid_by_organization ON public.bid USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX bid_by_project ON public.bid USING btree (project_id);
CREATE INDEX bid_by_round ON public.bid USING btree (round_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX bid_one_per_need ON public.bid USING btree (round_id, need_id, organization_id) WHERE (state <> 'withdrawn'::text);
CREATE UNIQUE INDEX bid_one_per_project ON public.bid USING btree (round_id, project_id) WHERE (state <> 'withdrawn'::text);
CREATE INDEX bid_to_open ON public.bid USING btree (round_id, id) WHERE ((state = 'submitted'::text) AND (opening_outcome IS NULL));

create table bid_document (
  document_id uuid not null,
  bid_id uuid not null,
  findings jsonb default '[]'::jsonb not null,
  constraint bid_document_pkey PRIMARY KEY (document_id),
  constraint bid_document_findings_check CHECK ((jsonb_typeof(findings) = 'array'::text)),
  constraint bid_document_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id),
  constraint bid_document_document_id_fkey FOREIGN KEY (document_id) REFERENCES document(id)
);
comment on table bid_document is 'A file announced for a bid; in rounds with blind review, with what gives the bidder away.';
comment on column bid_document.findings is 'Codes and places alone: before the opening no word of a sealed file is kept.';
CREATE INDEX bid_document_by_bid ON public.bid_document USING btree (bid_id);

create table bid_eligibility (
  bid_id uuid not null,
  number integer not null,
  day date not null,
  facts jsonb not null,
  findings jsonb not null,
  taken_at timestamp(3) with time zone not null,
  constraint bid_eligibility_pkey PRIMARY KEY (bid_id, number),
  constraint bid_eligibility_number_check CHECK ((number >= 1)),
  constraint bid_eligibility_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id)
);
comment on table bid_eligibility is 'What was known of the bidder as of the last day for bids; the highest number counts. No personal data.';
CREATE TRIGGER bid_eligibility_frozen BEFORE DELETE OR UPDATE ON public.bid_eligibility FOR EACH ROW EXECUTE FUNCTION refuse_changed_bid_eligibility();

create table bid_flag (
  id uuid not null,
  version integer default 1 not null,
  bid_id uuid not null,
  code text not null,
  other_bid_id uuid,
  detail text not null,
  state text default 'open'::text not null,
  decided_by text,
  decided_at timestamp(3) with time zone,
  reason text,
  raised_at timestamp(3) with time zone not null,
  constraint bid_flag_pkey PRIMARY KEY (id),
  constraint bid_flag_once UNIQUE NULLS NOT DISTINCT (bid_id, code, other_bid_id),
  constraint bid_flag_check CHECK (((code = 'related_party'::text) = (other_bid_id IS NOT NULL))),
  constraint bid_flag_check1 CHECK (((state = 'open'::text) = (decided_at IS NULL))),
  constraint bid_flag_check2 CHECK ((((decided_at IS NULL) = (reason IS NULL)) AND ((decided_at IS NULL) = (decided_by IS NULL)))),
  constraint bid_flag_code_check CHECK ((code = ANY (ARRAY['double_funding_declared'::text, 'related_party'::text]))),
  constraint bid_flag_detail_check CHECK (((char_length(detail) >= 1) AND (char_length(detail) <= 1000))),
  constraint bid_flag_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
  constraint bid_flag_state_check CHECK ((state = ANY (ARRAY['open'::text, 'cleared'::text, 'confirmed'::text]))),
  constraint bid_flag_version_check CHECK ((version >= 1)),
  constraint bid_flag_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id),
  constraint bid_flag_other_bid_id_fkey FOREIGN KEY (other_bid_id) REFERENCES bid(id)
);
comment on table bid_flag is 'Something about an opened bid that only the host can judge; while it is open the bid is not accepted.';
CREATE INDEX bid_flag_by_other ON public.bid_flag USING btree (other_bid_id) WHERE (other_bid_id IS NOT NULL);

create table bid_opening (
  round_id uuid not null,
  host_id uuid not null,
  state text not null,
  openers text[] not null,
  requested_at timestamp(3) with time zone not null,
  finished_at timestamp(3) with time zone,
  constraint bid_opening_pkey PRIMARY KEY (round_id),
  constraint bid_opening_check CHECK (((state = 'done'::text) = (finished_at IS NOT NULL))),
  constraint bid_opening_openers_check CHECK (((cardinality(openers) >= 1) AND (cardinality(openers) <= 100))),
  constraint bid_opening_state_check CHECK ((state = ANY (ARRAY['awaiting_openers'::text, 'awaiting_shares'::text, 'running'::text, 'awaiting_key'::text, 'done'::text]))),
  constraint bid_opening_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint bid_opening_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table bid_opening is 'The opening of a round''s bids: who asked for it and how far it is.';
CREATE INDEX bid_opening_under_way ON public.bid_opening USING btree (requested_at) WHERE (state = ANY (ARRAY['running'::text, 'awaiting_key'::text]));

create table bid_version (
  bid_id uuid not null,
  number integer not null,
  content jsonb,
  salt bytea not null,
  commitment text not null,
  project_version integer not null,
  submitted_at timestamp(3) with time zone not null,
  sealed bytea,
  manifest jsonb,
  constraint bid_version_pkey PRIMARY KEY (bid_id, number),
  constraint bid_version_content_hash_check CHECK ((commitment ~ '^[0-9a-f]{64}$'::text)),
  constraint bid_version_holds_something CHECK (((content IS NOT NULL) OR (sealed IS NOT NULL))),
  constraint bid_version_number_check CHECK ((number >= 1)),
  constraint bid_version_project_version_check CHECK ((project_version >= 1)),
  constraint bid_version_salt_check CHECK ((octet_length(salt) = 16)),
  constraint bid_version_sealed_has_a_manifest CHECK (((sealed IS NULL) = (manifest IS NULL))),
  constraint bid_version_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id)
);
comment on table bid_version is 'What was submitted, once and for all: sealed before the opening, and readable beside it afterwards.';
comment on column bid_version.commitment is 'SHA-256 of the canonical manifest; for a correction, of salt and canonical content.';
comment on column bid_version.sealed is 'JWE in general JSON serialization, as canonical JSON (RFC 8785).';
CREATE TRIGGER bid_version_frozen BEFORE DELETE OR UPDATE ON public.bid_version FOR EACH ROW EXECUTE FUNCTION refuse_changed_bid_version();

create table calendar_year (
  id uuid not null,
  version integer default 1 not null,
  year integer not null,
  host_id uuid,
  holidays date[] not null,
  makeup_workdays date[] not null,
  source text not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint calendar_year_pkey PRIMARY KEY (id),
  constraint calendar_year_once_per_host UNIQUE NULLS NOT DISTINCT (year, host_id),
  constraint calendar_year_holidays_check CHECK ((cardinality(holidays) <= 366)),
  constraint calendar_year_makeup_workdays_check CHECK ((cardinality(makeup_workdays) <= 366)),
  constraint calendar_year_source_check CHECK (((char_length(source) >= 1) AND (char_length(source) <= 500))),
  constraint calendar_year_version_check CHECK ((version >= 1)),
  constraint calendar_year_year_check CHECK (((year >= 2000) AND (year <= 2100))),
  constraint calendar_year_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id)
);
comment on table calendar_year is 'Holidays and worked weekends of a year as the State Council publishes them. A host that deviates keeps a year of its own, which then counts whole.';
comment on column calendar_year.host_id is 'Null: the national calendar.';
CREATE INDEX calendar_year_by_creation ON public.calendar_year USING btree (created_at DESC, id DESC);
CREATE INDEX calendar_year_by_host ON public.calendar_year USING btree (host_id, created_at DESC, id DESC);

create table carried_need (
  round_id uuid not null,
  need_id uuid not null,
  from_round_id uuid not null,
  reason text not null,
  carried_at timestamp(3) with time zone not null,
  constraint carried_need_pkey PRIMARY KEY (round_id, need_id),
  constraint carried_need_check CHECK ((round_id <> from_round_id)),
  constraint carried_need_reason_check CHECK ((reason ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
  constraint carried_need_from_round_id_fkey FOREIGN KEY (from_round_id) REFERENCES round(id),
  constraint carried_need_need_id_fkey FOREIGN KEY (need_id) REFERENCES need(id),
  constraint carried_need_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table carried_need is 'A need that an earlier round left without an award and that this one offers again.';
CREATE INDEX carried_need_by_origin ON public.carried_need USING btree (from_round_id, need_id);

create table checkpoint (
  size bigint not null,
  root bytea not null,
  hash bytea not null,
  at timestamp(3) with time zone not null,
  jws text not null,
  constraint checkpoint_pkey PRIMARY KEY (size),
  constraint checkpoint_hash_length CHECK ((octet_length(hash) = 32)),
  constraint checkpoint_jws_length CHECK (((length(jws) >= 1) AND (length(jws) <= 4000))),
  constraint checkpoint_root_length CHECK ((octet_length(root) = 32)),
  constraint checkpoint_size_is_positive CHECK ((size > 0))
);
comment on table checkpoint is 'The signed state of the chain, about once a minute while it grows. Kept outside as well: only from outside a cut tail is seen.';
comment on column checkpoint.size is 'Number of the last event it covers.';
comment on column checkpoint.root is 'Root of the Merkle tree over the first size events.';
comment on column checkpoint.hash is 'Hash of the chain at event size.';
CREATE TRIGGER checkpoint_no_change BEFORE DELETE OR UPDATE ON public.checkpoint FOR EACH ROW EXECUTE FUNCTION checkpoint_refuse_change();
CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON public.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION checkpoint_refuse_change();

create table contact_reveal (
  id uuid not null,
  organization_id uuid not null,
  fields text[] not null,
  reason text not null,
  actor text not null,
  revealed_at timestamp(3) with time zone not null,
  constraint contact_reveal_pkey PRIMARY KEY (id),
  constraint contact_reveal_fields_check CHECK (((cardinality(fields) >= 1) AND (cardinality(fields) <= 4))),
  constraint contact_reveal_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
  constraint contact_reveal_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table contact_reveal is 'Who asked for personal data in clear, and why. The event in the chain names this row, never a value.';
CREATE INDEX contact_reveal_by_organization ON public.contact_reveal USING btree (organization_id, revealed_at DESC);

create table credit_listing (
  id uuid not null,
  version integer default 1 not null,
  organization_id uuid not null,
  kind text not null,
  listed_on date not null,
  source text not null,
  removed_on date,
  removal_source text,
  is_annulled boolean default false not null,
  recorded_by text not null,
  created_at timestamp(3) with time zone not null,
  constraint credit_listing_pkey PRIMARY KEY (id),
  constraint credit_listing_once UNIQUE (organization_id, kind, listed_on),
  constraint credit_listing_check CHECK ((removed_on >= listed_on)),
  constraint credit_listing_check1 CHECK (((removed_on IS NULL) = (removal_source IS NULL))),
  constraint credit_listing_check2 CHECK (((removed_on IS NOT NULL) OR (NOT is_annulled))),
  constraint credit_listing_kind_check CHECK ((kind = ANY (ARRAY['abnormal'::text, 'serious'::text, 'violation'::text]))),
  constraint credit_listing_removal_source_check CHECK (((char_length(removal_source) >= 1) AND (char_length(removal_source) <= 500))),
  constraint credit_listing_source_check CHECK (((char_length(source) >= 1) AND (char_length(source) <= 500))),
  constraint credit_listing_version_check CHECK ((version >= 1)),
  constraint credit_listing_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table credit_listing is '活动异常名录 (abnormal), 严重违法失信名单 (serious), major administrative penalty (violation). Never deleted.';
comment on column credit_listing.is_annulled is 'The listing itself was set aside: it counts for nothing, as if it had never been.';
CREATE INDEX credit_listing_by_organization ON public.credit_listing USING btree (organization_id, created_at DESC, id DESC);

create table deadline (
  id uuid not null,
  version integer default 1 not null,
  kind text not null,
  host_id uuid not null,
  subject text not null,
  due_at timestamp(3) with time zone not null,
  resolved jsonb,
  state text not null,
  done_at timestamp(3) with time zone,
  attempts integer default 0 not null,
  retry_at timestamp(3) with time zone,
  last_error text,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint deadline_pkey PRIMARY KEY (id),
  constraint deadline_attempts_check CHECK ((attempts >= 0)),
  constraint deadline_done_has_a_time CHECK (((state = 'done'::text) = (done_at IS NOT NULL))),
  constraint deadline_kind_check CHECK (((kind ~ '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$'::text) AND (char_length(kind) <= 100))),
  constraint deadline_last_error_check CHECK ((char_length(last_error) <= 100)),
  constraint deadline_resolved_check CHECK ((jsonb_typeof(resolved) = 'object'::text)),
  constraint deadline_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'cancelled'::text]))),
  constraint deadline_subject_check CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 100))),
  constraint deadline_version_check CHECK ((version >= 1)),
  constraint deadline_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id)
);
comment on table deadline is 'When something happens by itself. The row is the fact; a queued ring is only its alarm clock, and a sweep does what was not rung.';
comment on column deadline.resolved is 'How the date was derived: start, period, nominal and effective day.';
comment on column deadline.done_at is 'By the clock of the host.';
comment on column deadline.attempts is 'How often the handler failed; it stays waiting and is tried again.';
comment on column deadline.retry_at is 'Not before this moment of the database clock, after a failure.';
comment on column deadline.last_error is 'Code of the last failure, never its text.';
CREATE INDEX deadline_by_host ON public.deadline USING btree (host_id, due_at, id);
CREATE INDEX deadline_by_subject ON public.deadline USING btree (subject, due_at, id);
CREATE INDEX deadline_waiting_by_host ON public.deadline USING btree (host_id, due_at, id) WHERE (state = 'waiting'::text);
CREATE INDEX deadline_waiting_by_time ON public.deadline USING btree (due_at, id) WHERE (state = 'waiting'::text);
CREATE UNIQUE INDEX deadline_waits_once ON public.deadline USING btree (kind, subject) WHERE (state = 'waiting'::text);

create table decision_meeting (
  id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  held_on date not null,
  minutes text not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  attendees integer,
  rejections jsonb default '[]'::jsonb not null,
  constraint decision_meeting_pkey PRIMARY KEY (id),
  constraint decision_meeting_attendees_check CHECK (((attendees >= 1) AND (attendees <= 1000))),
  constraint decision_meeting_minutes_check CHECK (((char_length(minutes) >= 1) AND (char_length(minutes) <= 10000))),
  constraint decision_meeting_rejections_check CHECK ((jsonb_typeof(rejections) = 'array'::text)),
  constraint decision_meeting_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint decision_meeting_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table decision_meeting is 'The meeting that approves awards whose notice has passed (审定).';
comment on column decision_meeting.rejections is 'Awards that the meeting did not confirm, each with its reason.';
CREATE INDEX decision_meeting_by_round ON public.decision_meeting USING btree (round_id, created_at DESC, id DESC);
CREATE TRIGGER decision_meeting_frozen BEFORE DELETE OR UPDATE ON public.decision_meeting FOR EACH ROW EXECUTE FUNCTION refuse_changed_minutes();

create table division (
  code text not null,
  version integer default 1 not null,
  name text not null,
  level text not null,
  parent_code text,
  community_kind text,
  households integer,
  premises_square_metres integer,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint division_pkey PRIMARY KEY (code),
  constraint division_code_check CHECK ((code ~ '^[0-9]{12}$'::text)),
  constraint division_community_kind_check CHECK ((community_kind = ANY (ARRAY['urban'::text, 'village'::text]))),
  constraint division_figures_of_communities CHECK (((level = 'community'::text) OR ((households IS NULL) AND (premises_square_metres IS NULL)))),
  constraint division_households_check CHECK (((households >= 0) AND (households <= 1000000))),
  constraint division_kind_of_communities CHECK (((community_kind IS NOT NULL) = (level = 'community'::text))),
  constraint division_level_check CHECK ((level = ANY (ARRAY['province'::text, 'prefecture'::text, 'county'::text, 'town'::text, 'community'::text]))),
  constraint division_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
  constraint division_parent_by_level CHECK (((parent_code IS NULL) = (level = 'province'::text))),
  constraint division_parent_code_check CHECK ((parent_code ~ '^[0-9]{12}$'::text)),
  constraint division_premises_square_metres_check CHECK (((premises_square_metres >= 0) AND (premises_square_metres <= 1000000))),
  constraint division_version_check CHECK ((version >= 1))
);
comment on table division is 'Administrative divisions from province to community, by their 12-digit codes.';
comment on column division.parent_code is 'Follows from the code; the division above need not be on record.';
CREATE INDEX division_by_level ON public.division USING btree (level, code);
CREATE INDEX division_by_parent ON public.division USING btree (parent_code, code);

create table document (
  id uuid not null,
  version integer default 1 not null,
  organization_id uuid not null,
  created_by text not null,
  file_name text not null,
  media_type text not null,
  byte_size integer not null,
  sha256 text not null,
  state text not null,
  stored_as text,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  scan text,
  scan_signature text,
  refused_for text,
  sealed_subject text,
  sealed_mode text,
  sealed_recipients text[],
  sealed_name bytea,
  sealed_as text,
  ciphertext_sha256 text,
  ciphertext_byte_size integer,
  constraint document_pkey PRIMARY KEY (id),
  constraint document_byte_size_check CHECK (((byte_size >= 1) AND (byte_size <= 52428800))),
  constraint document_ciphertext_byte_size_check CHECK (((ciphertext_byte_size >= 1) AND (ciphertext_byte_size <= 60000000))),
  constraint document_ciphertext_is_whole CHECK (((num_nonnulls(sealed_as, ciphertext_sha256, ciphertext_byte_size) = ANY (ARRAY[0, 3])) AND ((sealed_as IS NULL) OR (sealed_subject IS NOT NULL)))),
  constraint document_ciphertext_sha256_check CHECK ((ciphertext_sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint document_created_by_check CHECK (((char_length(created_by) >= 1) AND (char_length(created_by) <= 100))),
  constraint document_file_name_check CHECK (((char_length(file_name) >= 1) AND (char_length(file_name) <= 200))),
  constraint document_infected_is_quarantined CHECK ((((state = 'quarantined'::text) = (scan_signature IS NOT NULL)) AND ((state = 'quarantined'::text) = (NOT (scan IS DISTINCT FROM 'infected'::text))))),
  constraint document_media_type_check CHECK ((media_type = ANY (ARRAY['application/pdf'::text, 'image/png'::text, 'image/jpeg'::text, 'application/zip'::text, 'application/ofd'::text, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'::text, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'::text]))),
  constraint document_refused_for_check CHECK ((refused_for ~ '^[a-z][a-z0-9_]{2,60}$'::text)),
  constraint document_rejected_says_why CHECK (((state = 'rejected'::text) = (refused_for IS NOT NULL))),
  constraint document_scan_check CHECK ((scan = ANY (ARRAY['not_scanned'::text, 'clean'::text, 'infected'::text]))),
  constraint document_scan_signature_check CHECK (((char_length(scan_signature) >= 1) AND (char_length(scan_signature) <= 200))),
  constraint document_sealed_as_check CHECK ((sealed_as ~ '^[a-z0-9_]{1,80}$'::text)),
  constraint document_sealed_has_ciphertext CHECK (((state <> 'sealed'::text) OR (sealed_as IS NOT NULL))),
  constraint document_sealed_mode_check CHECK ((sealed_mode = ANY (ARRAY['server'::text, 'client'::text]))),
  constraint document_sealed_name_check CHECK (((octet_length(sealed_name) >= 1) AND (octet_length(sealed_name) <= 10000))),
  constraint document_sealed_recipients_check CHECK (((cardinality(sealed_recipients) >= 1) AND (cardinality(sealed_recipients) <= 10))),
  constraint document_sealed_subject_check CHECK (((char_length(sealed_subject) >= 1) AND (char_length(sealed_subject) <= 100))),
  constraint document_sealing_is_whole CHECK ((num_nonnulls(sealed_subject, sealed_mode, sealed_recipients, sealed_name) = ANY (ARRAY[0, 4]))),
  constraint document_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint document_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sealed'::text, 'stored'::text, 'rejected'::text, 'quarantined'::text]))),
  constraint document_stored_as_check CHECK ((stored_as ~ '^[a-z0-9_]{1,80}$'::text)),
  constraint document_stored_has_a_file CHECK (((state = 'stored'::text) = (stored_as IS NOT NULL))),
  constraint document_stored_was_scanned CHECK (((state <> 'stored'::text) OR (scan IS NOT NULL))),
  constraint document_unsealed_was_sealed CHECK (((state <> 'stored'::text) OR (sealed_subject IS NULL) OR (sealed_as IS NOT NULL))),
  constraint document_version_check CHECK ((version >= 1)),
  constraint document_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table document is 'A file that belongs to an organization. First announced with its hash, then uploaded.';
comment on column document.sha256 is 'Of the plain content; of the ciphertext while a document sealed by the client is not opened.';
comment on column document.stored_as is 'Name in the file store, one per upload, so that a failing upload never touches a good file.';
comment on column document.scan is 'What the scanner said of the content; not_scanned: no scanner was set up. Null until the plain content was seen.';
comment on column document.refused_for is 'Code of the refusal that rejected the content.';
comment on column document.sealed_subject is 'What the document is sealed for, such as a round. Its content is nowhere in clear before that is opened.';
comment on column document.sealed_name is 'The file name, sealed like the content; file_name says nothing until the opening.';
comment on column document.sealed_as is 'Name of the ciphertext in the file store. It stays after the opening, for proof.';
CREATE INDEX document_by_organization ON public.document USING btree (organization_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX document_by_sealed_as ON public.document USING btree (sealed_as) WHERE (sealed_as IS NOT NULL);
CREATE UNIQUE INDEX document_by_stored_as ON public.document USING btree (stored_as) WHERE (stored_as IS NOT NULL);
CREATE INDEX document_pending_by_organization ON public.document USING btree (organization_id, created_at) WHERE (state = 'pending'::text);

create table document_share (
  document_id uuid not null,
  host_id uuid not null,
  shared_at timestamp(3) with time zone not null,
  audience text default 'staff'::text not null,
  constraint document_share_pkey PRIMARY KEY (document_id, host_id),
  constraint document_share_audience_check CHECK ((audience = ANY (ARRAY['staff'::text, 'handlers'::text]))),
  constraint document_share_document_id_fkey FOREIGN KEY (document_id) REFERENCES document(id),
  constraint document_share_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id)
);
comment on table document_share is 'Which host organizations may read a document besides its owner: set when a sealed bid is opened, a report is sent in.';
comment on column document_share.audience is 'Whom of the host''s people: staff (all who work on projects) or handlers (host, operator and auditor).';

create table evaluation (
  id uuid not null,
  version integer default 1 not null,
  host_id uuid not null,
  round_id uuid not null,
  project_id uuid not null,
  organization_id uuid not null,
  kind text not null,
  attempt integer not null,
  state text not null,
  rectification_id uuid,
  evaluator_organization_id uuid,
  self_report_id uuid,
  self_report_standing text,
  visit jsonb,
  items jsonb,
  bonus_hundredths integer,
  deduction_hundredths integer,
  vetoes text[] default '{}'::text[] not null,
  total_hundredths integer,
  result text,
  is_fail boolean,
  decided_by text,
  satisfaction jsonb,
  opinion text,
  feedback text,
  scored_at timestamp(3) with time zone,
  published_at timestamp(3) with time zone,
  result_notice_id uuid,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint evaluation_pkey PRIMARY KEY (id),
  constraint evaluation_once_per_attempt UNIQUE (project_id, kind, attempt),
  constraint evaluation_rectification_id_key UNIQUE (rectification_id),
  constraint evaluation_announces_final_results CHECK (((result_notice_id IS NULL) OR ((kind = 'final'::text) AND (state = 'published'::text)))),
  constraint evaluation_attempt_check CHECK (((attempt >= 1) AND (attempt <= 100))),
  constraint evaluation_bonus_hundredths_check CHECK ((bonus_hundredths >= 0)),
  constraint evaluation_decided_by_check CHECK ((decided_by = ANY (ARRAY['score'::text, 'missing_report'::text, 'veto'::text, 'rectification_cap'::text]))),
  constraint evaluation_deduction_hundredths_check CHECK ((deduction_hundredths >= 0)),
  constraint evaluation_feedback_check CHECK (((char_length(feedback) >= 1) AND (char_length(feedback) <= 5000))),
  constraint evaluation_items_check CHECK ((jsonb_typeof(items) = 'array'::text)),
  constraint evaluation_kind_check CHECK ((kind = ANY (ARRAY['mid'::text, 'final'::text]))),
  constraint evaluation_opinion_check CHECK (((char_length(opinion) >= 1) AND (char_length(opinion) <= 5000))),
  constraint evaluation_published_has_a_time CHECK (((state = 'published'::text) = (published_at IS NOT NULL))),
  constraint evaluation_re_evaluates_mid_term CHECK (((rectification_id IS NULL) OR (kind = 'mid'::text))),
  constraint evaluation_result_check CHECK ((result ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
  constraint evaluation_result_has_scores CHECK (((result IS NULL) OR (items IS NOT NULL) OR (decided_by = 'missing_report'::text))),
  constraint evaluation_satisfaction_check CHECK ((jsonb_typeof(satisfaction) = 'object'::text)),
  constraint evaluation_scored_as_a_whole CHECK ((((state = ANY (ARRAY['scored'::text, 'published'::text])) = (result IS NOT NULL)) AND ((result IS NULL) = (is_fail IS NULL)) AND ((result IS NULL) = (decided_by IS NULL)) AND ((result IS NULL) = (total_hundredths IS NULL)) AND ((result IS NULL) = (scored_at IS NULL)))),
  constraint evaluation_scores_follow_a_visit CHECK (((items IS NULL) OR (visit IS NOT NULL))),
  constraint evaluation_self_report_standing_check CHECK ((self_report_standing = ANY (ARRAY['on_time'::text, 'late'::text, 'missing'::text]))),
  constraint evaluation_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'self_assessed'::text, 'visited'::text, 'scored'::text, 'published'::text]))),
  constraint evaluation_total_hundredths_check CHECK ((total_hundredths >= 0)),
  constraint evaluation_version_check CHECK ((version >= 1)),
  constraint evaluation_veto_fails CHECK (((cardinality(vetoes) = 0) OR is_fail)),
  constraint evaluation_vetoes_check CHECK ((cardinality(vetoes) <= 40)),
  constraint evaluation_visit_check CHECK ((jsonb_typeof(visit) = 'object'::text)),
  constraint evaluation_evaluator_organization_id_fkey FOREIGN KEY (evaluator_organization_id) REFERENCES organization(id),
  constraint evaluation_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint evaluation_judges_a_rectification FOREIGN KEY (rectification_id) REFERENCES rectification(id),
  constraint evaluation_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint evaluation_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint evaluation_result_notice_id_fkey FOREIGN KEY (result_notice_id) REFERENCES notice(id),
  constraint evaluation_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id),
  constraint evaluation_self_report_id_fkey FOREIGN KEY (self_report_id) REFERENCES report(id)
);
comment on table evaluation is 'One judgement of a project by evaluators. A re-evaluation is a row of its own, so the first result stays on record.';
comment on column evaluation.attempt is 'Counts the evaluations of this kind for the project from 1.';
comment on column evaluation.rectification_id is 'The rectification whose outcome this re-evaluation judges.';
comment on column evaluation.result is 'pass or fail at mid-term; a grade of the round''s policy at the end.';
comment on column evaluation.decided_by is 'What settled the result: the score, or what overruled it.';
CREATE INDEX evaluation_by_host ON public.evaluation USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX evaluation_by_host_and_state ON public.evaluation USING btree (host_id, state, created_at DESC, id DESC);
CREATE INDEX evaluation_by_organization ON public.evaluation USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX evaluation_by_project ON public.evaluation USING btree (project_id, created_at DESC, id DESC);
CREATE INDEX evaluation_by_round ON public.evaluation USING btree (round_id, created_at DESC, id DESC);

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
  withheld_by text,
  released_at timestamp(3) with time zone,
  salt uuid default gen_random_uuid(),
  constraint event_pkey PRIMARY KEY (id),
  constraint event_seq_unique UNIQUE (seq),
  constraint event_actor_length CHECK (((length(actor) >= 1) AND (length(actor) <= 100))),
  constraint event_data_is_object CHECK ((jsonb_typeof(data) = 'object'::text)),
  constraint event_hash_length CHECK ((octet_length(hash) = 32)),
  constraint event_previous_hash_length CHECK ((octet_length(previous_hash) = 32)),
  constraint event_released_is_not_withheld CHECK (((withheld_by IS NULL) OR (released_at IS NULL))),
  constraint event_request_id_length CHECK (((length(request_id) >= 1) AND (length(request_id) <= 200))),
  constraint event_sealed_as_a_whole CHECK ((((seq IS NULL) = (hash IS NULL)) AND ((seq IS NOT NULL) OR (previous_hash IS NULL)))),
  constraint event_seq_is_positive CHECK ((seq > 0)),
  constraint event_subject_length CHECK (((length(subject) >= 1) AND (length(subject) <= 100))),
  constraint event_type_is_a_name CHECK (((type ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'::text) AND (length(type) <= 100))),
  constraint event_withheld_by_length CHECK (((length(withheld_by) >= 1) AND (length(withheld_by) <= 100))),
  constraint event_withheld_has_no_number CHECK (((withheld_by IS NULL) OR (seq IS NULL)))
);
comment on table event is 'What happened: audit log, outbox and change feed in one. Written in the business transaction, numbered and chained by the sealer afterwards. Holds ids, states and hashes, no personal data in clear.';
comment on column event.transaction_id is 'The sealer numbers a row once no older transaction can still commit.';
comment on column event.at is 'When it happened by the clock that decided, which in a sandbox is the host''s own.';
comment on column event.recorded_at is 'When the row was written by the clock of the database.';
comment on column event.host_id is 'The host organization whose feed shows the event; null for the platform itself.';
comment on column event.seq is 'Place in the feed, without gaps; null until sealed.';
comment on column event.hash is 'SHA-256(previous hash, seq, canonical event); null until sealed.';
comment on column event.withheld_by is 'What must be opened before the event is numbered; until then it is in no feed and in no chain, so that no number tells that it happened. Null: numbered at once.';
comment on column event.released_at is 'When a withheld event was handed to the sealer: it has waited for its number since then.';
comment on column event.salt is 'Random and never shown: without it the hash would let a reader guess the transaction number, and with two of them how much was written in between. Null only in events from before 0010.';
CREATE INDEX event_by_host ON public.event USING btree (host_id, seq);
CREATE INDEX event_by_subject ON public.event USING btree (subject, seq);
CREATE INDEX event_unsealed ON public.event USING btree (transaction_id, id) WHERE ((seq IS NULL) AND (withheld_by IS NULL));
CREATE INDEX event_withheld ON public.event USING btree (withheld_by) WHERE (withheld_by IS NOT NULL);
CREATE TRIGGER event_no_delete BEFORE DELETE ON public.event FOR EACH ROW EXECUTE FUNCTION event_refuse_change();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON public.event FOR EACH STATEMENT EXECUTE FUNCTION event_refuse_change();
CREATE TRIGGER event_released_and_sealed_once BEFORE UPDATE ON public.event FOR EACH ROW EXECUTE FUNCTION event_allow_release_and_sealing();

create table expert (
  id uuid not null,
  version integer default 1 not null,
  host_id uuid not null,
  code text not null,
  fields text[] not null,
  employments jsonb default '[]'::jsonb not null,
  conflict_organization_ids uuid[] default '{}'::uuid[] not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  relations jsonb default '[]'::jsonb not null,
  constraint expert_pkey PRIMARY KEY (id),
  constraint expert_code_key UNIQUE (host_id, code),
  constraint expert_code_check CHECK (((char_length(code) >= 1) AND (char_length(code) <= 40))),
  constraint expert_employments_check CHECK ((jsonb_typeof(employments) = 'array'::text)),
  constraint expert_fields_check CHECK ((cardinality(fields) <= 20)),
  constraint expert_relations_check CHECK ((jsonb_typeof(relations) = 'array'::text)),
  constraint expert_version_check CHECK ((version >= 1)),
  constraint expert_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id)
);
comment on table expert is 'An expert of a host, known here by a code alone; who stands behind it is kept outside the service.';
comment on column expert.employments is 'Where the expert works or worked: what recusal is decided by.';
comment on column expert.relations is 'Declared relations with organizations and those who run them, with their days.';
CREATE INDEX expert_by_creation ON public.expert USING btree (created_at DESC, id DESC);
CREATE INDEX expert_by_host ON public.expert USING btree (host_id, created_at DESC, id DESC);

create table expert_draw (
  id uuid not null,
  version integer default 1 not null,
  round_id uuid not null,
  host_id uuid not null,
  number integer not null,
  state text not null,
  review_on date not null,
  size integer not null,
  quotas jsonb not null,
  candidates jsonb not null,
  conflicts jsonb not null,
  terms_digest text not null,
  host_commitment text,
  service_commitment text not null,
  service_seed_sealed text not null,
  host_seed text,
  service_seed text,
  drop_outs jsonb default '[]'::jsonb not null,
  seats jsonb default '[]'::jsonb not null,
  abandonment_reason text,
  revealed_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint expert_draw_pkey PRIMARY KEY (id),
  constraint expert_draw_number_key UNIQUE (round_id, number),
  constraint expert_draw_abandonment_reason_check CHECK (((char_length(abandonment_reason) >= 1) AND (char_length(abandonment_reason) <= 2000))),
  constraint expert_draw_candidates_check CHECK ((jsonb_typeof(candidates) = 'array'::text)),
  constraint expert_draw_check CHECK (((revealed_at IS NULL) = (service_seed IS NULL))),
  constraint expert_draw_check1 CHECK (((state <> 'revealed'::text) OR (revealed_at IS NOT NULL))),
  constraint expert_draw_check2 CHECK (((state = 'abandoned'::text) = (abandonment_reason IS NOT NULL))),
  constraint expert_draw_conflicts_check CHECK ((jsonb_typeof(conflicts) = 'array'::text)),
  constraint expert_draw_drop_outs_check CHECK ((jsonb_typeof(drop_outs) = 'array'::text)),
  constraint expert_draw_host_commitment_check CHECK ((host_commitment ~ '^[0-9a-f]{64}$'::text)),
  constraint expert_draw_host_seed_check CHECK ((host_seed ~ '^[0-9a-f]{64}$'::text)),
  constraint expert_draw_number_check CHECK ((number >= 1)),
  constraint expert_draw_quotas_check CHECK ((jsonb_typeof(quotas) = 'array'::text)),
  constraint expert_draw_seats_check CHECK ((jsonb_typeof(seats) = 'array'::text)),
  constraint expert_draw_service_commitment_check CHECK ((service_commitment ~ '^[0-9a-f]{64}$'::text)),
  constraint expert_draw_service_seed_check CHECK ((service_seed ~ '^[0-9a-f]{64}$'::text)),
  constraint expert_draw_service_seed_sealed_check CHECK ((service_seed_sealed ~~ 'v1.%'::text)),
  constraint expert_draw_size_check CHECK ((size >= 1)),
  constraint expert_draw_state_check CHECK ((state = ANY (ARRAY['committed'::text, 'revealed'::text, 'abandoned'::text]))),
  constraint expert_draw_terms_digest_check CHECK ((terms_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint expert_draw_version_check CHECK ((version >= 1)),
  constraint expert_draw_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint expert_draw_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table expert_draw is 'A draw of experts: terms, candidates and commitments are frozen before any seed is shown.';
comment on column expert_draw.conflicts is 'Why candidates are linked with bidders: paths, for the host''s side alone.';
comment on column expert_draw.service_seed_sealed is 'The service''s seed under the key of personal data until it is shown.';
CREATE INDEX expert_draw_by_round ON public.expert_draw USING btree (round_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX expert_draw_standing_key ON public.expert_draw USING btree (round_id) WHERE (state <> 'abandoned'::text);
CREATE TRIGGER expert_draw_frozen BEFORE DELETE OR UPDATE ON public.expert_draw FOR EACH ROW EXECUTE FUNCTION refuse_changed_expert_draw();

create table fixed_amount (
  bid_id uuid not null,
  round_id uuid not null,
  approved_fen bigint not null,
  fixed_at timestamp(3) with time zone not null,
  constraint fixed_amount_pkey PRIMARY KEY (bid_id),
  constraint fixed_amount_approved_fen_check CHECK ((approved_fen > 0)),
  constraint fixed_amount_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id),
  constraint fixed_amount_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table fixed_amount is 'Amounts that the host fixed for ranked bids, below what they asked for.';
CREATE INDEX fixed_amount_by_round ON public.fixed_amount USING btree (round_id);

create table fund_pool (
  id uuid not null,
  round_id uuid not null,
  "position" integer not null,
  source text not null,
  name text not null,
  size_fen bigint not null,
  allocated_fen bigint default 0 not null,
  purposes text[],
  fields text[],
  constraint fund_pool_pkey PRIMARY KEY (id),
  constraint fund_pool_round_id_position_key UNIQUE (round_id, "position"),
  constraint fund_pool_check CHECK (((allocated_fen >= 0) AND (allocated_fen <= size_fen))),
  constraint fund_pool_fields_check CHECK ((cardinality(fields) >= 1)),
  constraint fund_pool_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
  constraint fund_pool_position_check CHECK ((("position" >= 1) AND ("position" <= 20))),
  constraint fund_pool_purposes_check CHECK ((cardinality(purposes) >= 1)),
  constraint fund_pool_size_fen_check CHECK ((size_fen > 0)),
  constraint fund_pool_source_check CHECK ((source = ANY (ARRAY['welfare_lottery'::text, 'fiscal'::text, 'foundation'::text, 'enterprise'::text, 'village_collective'::text, 'other'::text]))),
  constraint fund_pool_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table fund_pool is 'Money of one source in one round. Purposes and fields say which needs it may serve; null means any.';

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
CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING brin (created_at);

create table key_share (
  round_id uuid not null,
  "position" integer not null,
  officer_name text not null,
  officer_jwk jsonb not null,
  sealed_share text not null,
  share_hash text not null,
  handed_in text,
  handed_in_by text,
  handed_in_at timestamp(3) with time zone,
  constraint key_share_pkey PRIMARY KEY (round_id, "position"),
  constraint key_share_check CHECK (((handed_in_at IS NULL) = (handed_in_by IS NULL))),
  constraint key_share_handed_in_by_check CHECK (((char_length(handed_in_by) >= 1) AND (char_length(handed_in_by) <= 100))),
  constraint key_share_officer_jwk_check CHECK ((NOT (officer_jwk ? 'd'::text))),
  constraint key_share_officer_name_check CHECK (((char_length(officer_name) >= 1) AND (char_length(officer_name) <= 100))),
  constraint key_share_position_check CHECK ((("position" >= 1) AND ("position" <= 20))),
  constraint key_share_share_hash_check CHECK ((share_hash ~ '^[0-9a-f]{64}$'::text)),
  constraint key_share_round_id_fkey FOREIGN KEY (round_id) REFERENCES sealing_key(round_id)
);
comment on table key_share is 'One officer''s share of a round key, readable by that officer alone.';
comment on column key_share.handed_in is 'Under the key of the service, after the deadline and until the key is restored; then null again.';

create table ledger_account (
  id uuid not null,
  round_id uuid not null,
  pool_id uuid not null,
  source text not null,
  project_id uuid,
  kind text not null,
  balance_fen bigint default 0 not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint ledger_account_pkey PRIMARY KEY (id),
  constraint ledger_account_once UNIQUE NULLS NOT DISTINCT (pool_id, project_id, kind),
  constraint ledger_account_check CHECK (((kind = 'budget'::text) = (project_id IS NULL))),
  constraint ledger_account_floor CHECK (
CASE kind
    WHEN 'budget'::text THEN (balance_fen <= 0)
    ELSE (balance_fen >= 0)
END),
  constraint ledger_account_kind_check CHECK ((kind = ANY (ARRAY['budget'::text, 'advance'::text, 'expense'::text, 'receivable'::text]))),
  constraint ledger_account_source_check CHECK ((source = ANY (ARRAY['welfare_lottery'::text, 'fiscal'::text, 'foundation'::text, 'enterprise'::text, 'village_collective'::text, 'other'::text]))),
  constraint ledger_account_pool_id_fkey FOREIGN KEY (pool_id) REFERENCES fund_pool(id),
  constraint ledger_account_project_id_fkey FOREIGN KEY (project_id) REFERENCES project_grant(project_id),
  constraint ledger_account_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table ledger_account is 'budget: money of a pool that is out; advance: with the agency, not yet accounted for; expense: accepted; receivable: claimed back.';
comment on column ledger_account.balance_fen is 'The sum of its entries, kept by the trigger on ledger_entry and by nothing else.';
CREATE INDEX ledger_account_by_project ON public.ledger_account USING btree (project_id) WHERE (project_id IS NOT NULL);
CREATE INDEX ledger_account_by_round ON public.ledger_account USING btree (round_id, kind);
CREATE TRIGGER ledger_account_changes_by_entries BEFORE UPDATE ON public.ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_guard_account();
CREATE TRIGGER ledger_account_kept BEFORE DELETE ON public.ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

create table ledger_entry (
  transaction_id uuid not null,
  account_id uuid not null,
  amount_fen bigint not null,
  constraint ledger_entry_pkey PRIMARY KEY (transaction_id, account_id),
  constraint ledger_entry_amount_fen_check CHECK (((amount_fen <> 0) AND (abs(amount_fen) <= '999999999999999'::bigint))),
  constraint ledger_entry_account_id_fkey FOREIGN KEY (account_id) REFERENCES ledger_account(id),
  constraint ledger_entry_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES ledger_transaction(id)
);
comment on column ledger_entry.amount_fen is 'Debits are positive, credits negative.';
CREATE INDEX ledger_entry_by_account ON public.ledger_entry USING btree (account_id);
CREATE TRIGGER ledger_entry_adds_to_balance AFTER INSERT ON public.ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_add_to_balance();
CREATE TRIGGER ledger_entry_append_only BEFORE DELETE OR UPDATE ON public.ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON public.ledger_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balance();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

create table ledger_transaction (
  id uuid not null,
  kind text not null,
  project_id uuid not null,
  tranche_id uuid,
  happened_on date not null,
  recorded_by text not null,
  recorded_at timestamp(3) with time zone not null,
  constraint ledger_transaction_pkey PRIMARY KEY (id),
  constraint ledger_transaction_tranche_paid_once UNIQUE (tranche_id),
  constraint ledger_transaction_check CHECK (((kind = 'payment'::text) = (tranche_id IS NOT NULL))),
  constraint ledger_transaction_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'settlement'::text, 'refund_claim'::text, 'refund_receipt'::text]))),
  constraint ledger_transaction_recorded_by_check CHECK (((char_length(recorded_by) >= 1) AND (char_length(recorded_by) <= 100))),
  constraint ledger_transaction_project_id_fkey FOREIGN KEY (project_id) REFERENCES project_grant(project_id),
  constraint ledger_transaction_tranche_id_fkey FOREIGN KEY (tranche_id) REFERENCES tranche(id)
);
comment on table ledger_transaction is 'Double entry: the entries of a transaction sum to zero. A correction is a new transaction.';
CREATE INDEX ledger_transaction_by_project ON public.ledger_transaction USING btree (project_id, recorded_at, id);
CREATE TRIGGER ledger_transaction_append_only BEFORE DELETE OR UPDATE ON public.ledger_transaction FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT ON public.ledger_transaction DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balance();
CREATE TRIGGER ledger_transaction_no_truncate BEFORE TRUNCATE ON public.ledger_transaction FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

create table level_decision (
  bid_id uuid not null,
  number integer not null,
  "position" integer not null,
  organization_id uuid not null,
  decision text not null,
  reason text,
  decided_by text not null,
  decided_at timestamp(3) with time zone not null,
  constraint level_decision_pkey PRIMARY KEY (bid_id, number),
  constraint level_decision_check CHECK (((decision = 'forward'::text) OR (reason IS NOT NULL))),
  constraint level_decision_decided_by_check CHECK (((char_length(decided_by) >= 1) AND (char_length(decided_by) <= 64))),
  constraint level_decision_decision_check CHECK ((decision = ANY (ARRAY['forward'::text, 'return'::text, 'resume'::text, 'silence'::text]))),
  constraint level_decision_number_check CHECK ((number >= 1)),
  constraint level_decision_position_check CHECK (("position" >= 1)),
  constraint level_decision_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
  constraint level_decision_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES level_review(bid_id),
  constraint level_decision_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table level_decision is 'What each level decided on a bid, in order. None ever changes.';
CREATE TRIGGER level_decision_frozen BEFORE DELETE OR UPDATE ON public.level_decision FOR EACH ROW EXECUTE FUNCTION refuse_changed_level_decision();

create table level_review (
  bid_id uuid not null,
  version integer default 1 not null,
  round_id uuid not null,
  host_id uuid not null,
  organization_ids uuid[] not null,
  "position" integer not null,
  reached integer not null,
  state text not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  due_on date,
  constraint level_review_pkey PRIMARY KEY (bid_id),
  constraint level_review_check CHECK ((("position" >= 1) AND ("position" <= cardinality(organization_ids)))),
  constraint level_review_check1 CHECK (((reached >= "position") AND (reached <= cardinality(organization_ids)))),
  constraint level_review_check2 CHECK (((state <> 'forwarded'::text) OR ("position" = cardinality(organization_ids)))),
  constraint level_review_check3 CHECK (((state <> 'returned'::text) OR ("position" = 1))),
  constraint level_review_organization_ids_check CHECK ((cardinality(organization_ids) >= 1)),
  constraint level_review_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'returned'::text, 'forwarded'::text]))),
  constraint level_review_version_check CHECK ((version >= 1)),
  constraint level_review_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id),
  constraint level_review_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint level_review_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table level_review is 'How far a bid has come through the levels of review, and who reviews it at each.';
comment on column level_review.reached is 'The highest level that has had the bid: that far its reviewers may read it.';
comment on column level_review.due_on is 'The last day of the level that has the bid; null where the policy sets none.';
CREATE INDEX level_review_by_reviewer ON public.level_review USING gin (organization_ids);
CREATE INDEX level_review_by_round ON public.level_review USING btree (round_id, bid_id DESC);

create table lot_drawing (
  id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  bid_ids uuid[] not null,
  place text not null,
  witnesses text[] not null,
  drawn_at timestamp(3) with time zone not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint lot_drawing_pkey PRIMARY KEY (id),
  constraint lot_drawing_bid_ids_check CHECK ((cardinality(bid_ids) >= 2)),
  constraint lot_drawing_place_check CHECK (((char_length(place) >= 1) AND (char_length(place) <= 200))),
  constraint lot_drawing_witnesses_check CHECK (((cardinality(witnesses) >= 1) AND (cardinality(witnesses) <= 20))),
  constraint lot_drawing_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint lot_drawing_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table lot_drawing is 'A public lot among bids that nothing else separates, in the order in which they were drawn.';
CREATE INDEX lot_drawing_by_round ON public.lot_drawing USING btree (round_id, created_at DESC, id DESC);

create table meeting_correction (
  id uuid not null,
  meeting_id uuid not null,
  number integer not null,
  minutes text not null,
  reason text not null,
  corrected_at timestamp(3) with time zone not null,
  constraint meeting_correction_pkey PRIMARY KEY (id),
  constraint meeting_correction_number_key UNIQUE (meeting_id, number),
  constraint meeting_correction_minutes_check CHECK (((char_length(minutes) >= 1) AND (char_length(minutes) <= 10000))),
  constraint meeting_correction_number_check CHECK ((number >= 1)),
  constraint meeting_correction_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
  constraint meeting_correction_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES decision_meeting(id)
);
comment on table meeting_correction is 'Corrected minutes beside the first ones; which awards were confirmed never changes.';
CREATE TRIGGER meeting_correction_frozen BEFORE DELETE OR UPDATE ON public.meeting_correction FOR EACH ROW EXECUTE FUNCTION refuse_changed_minutes();

create table merkle_node (
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  constraint merkle_node_pkey PRIMARY KEY (level, index),
  constraint merkle_node_hash_length CHECK ((octet_length(hash) = 32)),
  constraint merkle_node_index_not_negative CHECK ((index >= 0)),
  constraint merkle_node_level_range CHECK (((level >= 4) AND (level <= 62)))
);
comment on table merkle_node is 'Complete subtrees of the Merkle tree (RFC 6962) over the hashes of the events, from 16 events on; smaller ones are computed from the events. Derived: audit:verify recomputes them.';
comment on column merkle_node.level is 'The subtree covers 2^level events.';
comment on column merkle_node.index is 'It covers the events from index * 2^level + 1 on.';
CREATE TRIGGER merkle_node_no_change BEFORE DELETE OR UPDATE ON public.merkle_node FOR EACH ROW EXECUTE FUNCTION checkpoint_refuse_change();
CREATE TRIGGER merkle_node_no_truncate BEFORE TRUNCATE ON public.merkle_node FOR EACH STATEMENT EXECUTE FUNCTION checkpoint_refuse_change();

create table migration (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint migration_pkey PRIMARY KEY (number)
);
comment on table migration is 'Which migrations this database has seen, with the SHA-256 of each file.';

create table milestone (
  id uuid not null,
  project_id uuid not null,
  host_id uuid not null,
  organization_id uuid not null,
  kind text not null,
  falls_on date not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint milestone_pkey PRIMARY KEY (id),
  constraint milestone_once UNIQUE (project_id, kind),
  constraint milestone_kind_check CHECK ((kind = ANY (ARRAY['mid_point'::text, 'end'::text]))),
  constraint milestone_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint milestone_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint milestone_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id)
);
comment on table milestone is 'The days from which a project''s reports count.';

create table need (
  id uuid not null,
  version integer not null,
  code text,
  host_id uuid not null,
  division_code text not null,
  title text not null,
  description text not null,
  beneficiary_group text not null,
  beneficiary_count integer not null,
  beneficiary_unit text not null,
  service_field text not null,
  lottery_purpose text,
  reference_budget_fen bigint not null,
  source text,
  state text not null,
  published_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  constraint need_pkey PRIMARY KEY (id),
  constraint need_code_key UNIQUE (host_id, code),
  constraint need_beneficiary_count_check CHECK (((beneficiary_count >= 1) AND (beneficiary_count <= 1000000))),
  constraint need_beneficiary_group_check CHECK ((beneficiary_group = ANY (ARRAY['elderly'::text, 'empty_nest'::text, 'disabled_elderly'::text, 'left_behind_elderly'::text, 'left_behind_women'::text, 'left_behind_children'::text, 'child_in_difficulty'::text, 'youth'::text, 'women'::text, 'disabled'::text, 'mental_disorder'::text, 'dibao'::text, 'dibao_marginal'::text, 'tekun'::text, 'migrant'::text, 'correction'::text, 'veteran'::text, 'residents'::text]))),
  constraint need_beneficiary_unit_check CHECK ((beneficiary_unit = ANY (ARRAY['persons'::text, 'households'::text, 'estates'::text]))),
  constraint need_check CHECK (((state = ANY (ARRAY['draft'::text, 'verified'::text, 'withdrawn'::text])) OR (published_at IS NOT NULL))),
  constraint need_check1 CHECK (((state <> ALL (ARRAY['draft'::text, 'verified'::text])) OR (published_at IS NULL))),
  constraint need_code_check CHECK (((char_length(code) >= 1) AND (char_length(code) <= 40))),
  constraint need_description_check CHECK (((char_length(description) >= 1) AND (char_length(description) <= 5000))),
  constraint need_lottery_purpose_check CHECK ((lottery_purpose = ANY (ARRAY['elderly'::text, 'disabled'::text, 'orphans'::text, 'poverty'::text]))),
  constraint need_reference_budget_fen_check CHECK ((reference_budget_fen >= 0)),
  constraint need_service_field_check CHECK ((service_field = ANY (ARRAY['elderly_care'::text, 'disability'::text, 'child_youth'::text, 'relief'::text, 'governance'::text, 'negotiation'::text, 'safety'::text, 'culture'::text, 'volunteer_incubation'::text, 'health'::text, 'family'::text, 'school_social_work'::text, 'medical_social_work'::text, 'other'::text]))),
  constraint need_source_check CHECK (((char_length(source) >= 1) AND (char_length(source) <= 100))),
  constraint need_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'verified'::text, 'published'::text, 'matched'::text, 'no_award'::text, 'withdrawn'::text]))),
  constraint need_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
  constraint need_version_check CHECK ((version >= 1)),
  constraint need_division_code_fkey FOREIGN KEY (division_code) REFERENCES division(code),
  constraint need_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id)
);
comment on table need is 'Needs list (需求清单): what a community asks for; draft, verified, published, then matched, no_award or withdrawn.';
comment on column need.lottery_purpose is 'The purpose of the welfare-lottery fund that the need serves; null when it serves none.';
CREATE INDEX need_by_creation ON public.need USING btree (created_at DESC, id DESC);
CREATE INDEX need_by_division ON public.need USING btree (division_code COLLATE "C", created_at DESC, id DESC);
CREATE INDEX need_by_field ON public.need USING btree (service_field, created_at DESC, id DESC);
CREATE INDEX need_by_host ON public.need USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX need_by_state ON public.need USING btree (state, created_at DESC, id DESC);

create table notice (
  id uuid not null,
  version integer default 1 not null,
  round_id uuid not null,
  host_id uuid not null,
  kind text not null,
  number integer not null,
  snapshot jsonb not null,
  digest text not null,
  published_at timestamp(3) with time zone not null,
  window_resolved jsonb not null,
  closes_at timestamp(3) with time zone not null,
  state text not null,
  supersedes_id uuid,
  withdrawn_at timestamp(3) with time zone,
  withdrawal_reason text,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  version_number integer default 1 not null,
  constraint notice_pkey PRIMARY KEY (id),
  constraint notice_number_unique UNIQUE (round_id, number),
  constraint notice_supersedes_id_key UNIQUE (supersedes_id),
  constraint notice_check CHECK ((closes_at > published_at)),
  constraint notice_check1 CHECK (((state = 'withdrawn'::text) = (withdrawn_at IS NOT NULL))),
  constraint notice_check2 CHECK (((withdrawn_at IS NULL) = (withdrawal_reason IS NULL))),
  constraint notice_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint notice_kind_check CHECK ((kind = ANY (ARRAY['award'::text, 'evaluation_result'::text]))),
  constraint notice_number_check CHECK ((number >= 1)),
  constraint notice_snapshot_check CHECK ((jsonb_typeof(snapshot) = 'object'::text)),
  constraint notice_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text, 'withdrawn'::text]))),
  constraint notice_version_check CHECK ((version >= 1)),
  constraint notice_version_number_check CHECK ((version_number >= 1)),
  constraint notice_window_resolved_check CHECK ((jsonb_typeof(window_resolved) = 'object'::text)),
  constraint notice_withdrawal_reason_check CHECK (((char_length(withdrawal_reason) >= 1) AND (char_length(withdrawal_reason) <= 2000))),
  constraint notice_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint notice_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id),
  constraint notice_supersedes_id_fkey FOREIGN KEY (supersedes_id) REFERENCES notice(id)
);
comment on table notice is 'What was made public, word for word. A mistake is never mended in place: the notice is withdrawn and a new one names it.';
comment on column notice.number is 'Counts the notices of a round from 1.';
comment on column notice.digest is 'SHA-256 of the snapshot''s canonical JSON (RFC 8785), in hex: whoever kept a copy can prove it.';
comment on column notice.window_resolved is 'How the last day came about; a calendar published later never moves it.';
comment on column notice.closes_at is 'The first moment at which an objection is late.';
comment on column notice.version_number is 'How many notices this one takes the place of, and itself.';
CREATE INDEX notice_by_creation ON public.notice USING btree (created_at DESC, id DESC);
CREATE INDEX notice_by_host ON public.notice USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX notice_by_round ON public.notice USING btree (round_id, created_at DESC, id DESC);
CREATE INDEX notice_open ON public.notice USING btree (published_at) WHERE (state = 'open'::text);
CREATE TRIGGER notice_never_deleted BEFORE DELETE ON public.notice FOR EACH ROW EXECUTE FUNCTION notice_refuse_deletion();
CREATE TRIGGER notice_never_rewritten BEFORE UPDATE ON public.notice FOR EACH ROW EXECUTE FUNCTION notice_refuse_rewriting();

create table notice_extension (
  notice_id uuid not null,
  number integer not null,
  document jsonb not null,
  digest text not null,
  added_at timestamp(3) with time zone not null,
  constraint notice_extension_pkey PRIMARY KEY (notice_id, number),
  constraint notice_extension_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint notice_extension_document_check CHECK ((jsonb_typeof(document) = 'object'::text)),
  constraint notice_extension_number_check CHECK ((number >= 1)),
  constraint notice_extension_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notice(id)
);
comment on table notice_extension is 'Dated addenda: working days added because the public page was not reachable. The notice itself stays word for word.';
comment on column notice_extension.digest is 'SHA-256 of the document as canonical JSON.';
CREATE TRIGGER notice_extension_frozen BEFORE DELETE OR UPDATE ON public.notice_extension FOR EACH ROW EXECUTE FUNCTION refuse_changed_notice_record();

create table notice_probe (
  notice_id uuid not null,
  at timestamp(3) with time zone not null,
  is_reachable boolean not null,
  via text not null,
  status integer,
  duration_ms integer not null,
  constraint notice_probe_pkey PRIMARY KEY (notice_id, at),
  constraint notice_probe_duration_ms_check CHECK ((duration_ms >= 0)),
  constraint notice_probe_status_check CHECK (((status >= 100) AND (status <= 599))),
  constraint notice_probe_via_check CHECK ((via = ANY (ARRAY['public_address'::text, 'own_page'::text]))),
  constraint notice_probe_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notice(id)
);
comment on table notice_probe is 'Whether the public page of an open notice could be read at a moment. Time without probes is unknown.';
comment on column notice_probe.status is 'Status of the answer; null when there was none.';
CREATE TRIGGER notice_probe_frozen BEFORE DELETE OR UPDATE ON public.notice_probe FOR EACH ROW EXECUTE FUNCTION refuse_changed_notice_record();

create table objection (
  id uuid not null,
  version integer default 1 not null,
  notice_id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  subject text not null,
  award_id uuid,
  filed_by_organization_id uuid,
  is_anonymous boolean not null,
  grounds text not null,
  requested_remedy text,
  filed_at timestamp(3) with time zone not null,
  state text not null,
  answer_due_resolved jsonb,
  accepted_at timestamp(3) with time zone,
  decided_at timestamp(3) with time zone,
  decision_reasons text,
  successor_award_id uuid,
  overdue_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  kind text not null,
  appeals_id uuid,
  reviewed_by_id uuid,
  notice_digest text not null,
  ground_codes jsonb not null,
  awarded_organization_id uuid,
  inadmissible_because text,
  appealed_to_id uuid,
  constraint objection_pkey PRIMARY KEY (id),
  constraint objection_answer_due_resolved_check CHECK ((jsonb_typeof(answer_due_resolved) = 'object'::text)),
  constraint objection_answered_has_day CHECK (((state = ANY (ARRAY['rejected_as_late'::text, 'logged'::text])) = (answer_due_resolved IS NULL))),
  constraint objection_check CHECK ((is_anonymous = (filed_by_organization_id IS NULL))),
  constraint objection_check1 CHECK ((is_anonymous = (state = 'logged'::text))),
  constraint objection_decision_reasons_check CHECK (((char_length(decision_reasons) >= 1) AND (char_length(decision_reasons) <= 5000))),
  constraint objection_ended_has_day CHECK (((state = ANY (ARRAY['upheld'::text, 'partly_upheld'::text, 'dismissed'::text, 'inadmissible'::text, 'withdrawn'::text])) = (decided_at IS NOT NULL))),
  constraint objection_ended_has_reasons CHECK (((state = ANY (ARRAY['filed'::text, 'accepted'::text, 'paused'::text, 'logged'::text])) OR (decision_reasons IS NOT NULL))),
  constraint objection_ground_codes_check CHECK ((jsonb_typeof(ground_codes) = 'array'::text)),
  constraint objection_grounds_check CHECK (((char_length(grounds) >= 1) AND (char_length(grounds) <= 5000))),
  constraint objection_inadmissible_because_check CHECK ((inadmissible_because = ANY (ARRAY['not_a_party'::text, 'out_of_scope'::text, 'no_facts'::text, 'repeated'::text]))),
  constraint objection_inadmissible_has_code CHECK (((state = 'inadmissible'::text) = (inadmissible_because IS NOT NULL))),
  constraint objection_kind_check CHECK ((kind = ANY (ARRAY['objection'::text, 'query'::text, 'appeal'::text, 'complaint'::text]))),
  constraint objection_notice_digest_check CHECK ((notice_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint objection_requested_remedy_check CHECK (((char_length(requested_remedy) >= 1) AND (char_length(requested_remedy) <= 2000))),
  constraint objection_reviewed_by_another CHECK (((reviewed_by_id IS NULL) OR (appeals_id IS NOT NULL))),
  constraint objection_second_instance CHECK (((kind = ANY (ARRAY['appeal'::text, 'complaint'::text])) = (appeals_id IS NOT NULL))),
  constraint objection_state_check CHECK ((state = ANY (ARRAY['filed'::text, 'accepted'::text, 'paused'::text, 'inadmissible'::text, 'rejected_as_late'::text, 'upheld'::text, 'partly_upheld'::text, 'dismissed'::text, 'withdrawn'::text, 'logged'::text]))),
  constraint objection_subject_check CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 100))),
  constraint objection_version_check CHECK ((version >= 1)),
  constraint objection_appealed_to_id_fkey FOREIGN KEY (appealed_to_id) REFERENCES organization(id),
  constraint objection_appeals_id_fkey FOREIGN KEY (appeals_id) REFERENCES objection(id),
  constraint objection_award_id_fkey FOREIGN KEY (award_id) REFERENCES award(id),
  constraint objection_awarded_organization_id_fkey FOREIGN KEY (awarded_organization_id) REFERENCES organization(id),
  constraint objection_filed_by_organization_id_fkey FOREIGN KEY (filed_by_organization_id) REFERENCES organization(id),
  constraint objection_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint objection_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notice(id),
  constraint objection_reviewed_by_id_fkey FOREIGN KEY (reviewed_by_id) REFERENCES organization(id),
  constraint objection_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id),
  constraint objection_successor_award_id_fkey FOREIGN KEY (successor_award_id) REFERENCES award(id)
);
comment on table objection is 'Everything that was filed against a notice, late and anonymous filings included: nothing is dropped in silence.';
comment on column objection.subject is 'TypeID of the notice''s item that is objected to: an award or an evaluation.';
comment on column objection.successor_award_id is 'The award that was proposed instead, after the objection was upheld.';
comment on column objection.overdue_at is 'When the day of answer passed without a decision.';
comment on column objection.kind is 'An objection by the round''s own rules; by the procurement law a query (质疑). An appeal follows the one, a complaint (投诉) the other.';
comment on column objection.appeals_id is 'The objection or query whose answer this one asks to review.';
comment on column objection.reviewed_by_id is 'Who decides instead of the host.';
comment on column objection.notice_digest is 'The words that were objected to.';
comment on column objection.appealed_to_id is 'Who reviews the answer to it: that organization reads it whole.';
CREATE INDEX objection_by_appealed_to ON public.objection USING btree (appealed_to_id, created_at DESC, id DESC) WHERE (appealed_to_id IS NOT NULL);
CREATE INDEX objection_by_award ON public.objection USING btree (award_id, created_at DESC, id DESC) WHERE (award_id IS NOT NULL);
CREATE INDEX objection_by_awarded ON public.objection USING btree (awarded_organization_id, created_at DESC, id DESC) WHERE (accepted_at IS NOT NULL);
CREATE INDEX objection_by_creation ON public.objection USING btree (created_at DESC, id DESC);
CREATE INDEX objection_by_filer ON public.objection USING btree (filed_by_organization_id, created_at DESC, id DESC) WHERE (filed_by_organization_id IS NOT NULL);
CREATE INDEX objection_by_host ON public.objection USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX objection_by_host_and_state ON public.objection USING btree (host_id, state, created_at DESC, id DESC);
CREATE INDEX objection_by_notice ON public.objection USING btree (notice_id, created_at DESC, id DESC);
CREATE INDEX objection_by_reviewer ON public.objection USING btree (reviewed_by_id, created_at DESC, id DESC) WHERE (reviewed_by_id IS NOT NULL);
CREATE INDEX objection_open_by_subject ON public.objection USING btree (subject) WHERE (state = ANY (ARRAY['filed'::text, 'accepted'::text, 'paused'::text]));
CREATE UNIQUE INDEX objection_reviewed_once ON public.objection USING btree (appeals_id) WHERE (state <> 'rejected_as_late'::text);

create table objection_cooperation (
  objection_id uuid not null,
  organization_id uuid not null,
  request text not null,
  requested_at timestamp(3) with time zone not null,
  due_resolved jsonb not null,
  state text not null,
  settled_at timestamp(3) with time zone,
  constraint objection_cooperation_pkey PRIMARY KEY (objection_id),
  constraint objection_cooperation_check CHECK (((state = 'waiting'::text) = (settled_at IS NULL))),
  constraint objection_cooperation_due_resolved_check CHECK ((jsonb_typeof(due_resolved) = 'object'::text)),
  constraint objection_cooperation_request_check CHECK (((char_length(request) >= 1) AND (char_length(request) <= 2000))),
  constraint objection_cooperation_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'answered'::text, 'refused'::text]))),
  constraint objection_cooperation_objection_id_fkey FOREIGN KEY (objection_id) REFERENCES objection(id),
  constraint objection_cooperation_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table objection_cooperation is 'The host asked the awarded organization for a statement by a day; `refused`: none had come by then.';

create table objection_document (
  objection_id uuid not null,
  document_id uuid not null,
  side text not null,
  "position" integer not null,
  constraint objection_document_pkey PRIMARY KEY (objection_id, side, "position"),
  constraint objection_document_position_check CHECK (("position" >= 1)),
  constraint objection_document_side_check CHECK ((side = ANY (ARRAY['filer'::text, 'awarded'::text]))),
  constraint objection_document_document_id_fkey FOREIGN KEY (document_id) REFERENCES document(id),
  constraint objection_document_objection_id_fkey FOREIGN KEY (objection_id) REFERENCES objection(id)
);
comment on table objection_document is 'Evidence of either side. Each side reads its own; the host, and who reviews, read both.';
CREATE INDEX objection_document_by_document ON public.objection_document USING btree (document_id);

create table objection_pause (
  objection_id uuid not null,
  number integer not null,
  reason_code text not null,
  reason text not null,
  paused_at timestamp(3) with time zone not null,
  due_before jsonb not null,
  remaining_days integer not null,
  resumed_at timestamp(3) with time zone,
  due_after jsonb,
  constraint objection_pause_pkey PRIMARY KEY (objection_id, number),
  constraint objection_pause_check CHECK ((resumed_at >= paused_at)),
  constraint objection_pause_check1 CHECK (((resumed_at IS NULL) = (due_after IS NULL))),
  constraint objection_pause_due_after_check CHECK ((jsonb_typeof(due_after) = 'object'::text)),
  constraint objection_pause_due_before_check CHECK ((jsonb_typeof(due_before) = 'object'::text)),
  constraint objection_pause_number_check CHECK ((number >= 1)),
  constraint objection_pause_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
  constraint objection_pause_reason_code_check CHECK ((reason_code = ANY (ARRAY['investigation'::text, 'hearing'::text, 'expert_opinion'::text, 'evidence_awaited'::text]))),
  constraint objection_pause_remaining_days_check CHECK ((remaining_days >= 0)),
  constraint objection_pause_objection_id_fkey FOREIGN KEY (objection_id) REFERENCES objection(id)
);
comment on table objection_pause is 'The answer''s time stood still from one recorded event to another.';
comment on column objection_pause.remaining_days is 'Days of the reply''s basis that were left after the day of the pause.';

create table objection_statement (
  objection_id uuid not null,
  organization_id uuid not null,
  statement text not null,
  stated_at timestamp(3) with time zone not null,
  constraint objection_statement_pkey PRIMARY KEY (objection_id),
  constraint objection_statement_statement_check CHECK (((char_length(statement) >= 1) AND (char_length(statement) <= 5000))),
  constraint objection_statement_objection_id_fkey FOREIGN KEY (objection_id) REFERENCES objection(id),
  constraint objection_statement_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table objection_statement is 'What the awarded organization says to an admitted objection.';

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
  grade_valid_from date,
  deregistered_on date,
  constraint organization_pkey PRIMARY KEY (id),
  constraint organization_credit_code_key UNIQUE (credit_code),
  constraint organization_check CHECK (((grade_level IS NULL) = (grade_valid_to IS NULL))),
  constraint organization_check1 CHECK (((type = 'filed_community_org'::text) = (credit_code IS NULL))),
  constraint organization_check2 CHECK (((type <> 'filed_community_org'::text) OR (sponsor_id IS NOT NULL))),
  constraint organization_credit_code_check CHECK ((credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'::text)),
  constraint organization_division_code_check CHECK ((division_code ~ '^[0-9]{12}$'::text)),
  constraint organization_grade_level_check CHECK ((grade_level = ANY (ARRAY['5A'::text, '4A'::text, '3A'::text, '2A'::text, '1A'::text]))),
  constraint organization_grade_period CHECK (((grade_valid_from IS NULL) OR (grade_valid_from <= grade_valid_to))),
  constraint organization_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
  constraint organization_type_check CHECK ((type = ANY (ARRAY['government'::text, 'public_institution'::text, 'social_service_org'::text, 'social_group'::text, 'foundation'::text, 'enterprise'::text, 'community'::text, 'filed_community_org'::text]))),
  constraint organization_version_check CHECK ((version >= 1)),
  constraint organization_sponsor_id_fkey FOREIGN KEY (sponsor_id) REFERENCES organization(id)
);
comment on table organization is 'Host, operator, agency, provider, evaluator or filed group.';
comment on column organization.grade_valid_from is 'First day of the grade; null: valid on every day up to grade_valid_to.';
comment on column organization.deregistered_on is 'Day of deregistration (注销); null while the organization is active.';
CREATE INDEX organization_by_creation ON public.organization USING btree (created_at DESC, id DESC);
CREATE INDEX organization_by_sponsor ON public.organization USING btree (sponsor_id) WHERE (sponsor_id IS NOT NULL);
CREATE INDEX organization_by_type ON public.organization USING btree (type, created_at DESC, id DESC);

create table organization_ban (
  id uuid not null,
  version integer default 1 not null,
  organization_id uuid not null,
  host_id uuid not null,
  cause text not null,
  subject text,
  starts_on date not null,
  ends_on date not null,
  reason text not null,
  lifted_on date,
  lift_reason text,
  recorded_by text not null,
  created_at timestamp(3) with time zone not null,
  constraint organization_ban_pkey PRIMARY KEY (id),
  constraint organization_ban_cause_check CHECK ((cause = ANY (ARRAY['host_decision'::text, 'breach'::text, 'final_fail'::text]))),
  constraint organization_ban_check CHECK ((ends_on >= starts_on)),
  constraint organization_ban_check1 CHECK (((lifted_on IS NULL) = (lift_reason IS NULL))),
  constraint organization_ban_check2 CHECK (((cause = 'host_decision'::text) = (subject IS NULL))),
  constraint organization_ban_lift_reason_check CHECK (((char_length(lift_reason) >= 1) AND (char_length(lift_reason) <= 2000))),
  constraint organization_ban_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
  constraint organization_ban_subject_check CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 40))),
  constraint organization_ban_version_check CHECK ((version >= 1)),
  constraint organization_ban_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint organization_ban_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table organization_ban is 'Keeps an organization out of the rounds of one host from starts_on to ends_on, both included.';
comment on column organization_ban.subject is 'The agreement or evaluation that the ban follows from.';
CREATE INDEX organization_ban_by_host ON public.organization_ban USING btree (host_id);
CREATE INDEX organization_ban_by_organization ON public.organization_ban USING btree (organization_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX organization_ban_once ON public.organization_ban USING btree (subject) WHERE (subject IS NOT NULL);

create table organization_contact (
  organization_id uuid not null,
  legal_representative text,
  legal_representative_index bytea,
  address text,
  address_index bytea,
  phone text,
  phone_index bytea,
  bank_account text,
  bank_account_index bytea,
  updated_at timestamp(3) with time zone not null,
  constraint organization_contact_pkey PRIMARY KEY (organization_id),
  constraint organization_contact_address_check CHECK ((address ~ '^v1\.'::text)),
  constraint organization_contact_address_index_check CHECK ((octet_length(address_index) = 32)),
  constraint organization_contact_bank_account_check CHECK ((bank_account ~ '^v1\.'::text)),
  constraint organization_contact_bank_account_index_check CHECK ((octet_length(bank_account_index) = 32)),
  constraint organization_contact_legal_representative_check CHECK ((legal_representative ~ '^v1\.'::text)),
  constraint organization_contact_legal_representative_index_check CHECK ((octet_length(legal_representative_index) = 32)),
  constraint organization_contact_phone_check CHECK ((phone ~ '^v1\.'::text)),
  constraint organization_contact_phone_index_check CHECK ((octet_length(phone_index) = 32)),
  constraint organization_contact_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table organization_contact is 'Personal data: AES-256-GCM per field, and an HMAC of the normalized value for equality.';

create table overdue_refund (
  subject text not null,
  organization_id uuid not null,
  host_id uuid not null,
  due_on date not null,
  cleared_on date,
  constraint overdue_refund_pkey PRIMARY KEY (subject),
  constraint overdue_refund_check CHECK ((cleared_on > due_on)),
  constraint overdue_refund_subject_check CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 40))),
  constraint overdue_refund_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint overdue_refund_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table overdue_refund is 'Refund claims that were not whole by their due day; the row stays when the money has come.';
CREATE INDEX overdue_refund_by_host ON public.overdue_refund USING btree (host_id);
CREATE INDEX overdue_refund_by_organization ON public.overdue_refund USING btree (organization_id);

create table panel_member (
  panel_id uuid not null,
  expert_id uuid not null,
  "position" integer not null,
  kind text not null,
  constraint panel_member_pkey PRIMARY KEY (panel_id, expert_id),
  constraint panel_member_panel_id_position_key UNIQUE (panel_id, "position"),
  constraint panel_member_kind_check CHECK ((kind = ANY (ARRAY['regular'::text, 'alternate'::text]))),
  constraint panel_member_position_check CHECK (("position" >= 1)),
  constraint panel_member_expert_id_fkey FOREIGN KEY (expert_id) REFERENCES expert(id),
  constraint panel_member_panel_id_fkey FOREIGN KEY (panel_id) REFERENCES review_panel(id)
);
comment on table panel_member is 'Regular members first, then the alternates in the order in which they step in.';
CREATE INDEX panel_member_by_expert ON public.panel_member USING btree (expert_id);

create table panel_seat (
  panel_id uuid not null,
  bid_id uuid not null,
  expert_id uuid not null,
  "position" integer not null,
  state text not null,
  reason text,
  remark text,
  absence text,
  constraint panel_seat_pkey PRIMARY KEY (bid_id, expert_id),
  constraint panel_seat_absence_check CHECK (((char_length(absence) >= 1) AND (char_length(absence) <= 2000))),
  constraint panel_seat_check CHECK (((state = 'recused'::text) = (reason IS NOT NULL))),
  constraint panel_seat_position_check CHECK (("position" >= 1)),
  constraint panel_seat_reason_check CHECK ((reason = ANY (ARRAY['employment'::text, 'declared_conflict'::text, 'own_statement'::text, 'on_request'::text, 'found_late'::text, 'dropped_out'::text]))),
  constraint panel_seat_remark_check CHECK (((char_length(remark) >= 1) AND (char_length(remark) <= 2000))),
  constraint panel_seat_state_check CHECK ((state = ANY (ARRAY['seated'::text, 'recused'::text]))),
  constraint panel_seat_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id),
  constraint panel_seat_expert_id_fkey FOREIGN KEY (expert_id) REFERENCES expert(id),
  constraint panel_seat_panel_id_expert_id_fkey FOREIGN KEY (panel_id, expert_id) REFERENCES panel_member(panel_id, expert_id),
  constraint panel_seat_panel_id_fkey FOREIGN KEY (panel_id) REFERENCES review_panel(id)
);
comment on table panel_seat is 'Who judges which bid, and who had to step aside from it.';
comment on column panel_seat.absence is 'Why the vote of this expert is waited for no longer; the seat counts in the quorum.';
CREATE INDEX panel_seat_by_expert ON public.panel_seat USING btree (expert_id, bid_id DESC);
CREATE INDEX panel_seat_by_panel ON public.panel_seat USING btree (panel_id, bid_id, "position");

create table passed_over (
  bid_id uuid not null,
  round_id uuid not null,
  reason text not null,
  constraint passed_over_pkey PRIMARY KEY (bid_id),
  constraint passed_over_reason_check CHECK ((reason ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
  constraint passed_over_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id),
  constraint passed_over_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table passed_over is 'Why the proposals of a round left a bid without an award. Proposed anew, it is written anew.';
CREATE INDEX passed_over_by_round ON public.passed_over USING btree (round_id);

create table postponement (
  id uuid not null,
  host_id uuid not null,
  round_id uuid not null,
  project_id uuid not null,
  organization_id uuid not null,
  postponed_from date not null,
  due_on date not null,
  due_at timestamp(3) with time zone not null,
  reason text not null,
  granted_at timestamp(3) with time zone not null,
  constraint postponement_pkey PRIMARY KEY (id),
  constraint postponement_check CHECK ((due_on > postponed_from)),
  constraint postponement_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
  constraint postponement_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint postponement_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint postponement_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint postponement_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table postponement is 'Mid-term material that the host agreed to wait for (延期). The latest due day counts.';
comment on column postponement.due_at is 'The first moment at which the material is late.';
CREATE INDEX postponement_by_host ON public.postponement USING btree (host_id, granted_at DESC, id DESC);
CREATE INDEX postponement_by_organization ON public.postponement USING btree (organization_id, granted_at DESC, id DESC);
CREATE INDEX postponement_by_project ON public.postponement USING btree (project_id, granted_at DESC, id DESC);

create table project (
  id uuid not null,
  version integer not null,
  host_id uuid not null,
  organization_id uuid not null,
  sponsored_group_id uuid,
  title text not null,
  summary text not null,
  starts_on date not null,
  ends_on date not null,
  state text not null,
  listed_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  is_group_withheld boolean default false not null,
  are_needs_withheld boolean default false not null,
  constraint project_pkey PRIMARY KEY (id),
  constraint project_check CHECK ((starts_on <= ends_on)),
  constraint project_check1 CHECK ((sponsored_group_id <> organization_id)),
  constraint project_check2 CHECK (((state = ANY (ARRAY['draft'::text, 'withdrawn'::text])) OR (listed_at IS NOT NULL))),
  constraint project_check3 CHECK (((state <> 'draft'::text) OR (listed_at IS NULL))),
  constraint project_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'listed'::text, 'pending_agreement'::text, 'active'::text, 'suspended'::text, 'closing'::text, 'closed'::text, 'terminated'::text, 'settled'::text, 'withdrawn'::text]))),
  constraint project_summary_check CHECK (((char_length(summary) >= 1) AND (char_length(summary) <= 5000))),
  constraint project_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
  constraint project_version_check CHECK ((version >= 1)),
  constraint project_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint project_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint project_sponsored_group_id_fkey FOREIGN KEY (sponsored_group_id) REFERENCES organization(id)
);
comment on table project is 'Project list (项目清单): what an agency designs in answer to needs, from draft to its end.';
comment on column project.host_id is 'The host of the needs that the project answers; they all have the same one.';
comment on column project.sponsored_group_id is 'The filed, unregistered group in whose place the agency applies (代申报).';
comment on column project.is_group_withheld is 'A notice did not tell, or masked, the filed group: the project list tells outsiders nothing of it.';
comment on column project.are_needs_withheld is 'A notice did not tell the need: the project list tells outsiders no needs.';
CREATE INDEX project_by_agency ON public.project USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX project_listed ON public.project USING btree (created_at DESC, id DESC) WHERE (listed_at IS NOT NULL);
CREATE INDEX project_listed_by_host ON public.project USING btree (host_id, created_at DESC, id DESC) WHERE (listed_at IS NOT NULL);
CREATE INDEX project_listed_by_host_and_state ON public.project USING btree (host_id, state, created_at DESC, id DESC) WHERE (listed_at IS NOT NULL);
CREATE INDEX project_listed_by_state ON public.project USING btree (state, created_at DESC, id DESC) WHERE (listed_at IS NOT NULL);
CREATE INDEX project_unlisted ON public.project USING btree (organization_id, created_at DESC, id DESC) WHERE (listed_at IS NULL);

create table project_grant (
  project_id uuid not null,
  version integer default 1 not null,
  award_id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  organization_id uuid not null,
  approved_fen bigint not null,
  paid_fen bigint default 0 not null,
  refunded_fen bigint default 0 not null,
  eligible_fen bigint,
  settled_on date,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint project_grant_pkey PRIMARY KEY (project_id),
  constraint project_grant_award_id_key UNIQUE (award_id),
  constraint project_grant_approved_fen_check CHECK (((approved_fen >= 1) AND (approved_fen <= '999999999999999'::bigint))),
  constraint project_grant_check CHECK (((eligible_fen IS NULL) = (settled_on IS NULL))),
  constraint project_grant_eligible_fen_check CHECK (((eligible_fen >= 0) AND (eligible_fen <= '999999999999999'::bigint))),
  constraint project_grant_never_over_refunded CHECK (((refunded_fen >= 0) AND (refunded_fen <= paid_fen))),
  constraint project_grant_never_overpaid CHECK (((paid_fen >= 0) AND (paid_fen <= approved_fen))),
  constraint project_grant_version_check CHECK ((version >= 1)),
  constraint project_grant_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint project_grant_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint project_grant_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint project_grant_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table project_grant is 'The money side of one funded project. Its row is the lock under which tranches, settlement and refunds change.';
comment on column project_grant.eligible_fen is 'What the audit accepted; null until the project is settled.';
CREATE INDEX project_grant_by_round ON public.project_grant USING btree (round_id);

create table project_grant_source (
  project_id uuid not null,
  pool_id uuid not null,
  "position" smallint not null,
  source text not null,
  approved_fen bigint not null,
  paid_fen bigint default 0 not null,
  refunded_fen bigint default 0 not null,
  constraint project_grant_source_pkey PRIMARY KEY (project_id, pool_id),
  constraint project_grant_source_project_id_position_key UNIQUE (project_id, "position"),
  constraint project_grant_source_approved_fen_check CHECK ((approved_fen > 0)),
  constraint project_grant_source_never_over_refunded CHECK (((refunded_fen >= 0) AND (refunded_fen <= paid_fen))),
  constraint project_grant_source_never_overpaid CHECK (((paid_fen >= 0) AND (paid_fen <= approved_fen))),
  constraint project_grant_source_position_check CHECK (("position" >= 1)),
  constraint project_grant_source_source_check CHECK ((source = ANY (ARRAY['welfare_lottery'::text, 'fiscal'::text, 'foundation'::text, 'enterprise'::text, 'village_collective'::text, 'other'::text]))),
  constraint project_grant_source_pool_id_fkey FOREIGN KEY (pool_id) REFERENCES fund_pool(id),
  constraint project_grant_source_project_id_fkey FOREIGN KEY (project_id) REFERENCES project_grant(project_id)
);
comment on table project_grant_source is 'The shares of the fund pools in a grant, in the order in which the pools were drawn.';

create table project_indicator (
  id uuid not null,
  project_id uuid not null,
  "position" integer not null,
  name text not null,
  kind text not null,
  unit text not null,
  target bigint,
  target_text text,
  constraint project_indicator_pkey PRIMARY KEY (id),
  constraint project_indicator_project_id_position_key UNIQUE (project_id, "position"),
  constraint project_indicator_check CHECK (((target IS NOT NULL) OR (target_text IS NOT NULL))),
  constraint project_indicator_kind_check CHECK ((kind = ANY (ARRAY['persons'::text, 'person_times'::text, 'count'::text, 'money'::text]))),
  constraint project_indicator_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
  constraint project_indicator_position_check CHECK ((("position" >= 1) AND ("position" <= 50))),
  constraint project_indicator_target_check CHECK (((target >= 0) AND (target <= '999999999999999'::bigint))),
  constraint project_indicator_target_text_check CHECK (((char_length(target_text) >= 1) AND (char_length(target_text) <= 300))),
  constraint project_indicator_unit_check CHECK (((char_length(unit) >= 1) AND (char_length(unit) <= 20))),
  constraint project_indicator_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id)
);
comment on table project_indicator is 'What a project promises to reach.';
comment on column project_indicator.target is 'A number of the unit; of kind money an amount in fen. Null when only target_text says it.';

create table project_need (
  project_id uuid not null,
  "position" integer not null,
  need_id uuid not null,
  constraint project_need_pkey PRIMARY KEY (project_id, "position") INCLUDE (need_id),
  constraint project_need_need_id_project_id_key UNIQUE (need_id, project_id),
  constraint project_need_position_check CHECK ((("position" >= 1) AND ("position" <= 20))),
  constraint project_need_need_id_fkey FOREIGN KEY (need_id) REFERENCES need(id),
  constraint project_need_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id)
);
comment on table project_need is 'The needs that a project answers, at least one (D1-15).';

create table ranking (
  id uuid not null,
  version integer default 1 not null,
  round_id uuid not null,
  host_id uuid not null,
  entries jsonb not null,
  without_result uuid[] default '{}'::uuid[] not null,
  computed_at timestamp(3) with time zone not null,
  constraint ranking_pkey PRIMARY KEY (id),
  constraint ranking_round_key UNIQUE (round_id),
  constraint ranking_entries_check CHECK ((jsonb_typeof(entries) = 'array'::text)),
  constraint ranking_version_check CHECK ((version >= 1)),
  constraint ranking_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint ranking_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table ranking is 'The order of the bids by exact means, with the step that decided each tie.';
comment on column ranking.without_result is 'Bids that the host left out because their panel stayed below the quorum.';

create table receipt (
  id uuid not null,
  bid_id uuid not null,
  number integer not null,
  kind text not null,
  event_id uuid not null,
  commitment text not null,
  received_at timestamp(3) with time zone not null,
  jws text not null,
  constraint receipt_pkey PRIMARY KEY (id),
  constraint receipt_commitment_check CHECK ((commitment ~ '^[0-9a-f]{64}$'::text)),
  constraint receipt_kind_check CHECK ((kind = ANY (ARRAY['submission'::text, 'withdrawal'::text]))),
  constraint receipt_number_check CHECK ((number >= 1)),
  constraint receipt_bid_id_number_fkey FOREIGN KEY (bid_id, number) REFERENCES bid_version(bid_id, number)
);
comment on table receipt is 'What a bidder was told about a submission or a withdrawal, signed.';
CREATE INDEX receipt_by_bid ON public.receipt USING btree (bid_id, received_at, id);

create table rectification (
  id uuid not null,
  version integer default 1 not null,
  host_id uuid not null,
  round_id uuid not null,
  project_id uuid not null,
  organization_id uuid not null,
  evaluation_id uuid not null,
  items text[] not null,
  issued_on date not null,
  due_resolved jsonb not null,
  due_at timestamp(3) with time zone not null,
  state text not null,
  report jsonb,
  submitted_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint rectification_pkey PRIMARY KEY (id),
  constraint rectification_evaluation_id_key UNIQUE (evaluation_id),
  constraint rectification_due_resolved_check CHECK ((jsonb_typeof(due_resolved) = 'object'::text)),
  constraint rectification_items_check CHECK (((cardinality(items) >= 1) AND (cardinality(items) <= 50))),
  constraint rectification_judged_by_its_report CHECK (((state <> ALL (ARRAY['submitted'::text, 'accepted'::text])) OR (report IS NOT NULL))),
  constraint rectification_report_as_a_whole CHECK (((report IS NULL) = (submitted_at IS NULL))),
  constraint rectification_report_check CHECK ((jsonb_typeof(report) = 'object'::text)),
  constraint rectification_report_in_time CHECK (((submitted_at IS NULL) OR (submitted_at < due_at))),
  constraint rectification_state_check CHECK ((state = ANY (ARRAY['issued'::text, 'submitted'::text, 'accepted'::text, 'failed'::text]))),
  constraint rectification_version_check CHECK ((version >= 1)),
  constraint rectification_evaluation_id_fkey FOREIGN KEY (evaluation_id) REFERENCES evaluation(id),
  constraint rectification_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint rectification_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint rectification_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint rectification_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table rectification is 'What an agency must mend after a failed mid-term evaluation, and within how many working days.';
comment on column rectification.due_resolved is 'How the last day came about; a calendar published later never moves it.';
comment on column rectification.due_at is 'The first moment at which a report is late.';
CREATE INDEX rectification_by_host ON public.rectification USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX rectification_by_host_and_state ON public.rectification USING btree (host_id, state, created_at DESC, id DESC);
CREATE INDEX rectification_by_organization ON public.rectification USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX rectification_by_project ON public.rectification USING btree (project_id, created_at DESC, id DESC);

create table recusal_request (
  id uuid not null,
  version integer default 1 not null,
  round_id uuid not null,
  host_id uuid not null,
  bid_id uuid not null,
  organization_id uuid not null,
  expert_code text not null,
  reason text not null,
  state text not null,
  decision_reason text,
  decided_by text,
  decided_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint recusal_request_pkey PRIMARY KEY (id),
  constraint recusal_request_check CHECK (((state = 'open'::text) = (decided_at IS NULL))),
  constraint recusal_request_check1 CHECK (((decided_at IS NULL) = (decision_reason IS NULL))),
  constraint recusal_request_check2 CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
  constraint recusal_request_decided_by_check CHECK (((char_length(decided_by) >= 1) AND (char_length(decided_by) <= 64))),
  constraint recusal_request_decision_reason_check CHECK (((char_length(decision_reason) >= 1) AND (char_length(decision_reason) <= 2000))),
  constraint recusal_request_expert_code_check CHECK (((char_length(expert_code) >= 1) AND (char_length(expert_code) <= 40))),
  constraint recusal_request_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
  constraint recusal_request_state_check CHECK ((state = ANY (ARRAY['open'::text, 'granted'::text, 'rejected'::text]))),
  constraint recusal_request_version_check CHECK ((version >= 1)),
  constraint recusal_request_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id),
  constraint recusal_request_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint recusal_request_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint recusal_request_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table recusal_request is 'An agency asks that an expert step aside from its bid; the host decides.';
CREATE INDEX recusal_request_by_host ON public.recusal_request USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX recusal_request_by_organization ON public.recusal_request USING btree (organization_id, created_at DESC, id DESC);

create table refund_claim (
  id uuid not null,
  version integer default 1 not null,
  project_id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  organization_id uuid not null,
  amount_fen bigint not null,
  received_fen bigint default 0 not null,
  issued_on date not null,
  due_resolved jsonb not null,
  due_at timestamp(3) with time zone not null,
  state text not null,
  referral_note text,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint refund_claim_pkey PRIMARY KEY (id),
  constraint refund_claim_project_id_key UNIQUE (project_id),
  constraint refund_claim_amount_fen_check CHECK (((amount_fen >= 1) AND (amount_fen <= '999999999999999'::bigint))),
  constraint refund_claim_check CHECK (((state = 'paid'::text) = (received_fen = amount_fen))),
  constraint refund_claim_check1 CHECK (((state <> 'issued'::text) OR (received_fen = 0))),
  constraint refund_claim_check2 CHECK (((state <> 'part_paid'::text) OR (received_fen > 0))),
  constraint refund_claim_due_resolved_check CHECK ((jsonb_typeof(due_resolved) = 'object'::text)),
  constraint refund_claim_never_overpaid CHECK (((received_fen >= 0) AND (received_fen <= amount_fen))),
  constraint refund_claim_referral_note_check CHECK (((char_length(referral_note) >= 1) AND (char_length(referral_note) <= 2000))),
  constraint refund_claim_state_check CHECK ((state = ANY (ARRAY['issued'::text, 'part_paid'::text, 'paid'::text, 'overdue'::text, 'referred'::text]))),
  constraint refund_claim_version_check CHECK ((version >= 1)),
  constraint refund_claim_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint refund_claim_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint refund_claim_project_id_fkey FOREIGN KEY (project_id) REFERENCES project_grant(project_id),
  constraint refund_claim_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table refund_claim is 'What an agency has to give back after settlement; one per project.';
CREATE INDEX refund_claim_by_creation ON public.refund_claim USING btree (created_at DESC, id DESC);
CREATE INDEX refund_claim_by_host ON public.refund_claim USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX refund_claim_by_host_and_state ON public.refund_claim USING btree (host_id, state, created_at DESC, id DESC);
CREATE INDEX refund_claim_by_organization ON public.refund_claim USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX refund_claim_by_round ON public.refund_claim USING btree (round_id, created_at DESC, id DESC);

create table refund_claim_source (
  claim_id uuid not null,
  pool_id uuid not null,
  "position" smallint not null,
  source text not null,
  amount_fen bigint not null,
  received_fen bigint default 0 not null,
  constraint refund_claim_source_pkey PRIMARY KEY (claim_id, pool_id),
  constraint refund_claim_source_amount_fen_check CHECK ((amount_fen >= 0)),
  constraint refund_claim_source_never_overpaid CHECK (((received_fen >= 0) AND (received_fen <= amount_fen))),
  constraint refund_claim_source_position_check CHECK (("position" >= 1)),
  constraint refund_claim_source_source_check CHECK ((source = ANY (ARRAY['welfare_lottery'::text, 'fiscal'::text, 'foundation'::text, 'enterprise'::text, 'village_collective'::text, 'other'::text]))),
  constraint refund_claim_source_claim_id_fkey FOREIGN KEY (claim_id) REFERENCES refund_claim(id),
  constraint refund_claim_source_pool_id_fkey FOREIGN KEY (pool_id) REFERENCES fund_pool(id)
);
comment on table refund_claim_source is 'The shares of the fund pools in a refund claim.';

create table refund_receipt (
  id uuid not null,
  claim_id uuid not null,
  amount_fen bigint not null,
  received_on date not null,
  voucher text not null,
  recorded_by text not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint refund_receipt_pkey PRIMARY KEY (id),
  constraint refund_receipt_amount_fen_check CHECK ((amount_fen > 0)),
  constraint refund_receipt_recorded_by_check CHECK (((char_length(recorded_by) >= 1) AND (char_length(recorded_by) <= 100))),
  constraint refund_receipt_voucher_check CHECK (((char_length(voucher) >= 1) AND (char_length(voucher) <= 100))),
  constraint refund_receipt_claim_id_fkey FOREIGN KEY (claim_id) REFERENCES refund_claim(id)
);
comment on table refund_receipt is 'Money that came back on a claim, whole or in parts.';
CREATE INDEX refund_receipt_by_claim ON public.refund_receipt USING btree (claim_id, created_at, id);
CREATE TRIGGER refund_receipt_append_only BEFORE DELETE OR UPDATE ON public.refund_receipt FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER refund_receipt_no_truncate BEFORE TRUNCATE ON public.refund_receipt FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

create table report (
  id uuid not null,
  version integer default 1 not null,
  duty_id uuid not null,
  project_id uuid not null,
  host_id uuid not null,
  organization_id uuid not null,
  kind text not null,
  indicator_values jsonb not null,
  valid_answers integer,
  satisfied integer,
  narrative text not null,
  document_ids text[] not null,
  is_late boolean not null,
  submitted_by text not null,
  submitted_at timestamp(3) with time zone not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint report_pkey PRIMARY KEY (id),
  constraint report_check CHECK (((satisfied >= 0) AND (satisfied <= valid_answers))),
  constraint report_check1 CHECK (((valid_answers IS NULL) = (satisfied IS NULL))),
  constraint report_document_ids_check CHECK ((cardinality(document_ids) <= 100)),
  constraint report_indicator_values_check CHECK ((jsonb_typeof(indicator_values) = 'array'::text)),
  constraint report_kind_check CHECK ((kind = ANY (ARRAY['monthly'::text, 'mid_self_assessment'::text, 'closing'::text]))),
  constraint report_narrative_check CHECK (((char_length(narrative) >= 1) AND (char_length(narrative) <= 20000))),
  constraint report_submitted_by_check CHECK (((char_length(submitted_by) >= 1) AND (char_length(submitted_by) <= 100))),
  constraint report_valid_answers_check CHECK ((valid_answers >= 1)),
  constraint report_version_check CHECK ((version >= 1)),
  constraint report_duty_id_fkey FOREIGN KEY (duty_id) REFERENCES report_duty(id),
  constraint report_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint report_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint report_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id)
);
comment on table report is 'What an agency reported. The newest of a duty counts; earlier ones stay on record.';
CREATE INDEX report_by_creation ON public.report USING btree (created_at DESC, id DESC);
CREATE INDEX report_by_duty ON public.report USING btree (duty_id);
CREATE INDEX report_by_host ON public.report USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX report_by_organization ON public.report USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX report_by_project ON public.report USING btree (project_id, kind, created_at DESC, id DESC);

create table report_duty (
  id uuid not null,
  version integer default 1 not null,
  project_id uuid not null,
  host_id uuid not null,
  organization_id uuid not null,
  kind text not null,
  month text,
  counts_from date not null,
  due_period jsonb not null,
  due_resolved jsonb,
  due_at timestamp(3) with time zone,
  state text not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint report_duty_pkey PRIMARY KEY (id),
  constraint report_duty_once UNIQUE NULLS NOT DISTINCT (project_id, kind, month),
  constraint report_duty_check CHECK (((kind = 'monthly'::text) = (month IS NOT NULL))),
  constraint report_duty_check1 CHECK (((due_resolved IS NULL) = (due_at IS NULL))),
  constraint report_duty_check2 CHECK (((state <> 'missed'::text) OR (due_at IS NOT NULL))),
  constraint report_duty_due_period_check CHECK ((jsonb_typeof(due_period) = 'object'::text)),
  constraint report_duty_due_resolved_check CHECK ((jsonb_typeof(due_resolved) = 'object'::text)),
  constraint report_duty_kind_check CHECK ((kind = ANY (ARRAY['monthly'::text, 'mid_self_assessment'::text, 'closing'::text]))),
  constraint report_duty_month_check CHECK ((month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'::text)),
  constraint report_duty_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'submitted'::text, 'missed'::text, 'cancelled'::text]))),
  constraint report_duty_version_check CHECK ((version >= 1)),
  constraint report_duty_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint report_duty_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint report_duty_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id)
);
comment on table report_duty is 'A report that a project owes by a day.';
comment on column report_duty.counts_from is 'The day from which the period counts, such as the mid-point.';
comment on column report_duty.due_resolved is 'Null while the calendar of that year is not loaded: resolved on counts_from at the latest, never guessed.';
CREATE INDEX report_duty_by_creation ON public.report_duty USING btree (created_at DESC, id DESC);
CREATE INDEX report_duty_by_host ON public.report_duty USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX report_duty_by_organization ON public.report_duty USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX report_duty_by_project ON public.report_duty USING btree (project_id, created_at DESC, id DESC);

create table reserve_list (
  round_id uuid not null,
  expires jsonb not null,
  expires_at timestamp(3) with time zone not null,
  constraint reserve_list_pkey PRIMARY KEY (round_id),
  constraint reserve_list_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table reserve_list is 'Until when bids in reserve may step in. A later notice moves it where the policy counts from the notice.';
comment on column reserve_list.expires_at is 'The first moment at which nobody steps in any more.';

create table resource_match (
  id uuid not null,
  version integer not null,
  offer_id uuid not null,
  provider_id uuid not null,
  undertaker_id uuid not null,
  project_id uuid not null,
  host_id uuid not null,
  state text not null,
  created_at timestamp(3) with time zone not null,
  constraint resource_match_pkey PRIMARY KEY (id),
  constraint resource_match_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'confirmed'::text, 'cancelled'::text]))),
  constraint resource_match_version_check CHECK ((version >= 1)),
  constraint resource_match_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint resource_match_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES resource_offer(id),
  constraint resource_match_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint resource_match_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES resource_provider(id),
  constraint resource_match_undertaker_id_fkey FOREIGN KEY (undertaker_id) REFERENCES organization(id)
);
comment on table resource_match is 'Resource list (资源清单): provider, undertaker and project together (D1-16).';
CREATE INDEX resource_match_by_creation ON public.resource_match USING btree (created_at DESC, id DESC);
CREATE INDEX resource_match_by_host ON public.resource_match USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX resource_match_by_offer ON public.resource_match USING btree (offer_id, created_at DESC, id DESC);
CREATE INDEX resource_match_by_project ON public.resource_match USING btree (project_id, created_at DESC, id DESC);
CREATE INDEX resource_match_by_provider ON public.resource_match USING btree (provider_id, created_at DESC, id DESC);
CREATE INDEX resource_match_by_undertaker ON public.resource_match USING btree (undertaker_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX resource_match_confirmed_key ON public.resource_match USING btree (offer_id) WHERE (state = 'confirmed'::text);
CREATE UNIQUE INDEX resource_match_live_key ON public.resource_match USING btree (offer_id, project_id, undertaker_id) WHERE (state <> 'cancelled'::text);

create table resource_offer (
  id uuid not null,
  version integer not null,
  provider_id uuid not null,
  host_id uuid not null,
  kind text not null,
  description text not null,
  quantity integer,
  unit text,
  amount_fen bigint,
  state text not null,
  created_at timestamp(3) with time zone not null,
  constraint resource_offer_pkey PRIMARY KEY (id),
  constraint resource_offer_amount_fen_check CHECK ((amount_fen > 0)),
  constraint resource_offer_check CHECK (((quantity IS NULL) = (unit IS NULL))),
  constraint resource_offer_check1 CHECK (
CASE
    WHEN (kind = 'money'::text) THEN ((amount_fen IS NOT NULL) AND (quantity IS NULL))
    ELSE (quantity IS NOT NULL)
END),
  constraint resource_offer_description_check CHECK (((char_length(description) >= 1) AND (char_length(description) <= 2000))),
  constraint resource_offer_kind_check CHECK ((kind = ANY (ARRAY['money'::text, 'goods'::text, 'venue'::text, 'volunteers'::text, 'service'::text]))),
  constraint resource_offer_quantity_check CHECK (((quantity >= 1) AND (quantity <= 1000000000))),
  constraint resource_offer_state_check CHECK ((state = ANY (ARRAY['open'::text, 'matched'::text, 'withdrawn'::text]))),
  constraint resource_offer_unit_check CHECK (((char_length(unit) >= 1) AND (char_length(unit) <= 20))),
  constraint resource_offer_version_check CHECK ((version >= 1)),
  constraint resource_offer_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint resource_offer_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES resource_provider(id)
);
comment on table resource_offer is 'What a provider gives: money, or so many units of something else.';
comment on column resource_offer.amount_fen is 'The money itself, or what goods, venue, volunteers or service are worth (折价).';
CREATE INDEX resource_offer_by_creation ON public.resource_offer USING btree (created_at DESC, id DESC);
CREATE INDEX resource_offer_by_host ON public.resource_offer USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX resource_offer_by_kind ON public.resource_offer USING btree (kind, created_at DESC, id DESC);
CREATE INDEX resource_offer_by_provider ON public.resource_offer USING btree (provider_id, created_at DESC, id DESC);
CREATE INDEX resource_offer_by_state ON public.resource_offer USING btree (state, created_at DESC, id DESC);

create table resource_provider (
  id uuid not null,
  version integer not null,
  host_id uuid not null,
  kind text not null,
  name text not null,
  organization_id uuid,
  created_at timestamp(3) with time zone not null,
  constraint resource_provider_pkey PRIMARY KEY (id),
  constraint resource_provider_organization_key UNIQUE (host_id, organization_id),
  constraint resource_provider_check CHECK (((kind = 'organization'::text) OR (organization_id IS NULL))),
  constraint resource_provider_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'person'::text]))),
  constraint resource_provider_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
  constraint resource_provider_version_check CHECK ((version >= 1)),
  constraint resource_provider_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint resource_provider_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table resource_provider is 'Who gives to the projects of a host (资源供给方): an organization, or a person (D1-18).';
CREATE INDEX resource_provider_by_creation ON public.resource_provider USING btree (created_at DESC, id DESC);
CREATE INDEX resource_provider_by_host ON public.resource_provider USING btree (host_id, created_at DESC, id DESC);

create table review_item (
  bid_id uuid not null,
  version integer default 1 not null,
  session_id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  organization_id uuid not null,
  "position" integer not null,
  state text not null,
  bidder_present boolean,
  statement text,
  stated_at timestamp(3) with time zone,
  constraint review_item_pkey PRIMARY KEY (bid_id),
  constraint review_item_position_key UNIQUE (session_id, "position"),
  constraint review_item_check CHECK (((stated_at IS NULL) = (state = 'called'::text))),
  constraint review_item_check1 CHECK (((stated_at IS NULL) = (statement IS NULL))),
  constraint review_item_check2 CHECK (((stated_at IS NULL) = (bidder_present IS NULL))),
  constraint review_item_position_check CHECK (("position" >= 1)),
  constraint review_item_state_check CHECK ((state = ANY (ARRAY['called'::text, 'statement'::text, 'cross_examination'::text, 'scoring'::text, 'opinion_published'::text]))),
  constraint review_item_statement_check CHECK (((char_length(statement) >= 1) AND (char_length(statement) <= 10000))),
  constraint review_item_version_check CHECK ((version >= 1)),
  constraint review_item_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id),
  constraint review_item_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint review_item_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint review_item_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id),
  constraint review_item_session_id_fkey FOREIGN KEY (session_id) REFERENCES review_session(id)
);
comment on table review_item is 'One bid of a session and how far its hearing has come. A bid is heard in one session.';
CREATE INDEX review_item_by_round ON public.review_item USING btree (round_id);

create table review_opinion (
  bid_id uuid not null,
  number integer not null,
  opinion text not null,
  outcome text,
  tally jsonb,
  published_by text not null,
  published_at timestamp(3) with time zone not null,
  reopened_at timestamp(3) with time zone,
  reopen_reason text,
  constraint review_opinion_pkey PRIMARY KEY (bid_id, number),
  constraint review_opinion_check CHECK (((outcome IS NULL) = (tally IS NULL))),
  constraint review_opinion_check1 CHECK (((reopened_at IS NULL) = (reopen_reason IS NULL))),
  constraint review_opinion_number_check CHECK ((number >= 1)),
  constraint review_opinion_opinion_check CHECK (((char_length(opinion) >= 1) AND (char_length(opinion) <= 10000))),
  constraint review_opinion_outcome_check CHECK ((outcome = ANY (ARRAY['recommended'::text, 'not_recommended'::text]))),
  constraint review_opinion_published_by_check CHECK (((char_length(published_by) >= 1) AND (char_length(published_by) <= 64))),
  constraint review_opinion_reopen_reason_check CHECK (((char_length(reopen_reason) >= 1) AND (char_length(reopen_reason) <= 2000))),
  constraint review_opinion_tally_check CHECK ((jsonb_typeof(tally) = 'object'::text)),
  constraint review_opinion_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES review_item(bid_id)
);
comment on table review_opinion is 'The panel''s opinion on a bid. The latest counts; one that was taken back stays with the reason.';
CREATE TRIGGER review_opinion_frozen BEFORE DELETE OR UPDATE ON public.review_opinion FOR EACH ROW EXECUTE FUNCTION refuse_changed_opinion();

create table review_panel (
  id uuid not null,
  version integer default 1 not null,
  round_id uuid not null,
  host_id uuid not null,
  review_on date not null,
  size integer not null,
  quorum integer not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  ranking_withdrawals jsonb default '[]'::jsonb not null,
  constraint review_panel_pkey PRIMARY KEY (id),
  constraint review_panel_round_key UNIQUE (round_id),
  constraint review_panel_check CHECK (((quorum >= 1) AND (quorum <= size))),
  constraint review_panel_ranking_withdrawals_check CHECK ((jsonb_typeof(ranking_withdrawals) = 'array'::text)),
  constraint review_panel_size_check CHECK ((size >= 1)),
  constraint review_panel_version_check CHECK ((version >= 1)),
  constraint review_panel_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint review_panel_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table review_panel is 'The panel of a round. Size and quorum are the policy''s; the quorum counts per bid, not per session.';
comment on column review_panel.ranking_withdrawals is 'Ground, reason and moment of each withdrawn ranking, oldest first. Entries are only added.';
CREATE INDEX review_panel_by_creation ON public.review_panel USING btree (created_at DESC, id DESC);
CREATE INDEX review_panel_by_host ON public.review_panel USING btree (host_id, created_at DESC, id DESC);
CREATE TRIGGER review_panel_withdrawals_kept BEFORE UPDATE OF ranking_withdrawals ON public.review_panel FOR EACH ROW EXECUTE FUNCTION refuse_changed_ranking_withdrawals();

create table review_question (
  bid_id uuid not null,
  number integer not null,
  question text not null,
  expert_id uuid,
  asked_by text not null,
  asked_at timestamp(3) with time zone not null,
  answer text,
  answered_by text,
  answered_at timestamp(3) with time zone,
  constraint review_question_pkey PRIMARY KEY (bid_id, number),
  constraint review_question_answer_check CHECK (((char_length(answer) >= 1) AND (char_length(answer) <= 10000))),
  constraint review_question_answered_by_check CHECK (((char_length(answered_by) >= 1) AND (char_length(answered_by) <= 64))),
  constraint review_question_asked_by_check CHECK (((char_length(asked_by) >= 1) AND (char_length(asked_by) <= 64))),
  constraint review_question_check CHECK (((answer IS NULL) = (answered_at IS NULL))),
  constraint review_question_check1 CHECK (((answer IS NULL) = (answered_by IS NULL))),
  constraint review_question_number_check CHECK ((number >= 1)),
  constraint review_question_question_check CHECK (((char_length(question) >= 1) AND (char_length(question) <= 2000))),
  constraint review_question_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES review_item(bid_id),
  constraint review_question_expert_id_fkey FOREIGN KEY (expert_id) REFERENCES expert(id)
);
comment on table review_question is 'A question of the cross-examination and its answer, by whom and when. Neither changes afterwards.';
CREATE TRIGGER review_question_frozen BEFORE DELETE OR UPDATE ON public.review_question FOR EACH ROW EXECUTE FUNCTION refuse_changed_question();

create table review_session (
  id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  number integer not null,
  held_on date not null,
  place text not null,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint review_session_pkey PRIMARY KEY (id),
  constraint review_session_number_key UNIQUE (round_id, number),
  constraint review_session_number_check CHECK ((number >= 1)),
  constraint review_session_place_check CHECK (((char_length(place) >= 1) AND (char_length(place) <= 200))),
  constraint review_session_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint review_session_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table review_session is 'A session in which bids are heard: statement, cross-examination, scoring or vote, opinion.';
CREATE INDEX review_session_by_round ON public.review_session USING btree (round_id, created_at DESC, id DESC);

create table round (
  id uuid not null,
  version integer default 1 not null,
  code text not null,
  title text not null,
  host_id uuid not null,
  operator_id uuid,
  procurement_mode text not null,
  policy jsonb not null,
  policy_version integer default 1 not null,
  opens_at timestamp(3) with time zone not null,
  closes_at timestamp(3) with time zone not null,
  cycle_starts_on date not null,
  cycle_ends_on date not null,
  state text not null,
  published_at timestamp(3) with time zone,
  formal_check_due jsonb,
  opened_at timestamp(3) with time zone,
  cancel_reason text,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  required_policy_version integer default 1 not null,
  confirm_by timestamp(3) with time zone,
  cancelled_from text,
  constraint round_pkey PRIMARY KEY (id),
  constraint round_code_key UNIQUE (host_id, code),
  constraint round_cancel_reason_check CHECK (((char_length(cancel_reason) >= 1) AND (char_length(cancel_reason) <= 2000))),
  constraint round_cancelled_from_check CHECK ((cancelled_from = ANY (ARRAY['draft'::text, 'published'::text, 'receiving'::text, 'bids_closed'::text, 'reviewing'::text, 'notice'::text]))),
  constraint round_check CHECK (((state = ANY (ARRAY['draft'::text, 'cancelled'::text])) OR ((published_at IS NOT NULL) AND (formal_check_due IS NOT NULL)))),
  constraint round_check1 CHECK (((state = ANY (ARRAY['draft'::text, 'published'::text, 'receiving'::text, 'bids_closed'::text, 'cancelled'::text])) OR (opened_at IS NOT NULL))),
  constraint round_check2 CHECK (((state = 'cancelled'::text) = (cancel_reason IS NOT NULL))),
  constraint round_check3 CHECK (((cancelled_from IS NULL) OR (state = 'cancelled'::text))),
  constraint round_code_check CHECK (((char_length(code) >= 1) AND (char_length(code) <= 40))),
  constraint round_policy_version_check CHECK ((policy_version >= 1)),
  constraint round_procurement_mode_check CHECK ((procurement_mode = ANY (ARRAY['grant'::text, 'open_call_tender'::text, 'gov_procurement'::text]))),
  constraint round_required_policy_version_check CHECK (((required_policy_version >= 1) AND (required_policy_version <= policy_version))),
  constraint round_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'receiving'::text, 'bids_closed'::text, 'reviewing'::text, 'notice'::text, 'approved'::text, 'implementing'::text, 'closing'::text, 'closed'::text, 'cancelled'::text]))),
  constraint round_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
  constraint round_version_check CHECK ((version >= 1)),
  constraint round_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint round_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES organization(id)
);
comment on table round is 'One edition of 公益创投. The policy of a published round changes only as its next version, by amendment.';
comment on column round.closes_at is 'A bid is in time only before this instant by the clock read under the row lock.';
comment on column round.required_policy_version is 'The latest version that bidders must have confirmed; a bid that confirmed an earlier one lapses at the opening.';
comment on column round.confirm_by is 'Until when bidders may confirm it; null: until the closing.';
comment on column round.cancelled_from is 'The state in which the round was cancelled; null in others, and where it was cancelled before this was kept and something of it was public.';
CREATE INDEX round_by_creation ON public.round USING btree (created_at DESC, id DESC);
CREATE INDEX round_by_host ON public.round USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX round_by_state ON public.round USING btree (state, created_at DESC, id DESC);
CREATE TRIGGER round_policy_frozen BEFORE UPDATE OF policy, policy_version ON public.round FOR EACH ROW WHEN (((old.state <> 'draft'::text) AND ((new.policy IS DISTINCT FROM old.policy) OR (new.policy_version <> old.policy_version)))) EXECUTE FUNCTION refuse_changed_policy();

create table round_need (
  round_id uuid not null,
  need_id uuid not null,
  "position" integer not null,
  constraint round_need_pkey PRIMARY KEY (round_id, need_id),
  constraint round_need_position_check CHECK (("position" >= 1)),
  constraint round_need_need_id_fkey FOREIGN KEY (need_id) REFERENCES need(id),
  constraint round_need_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table round_need is 'The needs that a round calls for.';
CREATE INDEX round_need_by_need ON public.round_need USING btree (need_id);

create table round_policy_version (
  round_id uuid not null,
  version integer not null,
  policy jsonb not null,
  opens_at timestamp(3) with time zone not null,
  closes_at timestamp(3) with time zone not null,
  cycle_starts_on date not null,
  cycle_ends_on date not null,
  changed text[] not null,
  reason text,
  confirmation text not null,
  confirm_by timestamp(3) with time zone,
  published_at timestamp(3) with time zone not null,
  constraint round_policy_version_pkey PRIMARY KEY (round_id, version),
  constraint round_policy_version_check1 CHECK (((version = 1) = (reason IS NULL))),
  constraint round_policy_version_check2 CHECK (((version > 1) OR ((confirmation = 'not_required'::text) AND (cardinality(changed) = 0)))),
  constraint round_policy_version_check3 CHECK (((confirm_by IS NULL) OR ((confirmation = 'required'::text) AND (confirm_by <= closes_at)))),
  constraint round_policy_version_confirmation_check CHECK ((confirmation = ANY (ARRAY['required'::text, 'not_required'::text]))),
  constraint round_policy_version_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
  constraint round_policy_version_version_check CHECK ((version >= 1)),
  constraint round_policy_version_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table round_policy_version is 'Every version of a published round''s policy and timetable, as it was announced.';
CREATE TRIGGER round_policy_version_frozen BEFORE DELETE OR UPDATE ON public.round_policy_version FOR EACH ROW EXECUTE FUNCTION refuse_changed_policy_version();

create table sandbox_clock (
  host_id uuid not null,
  instant timestamp(3) with time zone not null,
  version integer default 1 not null,
  constraint sandbox_clock_pkey PRIMARY KEY (host_id),
  constraint sandbox_clock_version_is_positive CHECK ((version > 0))
);
comment on table sandbox_clock is 'The time that a sandbox host has set for itself to walk through a whole round in minutes.';

create table score_result_batch (
  id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  source text not null,
  number integer not null,
  results jsonb not null,
  statement text not null,
  recorded_by text not null,
  recorded_at timestamp(3) with time zone not null,
  constraint score_result_batch_pkey PRIMARY KEY (id),
  constraint score_result_batch_number_key UNIQUE (round_id, source, number),
  constraint score_result_batch_number_check CHECK ((number >= 1)),
  constraint score_result_batch_recorded_by_check CHECK (((char_length(recorded_by) >= 1) AND (char_length(recorded_by) <= 64))),
  constraint score_result_batch_results_check CHECK ((jsonb_typeof(results) = 'array'::text)),
  constraint score_result_batch_source_check CHECK ((source ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
  constraint score_result_batch_statement_check CHECK (((char_length(statement) >= 1) AND (char_length(statement) <= 2000))),
  constraint score_result_batch_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint score_result_batch_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table score_result_batch is 'What a source outside the panel counted for the bids of a round. The latest batch of a source counts; none ever changes.';
CREATE INDEX score_result_batch_by_round ON public.score_result_batch USING btree (round_id, recorded_at DESC, id DESC);
CREATE TRIGGER score_result_batch_frozen BEFORE DELETE OR UPDATE ON public.score_result_batch FOR EACH ROW EXECUTE FUNCTION refuse_changed_score_results();

create table score_sheet (
  id uuid not null,
  bid_id uuid not null,
  expert_id uuid not null,
  panel_id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  signing_number bigint generated always as identity not null,
  items jsonb not null,
  total_hundredths integer not null,
  remark text,
  signed_at timestamp(3) with time zone not null,
  voided_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  vote text,
  recommended_fen bigint,
  corrects_id uuid,
  correction_reason text,
  outlier_reason text,
  constraint score_sheet_pkey PRIMARY KEY (id),
  constraint score_sheet_correction_check CHECK (((corrects_id IS NULL) = (correction_reason IS NULL))),
  constraint score_sheet_correction_reason_check CHECK (((char_length(correction_reason) >= 1) AND (char_length(correction_reason) <= 2000))),
  constraint score_sheet_items_check CHECK ((jsonb_typeof(items) = 'array'::text)),
  constraint score_sheet_outlier_reason_check CHECK (((char_length(outlier_reason) >= 1) AND (char_length(outlier_reason) <= 2000))),
  constraint score_sheet_recommended_fen_check CHECK ((recommended_fen > 0)),
  constraint score_sheet_remark_check CHECK (((char_length(remark) >= 1) AND (char_length(remark) <= 2000))),
  constraint score_sheet_total_hundredths_check CHECK ((total_hundredths >= 0)),
  constraint score_sheet_vote_check CHECK ((vote = ANY (ARRAY['yes'::text, 'no'::text, 'abstain'::text]))),
  constraint score_sheet_bid_id_expert_id_fkey FOREIGN KEY (bid_id, expert_id) REFERENCES panel_seat(bid_id, expert_id),
  constraint score_sheet_corrects_id_fkey FOREIGN KEY (corrects_id) REFERENCES score_sheet(id),
  constraint score_sheet_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint score_sheet_panel_id_fkey FOREIGN KEY (panel_id) REFERENCES review_panel(id),
  constraint score_sheet_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table score_sheet is 'A signed sheet never changes; a recusal found later voids it and keeps it.';
comment on column score_sheet.signing_number is 'Tells which of two sheets of the same instant was signed first.';
comment on column score_sheet.recommended_fen is 'What the expert would grant, where amounts are the median of the panel.';
comment on column score_sheet.corrects_id is 'The void sheet that this one takes the place of: the old values stay there.';
comment on column score_sheet.outlier_reason is 'Why the expert is far from the others; given once, after the signature.';
CREATE UNIQUE INDEX score_sheet_bid_expert_key ON public.score_sheet USING btree (bid_id, expert_id) WHERE (voided_at IS NULL);
CREATE INDEX score_sheet_by_bid ON public.score_sheet USING btree (bid_id, created_at DESC, id DESC);
CREATE INDEX score_sheet_by_creation ON public.score_sheet USING btree (created_at DESC, id DESC);
CREATE INDEX score_sheet_by_expert ON public.score_sheet USING btree (expert_id, created_at DESC, id DESC);
CREATE INDEX score_sheet_by_host ON public.score_sheet USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX score_sheet_by_round ON public.score_sheet USING btree (round_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX score_sheet_corrects_key ON public.score_sheet USING btree (corrects_id);
CREATE TRIGGER score_sheet_by_seated_expert BEFORE INSERT ON public.score_sheet FOR EACH ROW EXECUTE FUNCTION refuse_recused_score_sheet();
CREATE TRIGGER score_sheet_frozen BEFORE DELETE OR UPDATE ON public.score_sheet FOR EACH ROW EXECUTE FUNCTION refuse_changed_score_sheet();

create table sealing_key (
  round_id uuid not null,
  host_id uuid not null,
  key_holder text not null,
  kid text not null,
  public_jwk jsonb not null,
  age_recipient text not null,
  escrow jsonb,
  shares_required integer,
  protected_key text not null,
  released_key text,
  released_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  constraint sealing_key_pkey PRIMARY KEY (round_id),
  constraint sealing_key_age_recipient_check CHECK ((age_recipient ~ '^age1[0-9a-z]{58}$'::text)),
  constraint sealing_key_check CHECK (((key_holder = 'officers'::text) = (shares_required IS NOT NULL))),
  constraint sealing_key_check1 CHECK (((released_key IS NULL) = (released_at IS NULL))),
  constraint sealing_key_escrow_check CHECK ((NOT (escrow ? 'ageIdentity'::text))),
  constraint sealing_key_key_holder_check CHECK ((key_holder = ANY (ARRAY['file'::text, 'officers'::text, 'kms'::text]))),
  constraint sealing_key_kid_check CHECK ((char_length(kid) = 43)),
  constraint sealing_key_public_jwk_check CHECK ((NOT (public_jwk ? 'd'::text))),
  constraint sealing_key_shares_required_check CHECK (((shares_required >= 2) AND (shares_required <= 20))),
  constraint sealing_key_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint sealing_key_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table sealing_key is 'The key pair of a round. Everybody may seal with the public half; the private one is with its holder.';
comment on column sealing_key.protected_key is 'The private half as only its holder can read it.';
comment on column sealing_key.released_key is 'The private half under the key of the service, from the opening on.';

create table settlement (
  id uuid not null,
  version integer default 1 not null,
  host_id uuid not null,
  round_id uuid not null,
  project_id uuid not null,
  organization_id uuid not null,
  kind text not null,
  evaluation_id uuid,
  audit_id uuid not null,
  grade text,
  approved_fen bigint not null,
  paid_fen bigint not null,
  audited_fen bigint not null,
  eligible_fen bigint not null,
  scheduled_fen bigint not null,
  final_tranche_fen bigint not null,
  refund_fen bigint not null,
  net_fen bigint not null,
  settled_on date not null,
  final_due_resolved jsonb,
  carries_over boolean not null,
  refund_claim_id uuid,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint settlement_pkey PRIMARY KEY (id),
  constraint settlement_audit_id_key UNIQUE (audit_id),
  constraint settlement_evaluation_id_key UNIQUE (evaluation_id),
  constraint settlement_project_id_key UNIQUE (project_id),
  constraint settlement_refund_claim_id_key UNIQUE (refund_claim_id),
  constraint settlement_approved_fen_check CHECK ((approved_fen > 0)),
  constraint settlement_audited_fen_check CHECK ((audited_fen >= 0)),
  constraint settlement_check CHECK (((paid_fen >= 0) AND (paid_fen <= approved_fen))),
  constraint settlement_check1 CHECK (((eligible_fen >= 0) AND (eligible_fen <= approved_fen))),
  constraint settlement_check2 CHECK (((final_tranche_fen >= 0) AND (final_tranche_fen <= scheduled_fen))),
  constraint settlement_check3 CHECK (((refund_fen >= 0) AND (refund_fen <= paid_fen))),
  constraint settlement_check4 CHECK ((net_fen = ((paid_fen + final_tranche_fen) - refund_fen))),
  constraint settlement_claims_what_is_due CHECK (((refund_claim_id IS NULL) OR (refund_fen > 0))),
  constraint settlement_completion_is_graded CHECK (((kind = 'completion'::text) = ((evaluation_id IS NOT NULL) AND (grade IS NOT NULL)))),
  constraint settlement_final_due_resolved_check CHECK ((jsonb_typeof(final_due_resolved) = 'object'::text)),
  constraint settlement_grade_check CHECK ((grade ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
  constraint settlement_kind_check CHECK ((kind = ANY (ARRAY['completion'::text, 'termination'::text]))),
  constraint settlement_pays_or_claims CHECK (((final_tranche_fen = 0) OR (refund_fen = 0))),
  constraint settlement_scheduled_fen_check CHECK ((scheduled_fen >= 0)),
  constraint settlement_terminated_pays_nothing CHECK (((kind = 'completion'::text) OR (final_tranche_fen = 0))),
  constraint settlement_version_check CHECK ((version >= 1)),
  constraint settlement_within_eligible CHECK ((net_fen <= eligible_fen)),
  constraint settlement_audit_id_fkey FOREIGN KEY (audit_id) REFERENCES audit(id),
  constraint settlement_evaluation_id_fkey FOREIGN KEY (evaluation_id) REFERENCES evaluation(id),
  constraint settlement_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint settlement_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint settlement_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint settlement_refund_claim_id_fkey FOREIGN KEY (refund_claim_id) REFERENCES refund_claim(id),
  constraint settlement_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table settlement is 'The last reckoning of a project: what is still paid, what must come back.';
comment on column settlement.audited_fen is 'Eligible expenses as audited.';
comment on column settlement.eligible_fen is 'What the grant bears of them: never more than approved, nor than real own funds allow where the policy says so.';
comment on column settlement.carries_over is 'The final tranche falls due after the year of its trigger: it needs a reference to next year''s budget (process.md 6.14).';
CREATE INDEX settlement_by_host ON public.settlement USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX settlement_by_organization ON public.settlement USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX settlement_by_round ON public.settlement USING btree (round_id, created_at DESC, id DESC);

create table settlement_source (
  settlement_id uuid not null,
  pool_id uuid not null,
  "position" integer not null,
  source text not null,
  approved_fen bigint not null,
  paid_fen bigint not null,
  refund_fen bigint not null,
  constraint settlement_source_pkey PRIMARY KEY (settlement_id, pool_id),
  constraint settlement_source_approved_fen_check CHECK ((approved_fen >= 0)),
  constraint settlement_source_check CHECK (((paid_fen >= 0) AND (paid_fen <= approved_fen))),
  constraint settlement_source_check1 CHECK (((refund_fen >= 0) AND (refund_fen <= paid_fen))),
  constraint settlement_source_position_check CHECK (("position" >= 1)),
  constraint settlement_source_pool_id_fkey FOREIGN KEY (pool_id) REFERENCES fund_pool(id),
  constraint settlement_source_settlement_id_fkey FOREIGN KEY (settlement_id) REFERENCES settlement(id)
);
comment on table settlement_source is 'The settlement by source of funds: approved, paid until then, to be refunded.';

create table told_result (
  bid_id uuid not null,
  told_at timestamp(3) with time zone not null,
  constraint told_result_pkey PRIMARY KEY (bid_id),
  constraint told_result_bid_id_fkey FOREIGN KEY (bid_id) REFERENCES bid(id)
);
comment on table told_result is 'Bids whose result is told: a notice that was not withdrawn names them, or all outcomes of their round are told.';

create table tranche (
  id uuid not null,
  version integer default 1 not null,
  project_id uuid not null,
  award_id uuid not null,
  round_id uuid not null,
  host_id uuid not null,
  organization_id uuid not null,
  number smallint not null,
  trigger text not null,
  due_period jsonb not null,
  scheduled_fen bigint not null,
  payable_fen bigint,
  triggered_on date,
  due_resolved jsonb,
  state text not null,
  hold_reason text,
  hold_note text,
  requested_by text,
  requested_at timestamp(3) with time zone,
  approved_by text,
  approved_at timestamp(3) with time zone,
  paid_by text,
  paid_on date,
  voucher text,
  created_at timestamp(3) with time zone default clock_timestamp() not null,
  constraint tranche_pkey PRIMARY KEY (id),
  constraint tranche_number_unique UNIQUE (project_id, number),
  constraint tranche_approved_by_check CHECK (((char_length(approved_by) >= 1) AND (char_length(approved_by) <= 100))),
  constraint tranche_check CHECK (((payable_fen >= 0) AND (payable_fen <= scheduled_fen))),
  constraint tranche_check1 CHECK (((state = 'held'::text) = (hold_reason IS NOT NULL))),
  constraint tranche_check2 CHECK ((((triggered_on IS NULL) = (due_resolved IS NULL)) AND ((triggered_on IS NULL) = (payable_fen IS NULL)))),
  constraint tranche_check3 CHECK (((state <> ALL (ARRAY['due'::text, 'requested'::text, 'approved'::text, 'paid'::text])) OR (triggered_on IS NOT NULL))),
  constraint tranche_check4 CHECK (((state <> 'planned'::text) OR (triggered_on IS NULL))),
  constraint tranche_check5 CHECK (((state <> ALL (ARRAY['requested'::text, 'approved'::text, 'paid'::text])) OR ((requested_by IS NOT NULL) AND (requested_at IS NOT NULL)))),
  constraint tranche_check6 CHECK (((state <> ALL (ARRAY['approved'::text, 'paid'::text])) OR ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL)))),
  constraint tranche_check7 CHECK (((state = 'paid'::text) = ((paid_on IS NOT NULL) AND (voucher IS NOT NULL) AND (paid_by IS NOT NULL)))),
  constraint tranche_check8 CHECK (((state <> 'paid'::text) OR (payable_fen > 0))),
  constraint tranche_due_period_check CHECK ((jsonb_typeof(due_period) = 'object'::text)),
  constraint tranche_due_resolved_check CHECK ((jsonb_typeof(due_resolved) = 'object'::text)),
  constraint tranche_hold_note_check CHECK (((char_length(hold_note) >= 1) AND (char_length(hold_note) <= 2000))),
  constraint tranche_hold_reason_check CHECK ((hold_reason = ANY (ARRAY['evaluation_failed'::text, 'credit_listing'::text, 'audit_issue'::text, 'missing_invoice'::text, 'other'::text]))),
  constraint tranche_number_check CHECK (((number >= 1) AND (number <= 20))),
  constraint tranche_paid_by_check CHECK (((char_length(paid_by) >= 1) AND (char_length(paid_by) <= 100))),
  constraint tranche_requested_by_check CHECK (((char_length(requested_by) >= 1) AND (char_length(requested_by) <= 100))),
  constraint tranche_scheduled_fen_check CHECK (((scheduled_fen >= 0) AND (scheduled_fen <= '999999999999999'::bigint))),
  constraint tranche_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'due'::text, 'held'::text, 'requested'::text, 'approved'::text, 'paid'::text, 'cancelled'::text]))),
  constraint tranche_trigger_check CHECK ((trigger = ANY (ARRAY['agreement_effective'::text, 'mid_passed'::text, 'final_passed_and_audited'::text]))),
  constraint tranche_two_people CHECK ((approved_by <> requested_by)),
  constraint tranche_version_check CHECK ((version >= 1)),
  constraint tranche_voucher_check CHECK (((char_length(voucher) >= 1) AND (char_length(voucher) <= 100))),
  constraint tranche_host_id_fkey FOREIGN KEY (host_id) REFERENCES organization(id),
  constraint tranche_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint tranche_project_id_fkey FOREIGN KEY (project_id) REFERENCES project_grant(project_id),
  constraint tranche_round_id_fkey FOREIGN KEY (round_id) REFERENCES round(id)
);
comment on table tranche is 'One payment of a grant: what sets it off, when it is due, and who asked for, approved and paid it.';
comment on column tranche.payable_fen is 'What is really to be paid, known once the tranche is triggered: the final one may be less than scheduled.';
comment on column tranche.due_resolved is 'How the due day came about; a calendar published later never moves it.';
CREATE INDEX tranche_by_creation ON public.tranche USING btree (created_at DESC, id DESC);
CREATE INDEX tranche_by_host ON public.tranche USING btree (host_id, created_at DESC, id DESC);
CREATE INDEX tranche_by_host_and_state ON public.tranche USING btree (host_id, state, created_at DESC, id DESC);
CREATE INDEX tranche_by_organization ON public.tranche USING btree (organization_id, created_at DESC, id DESC);
CREATE INDEX tranche_by_round ON public.tranche USING btree (round_id, created_at DESC, id DESC);
CREATE CONSTRAINT TRIGGER tranche_sums_to_its_sources AFTER INSERT OR UPDATE ON public.tranche DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tranche_check_sources();

create table tranche_source (
  tranche_id uuid not null,
  pool_id uuid not null,
  "position" smallint not null,
  source text not null,
  scheduled_fen bigint not null,
  payable_fen bigint,
  constraint tranche_source_pkey PRIMARY KEY (tranche_id, pool_id),
  constraint tranche_source_payable_fen_check CHECK ((payable_fen >= 0)),
  constraint tranche_source_position_check CHECK (("position" >= 1)),
  constraint tranche_source_scheduled_fen_check CHECK ((scheduled_fen >= 0)),
  constraint tranche_source_source_check CHECK ((source = ANY (ARRAY['welfare_lottery'::text, 'fiscal'::text, 'foundation'::text, 'enterprise'::text, 'village_collective'::text, 'other'::text]))),
  constraint tranche_source_pool_id_fkey FOREIGN KEY (pool_id) REFERENCES fund_pool(id),
  constraint tranche_source_tranche_id_fkey FOREIGN KEY (tranche_id) REFERENCES tranche(id)
);
comment on table tranche_source is 'The shares of the fund pools in a tranche; they sum to its scheduled and its payable amount.';
CREATE CONSTRAINT TRIGGER tranche_source_sums_to_its_tranche AFTER INSERT OR UPDATE ON public.tranche_source DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tranche_check_sources();

create view expert_host as
 SELECT id, host_id
   FROM expert;
comment on view expert_host is 'All that a credential for an expert is checked by: whether the expert is on record, and whose it is.';

CREATE OR REPLACE FUNCTION public.award_sources_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  -- Through jsonb: naming a column that the other table lacks would fail, whichever branch is taken.
  changed jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  checked uuid := changed ->> case when tg_table_name = 'award' then 'id' else 'award_id' end;
begin
  if exists (select 1 from award where id = checked and approved_fen <>
    (select coalesce(sum(amount_fen), 0) from award_source where award_id = checked)) then
    raise exception 'the sources of award % do not sum to its amount', checked using errcode = 'check_violation';
  end if;
  return null;
end $function$;
comment on function award_sources_balance() is NULL;

CREATE OR REPLACE FUNCTION public.checkpoint_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'checkpoints and Merkle nodes are append-only: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end
$function$;
comment on function checkpoint_refuse_change() is 'What was signed, and what proofs are read from, stays as it was written.';

CREATE OR REPLACE FUNCTION public.event_allow_release_and_sealing()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$;
comment on function event_allow_release_and_sealing() is 'withheld_by is set to null and released_at to the time once; seq, previous_hash and hash are set once, later; nothing else of an event ever changes.';

CREATE OR REPLACE FUNCTION public.event_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'events are append-only: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end
$function$;
comment on function event_refuse_change() is 'Nobody deletes events, not even the owner of the table.';

CREATE OR REPLACE FUNCTION public.ledger_add_to_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update ledger_account set balance_fen = balance_fen + new.amount_fen where id = new.account_id;
  return null;
end
$function$;
comment on function ledger_add_to_balance() is 'Keeps the stored balance equal to the sum of the entries.';

CREATE OR REPLACE FUNCTION public.ledger_check_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  booked uuid := coalesce(to_jsonb(new) ->> 'transaction_id', to_jsonb(new) ->> 'id')::uuid;
begin
  if not exists (select from ledger_entry where transaction_id = booked)
    or (select sum(amount_fen) from ledger_entry where transaction_id = booked) <> 0
  then
    raise exception 'ledger transaction % does not balance', booked using errcode = 'check_violation';
  end if;
  return null;
end
$function$;
comment on function ledger_check_balance() is 'At commit a transaction has entries and they sum to zero.';

CREATE OR REPLACE FUNCTION public.ledger_guard_account()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- Depth 2: called by the trigger on ledger_entry, which alone may change a balance.
  if pg_trigger_depth() < 2
    or (new.id, new.round_id, new.pool_id, new.source, new.project_id, new.kind)
      is distinct from (old.id, old.round_id, old.pool_id, old.source, old.project_id, old.kind)
  then
    raise exception 'a ledger account changes by entries only' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$function$;
comment on function ledger_guard_account() is 'Nobody writes a balance by hand.';

CREATE OR REPLACE FUNCTION public.ledger_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the ledger is append-only: % on % is refused', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end
$function$;
comment on function ledger_refuse_change() is 'What was booked stays booked, for everybody.';

CREATE OR REPLACE FUNCTION public.notice_refuse_deletion()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'notices are kept: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end
$function$;
comment on function notice_refuse_deletion() is 'A notice that was public stays on record, withdrawn or not.';

CREATE OR REPLACE FUNCTION public.notice_refuse_rewriting()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.id, new.round_id, new.host_id, new.kind, new.number, new.version_number, new.snapshot, new.digest,
      new.published_at, new.window_resolved, new.supersedes_id, new.created_at)
    is distinct from
    (old.id, old.round_id, old.host_id, old.kind, old.number, old.version_number, old.snapshot, old.digest,
      old.published_at, old.window_resolved, old.supersedes_id, old.created_at)
  then
    raise exception 'notice % is public: it may be extended, closed or withdrawn, never rewritten', old.id
      using errcode = 'insufficient_privilege';
  end if;
  if new.closes_at is distinct from old.closes_at and (old.state <> 'open' or new.closes_at < old.closes_at or not exists (
      select from notice_extension added
      where added.notice_id = old.id and (added.document ->> 'closesAt')::timestamptz = new.closes_at))
  then
    raise exception 'the window of notice % grows by a recorded extension only, while it is open', old.id
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$function$;
comment on function notice_refuse_rewriting() is 'What the public has read stays as it was.';

CREATE OR REPLACE FUNCTION public.refuse_changed_advice()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'advice and what was made of it never change' using errcode = 'check_violation';
end $function$;
comment on function refuse_changed_advice() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_bid_eligibility()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a snapshot of eligibility never changes' using errcode = 'check_violation';
end $function$;
comment on function refuse_changed_bid_eligibility() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_bid_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;
comment on function refuse_changed_bid_version() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_expert_draw()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or
    (new.round_id, new.number, new.review_on, new.size, new.quotas, new.candidates, new.conflicts, new.terms_digest,
      new.host_commitment, new.service_commitment, new.service_seed_sealed) is distinct from
    (old.round_id, old.number, old.review_on, old.size, old.quotas, old.candidates, old.conflicts, old.terms_digest,
      old.host_commitment, old.service_commitment, old.service_seed_sealed) or
    (old.service_seed is not null and
      (new.host_seed, new.service_seed) is distinct from (old.host_seed, old.service_seed)) then
    raise exception 'what a draw was committed to never changes' using errcode = 'check_violation';
  end if;
  return new;
end $function$;
comment on function refuse_changed_expert_draw() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_level_decision()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a level''s decision never changes' using errcode = 'check_violation';
end $function$;
comment on function refuse_changed_level_decision() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_minutes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'minutes never change; a correction is put beside them' using errcode = 'check_violation';
end $function$;
comment on function refuse_changed_minutes() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_notice_record()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'probes and extensions of notices never change' using errcode = 'check_violation';
end $function$;
comment on function refuse_changed_notice_record() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_opinion()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or old.reopened_at is not null or
    (new.opinion, new.outcome, new.tally, new.published_by, new.published_at) is distinct from
    (old.opinion, old.outcome, old.tally, old.published_by, old.published_at) then
    raise exception 'a published opinion never changes' using errcode = 'check_violation';
  end if;
  return new;
end $function$;
comment on function refuse_changed_opinion() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_policy()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.policy_version = old.policy_version + 1
    and old.state in ('published', 'receiving') and new.state = old.state
    and exists (select from round_policy_version announced
      where announced.round_id = new.id and announced.version = new.policy_version
        and announced.policy = new.policy and announced.closes_at = new.closes_at)
  then
    return new;
  end if;
  raise exception 'the policy of a published round never changes, except as its next version that was announced'
    using errcode = 'check_violation';
end $function$;
comment on function refuse_changed_policy() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_policy_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a published version of a policy never changes' using errcode = 'check_violation';
end $function$;
comment on function refuse_changed_policy_version() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_question()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or old.answer is not null or
    (new.question, new.expert_id, new.asked_by, new.asked_at) is distinct from
    (old.question, old.expert_id, old.asked_by, old.asked_at) then
    raise exception 'a recorded question or answer never changes' using errcode = 'check_violation';
  end if;
  return new;
end $function$;
comment on function refuse_changed_question() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_ranking_withdrawals()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.ranking_withdrawals is distinct from coalesce((
      select jsonb_agg(kept.entry order by kept.number)
      from jsonb_array_elements(new.ranking_withdrawals) with ordinality as kept (entry, number)
      where kept.number <= jsonb_array_length(old.ranking_withdrawals)), '[]')
  then
    raise exception 'what was said about a withdrawn ranking of panel % never changes', old.id
      using errcode = 'check_violation';
  end if;
  return new;
end $function$;
comment on function refuse_changed_ranking_withdrawals() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_score_results()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'recorded score results never change' using errcode = 'check_violation';
end $function$;
comment on function refuse_changed_score_results() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_changed_score_sheet()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or old.voided_at is not null or
    (old.outlier_reason is not null and new.outlier_reason is distinct from old.outlier_reason) or
    (new.bid_id, new.expert_id, new.items, new.total_hundredths, new.vote, new.recommended_fen, new.remark, new.signed_at,
      new.corrects_id, new.correction_reason) is distinct from
    (old.bid_id, old.expert_id, old.items, old.total_hundredths, old.vote, old.recommended_fen, old.remark, old.signed_at,
      old.corrects_id, old.correction_reason) then
    raise exception 'a signed score sheet never changes' using errcode = 'check_violation';
  end if;
  return new;
end $function$;
comment on function refuse_changed_score_sheet() is NULL;

CREATE OR REPLACE FUNCTION public.refuse_recused_score_sheet()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select 1 from panel_seat
    where bid_id = new.bid_id and expert_id = new.expert_id and state = 'seated') then
    raise exception 'only a seated expert signs a score sheet' using errcode = 'check_violation';
  end if;
  return new;
end $function$;
comment on function refuse_recused_score_sheet() is NULL;

CREATE OR REPLACE FUNCTION public.tranche_check_sources()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  wrong uuid;
begin
  select t.id into wrong
  from tranche t left join tranche_source s on s.tranche_id = t.id
  where t.id = case tg_table_name when 'tranche' then (to_jsonb(new) ->> 'id')::uuid else (to_jsonb(new) ->> 'tranche_id')::uuid end
  group by t.id, t.scheduled_fen, t.payable_fen
  having coalesce(sum(s.scheduled_fen), 0) <> t.scheduled_fen
    or (t.payable_fen is not null and coalesce(sum(s.payable_fen), 0) <> t.payable_fen);
  if wrong is not null then
    raise exception 'the sources of tranche % do not sum to its amount', wrong using errcode = 'check_violation';
  end if;
  return null;
end
$function$;
comment on function tranche_check_sources() is 'At commit the shares of a tranche sum to its amounts, to the fen.';
