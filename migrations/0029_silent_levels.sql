-- A level of review has a last day where the policy sets one; its silence beyond it is recorded and the bid goes up.

alter table level_review add column due_on date;
comment on column level_review.due_on is 'The last day of the level that has the bid; null where the policy sets none.';

alter table level_decision drop constraint level_decision_decision_check;
alter table level_decision add constraint level_decision_decision_check
  check (decision in ('forward', 'return', 'resume', 'silence'));
