-- Why rankings were withdrawn, in words. The ranking itself goes, so its panel keeps them; events hold the coded ground only.

alter table review_panel
  add column ranking_withdrawals jsonb not null default '[]' check (jsonb_typeof(ranking_withdrawals) = 'array');
comment on column review_panel.ranking_withdrawals is 'Ground, reason and moment of each withdrawn ranking, oldest first. Entries are only added.';

create function refuse_changed_ranking_withdrawals() returns trigger language plpgsql as $$
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
end $$;
create trigger review_panel_withdrawals_kept before update of ranking_withdrawals on review_panel
  for each row execute function refuse_changed_ranking_withdrawals();
