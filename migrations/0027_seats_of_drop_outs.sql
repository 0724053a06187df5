-- Who was drawn and cannot come gives its seats up; the successor takes them in the same step.

alter table panel_seat drop constraint panel_seat_reason_check;
alter table panel_seat add constraint panel_seat_reason_check
  check (reason in ('employment', 'declared_conflict', 'own_statement', 'on_request', 'found_late', 'dropped_out'));
