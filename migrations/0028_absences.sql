-- A vote waits for all seated experts; the absence of who does not come is recorded with its reason.

alter table panel_seat add column absence text check (char_length(absence) between 1 and 2000);
comment on column panel_seat.absence is 'Why the vote of this expert is waited for no longer; the seat counts in the quorum.';
