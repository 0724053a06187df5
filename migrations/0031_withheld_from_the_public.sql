-- What the notice of an award leaves out, the public project leaves out too.

alter table project
  add column is_group_withheld boolean not null default false,
  add column are_needs_withheld boolean not null default false;
comment on column project.is_group_withheld is 'A notice did not tell, or masked, the filed group: the project list tells outsiders nothing of it.';
comment on column project.are_needs_withheld is 'A notice did not tell the need: the project list tells outsiders no needs.';

update project set
  is_group_withheld = told.redactions ?| array['group_name_omitted', 'group_name_masked'],
  are_needs_withheld = told.redactions ? 'need_omitted'
from (
  select award.project_id, jsonb_agg(distinct redaction.code) as redactions
  from award
  join notice on notice.id = award.notice_id
  cross join jsonb_array_elements_text(coalesce(notice.snapshot -> 'redactions', '[]')) as redaction (code)
  group by award.project_id
) as told
where told.project_id = project.id;
