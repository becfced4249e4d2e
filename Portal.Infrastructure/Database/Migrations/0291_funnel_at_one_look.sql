-- a deal that came in within a period tells its cohort and how it was decided at one look: both stand in the index of its day
drop index sales.deal_cohort, sales.deal_decided;
create index deal_cohort on sales.deal (pipeline, opened_on) include (furthest, state, amount_base, closed_on, loss_reason, manager, source, product, branch) where not archived;
create index deal_decided on sales.deal (pipeline, closed_on) include (opened_on, furthest, state, amount_base, loss_reason, manager, source, product, branch) where closed_on is not null and not archived;
-- what was decided in a period came in within it or before it
alter table sales.deal add constraint deal_closed_after_opened check (closed_on >= opened_on) not valid;
