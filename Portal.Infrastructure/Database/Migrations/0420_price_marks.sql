-- what was decided about prices below their floor is kept line by line, with the floor that each had then; decisions of before hold for no line
drop index pricing.price_decision_about;
alter table pricing.price_decision add column marks jsonb not null default '[]';
alter table pricing.price_decision alter column marks drop default;
alter table pricing.price_decision drop column lines;
create index price_decision_about on pricing.price_decision (about_id, about_kind, at desc);
