-- Who reviews an answer reads what was answered, and the award that it is about.

alter table objection add column appealed_to_id uuid references organization (id);
comment on column objection.appealed_to_id is 'Who reviews the answer to it: that organization reads it whole.';
update objection set appealed_to_id = review.reviewed_by_id
from objection as review
where review.appeals_id = objection.id and review.state <> 'rejected_as_late';
create index objection_by_appealed_to on objection (appealed_to_id, created_at desc, id desc) where appealed_to_id is not null;

alter table award add column reviewed_by_id uuid references organization (id);
comment on column award.reviewed_by_id is 'Who reviews the answer to an objection to it, and reads it for that.';
update award set reviewed_by_id = objection.appealed_to_id
from objection
where objection.award_id = award.id and objection.appealed_to_id is not null;
