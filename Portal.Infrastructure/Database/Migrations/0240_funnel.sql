-- the furthest stage a deal came to in its pipeline: by it cohorts are counted, without reading the history of a million deals
alter table sales.deal add column furthest uuid references sales.stage deferrable initially deferred;

create function sales.furthest_stage(of_deal uuid, in_pipeline uuid, standing uuid) returns uuid language sql stable as $$
    select s.id from sales.stage s
    where s.pipeline = in_pipeline and (s.id = standing or s.id in (select h.stage from sales.deal_stage h where h.deal = of_deal))
    order by s.position desc, s.id limit 1
$$;

create function sales.note_furthest() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.pipeline = old.pipeline and old.furthest is not null then
        if new.stage <> old.stage and (select position from sales.stage where id = new.stage) > (select position from sales.stage where id = old.furthest) then
            new.furthest := new.stage;
        end if;
    else
        new.furthest := sales.furthest_stage(new.id, new.pipeline, new.stage);
    end if;
    return new;
end
$$;
create trigger deal_furthest before insert or update of stage, pipeline on sales.deal for each row execute function sales.note_furthest();

-- a deal may go forth and back before it is written first; at the commit, so that nobody's row changes under his hands
create function sales.note_stay() returns trigger language plpgsql as $$
begin
    update sales.deal d set furthest = s.id from sales.stage s, sales.stage f
    where d.id = new.deal and s.id = new.stage and f.id = d.furthest and s.pipeline = d.pipeline and s.position > f.position;
    return null;
end
$$;
create constraint trigger deal_stage_furthest after insert on sales.deal_stage deferrable initially deferred for each row execute function sales.note_stay();

-- stages put into another order: once for a pipeline in a transaction
create function sales.note_order() returns trigger language plpgsql as $$
begin
    if current_setting('sales.ordered', true) = new.pipeline || ' ' || txid_current() then return null; end if;
    perform set_config('sales.ordered', new.pipeline || ' ' || txid_current(), true);
    update sales.deal d set furthest = best.stage
    from (select distinct on (h.deal) h.deal, h.stage from sales.deal_stage h join sales.stage s on s.id = h.stage where s.pipeline = new.pipeline order by h.deal, s.position desc) best
    where d.id = best.deal and d.pipeline = new.pipeline and d.furthest <> best.stage;
    return null;
end
$$;
create constraint trigger stage_order after update of position on sales.stage deferrable initially deferred for each row when (old.position <> new.position) execute function sales.note_order();

update sales.deal set furthest = sales.furthest_stage(id, pipeline, stage);
set constraints all immediate;
alter table sales.deal alter column furthest set not null;

-- what the funnel counts stands in its indexes, with all by which it is narrowed
drop index sales.deal_open_pipeline, sales.deal_pipeline_opened, sales.deal_pipeline_closed;
create index deal_slice on sales.deal (pipeline, stage) include (amount_base, probability, stage_since, expected_close, manager, source, product, branch) where state = 'Open' and not archived;
create index deal_cohort on sales.deal (pipeline, opened_on) include (furthest, state, amount_base, manager, source, product, branch) where not archived;
create index deal_decided on sales.deal (pipeline, closed_on) include (furthest, state, amount_base, loss_reason, manager, source, product, branch) where closed_on is not null and not archived;
create index deal_product on sales.deal (product) where product is not null;
create index deal_archived on sales.deal (id) where archived;
create index deal_stage_left on sales.deal_stage (stage, left_at) include (entered_at, deal) where left_at is not null;

-- what the open deals of a month were expected to bring when it began: a forecast is measured by what was said before
create table sales.forecast (
    month date primary key,
    taken_at timestamptz not null
);
create table sales.forecast_deal (
    month date not null references sales.forecast deferrable initially deferred,
    deal uuid not null references sales.deal deferrable initially deferred,
    weighted numeric(18,2) not null,
    primary key (month, deal)
);
create index forecast_deal_deal on sales.forecast_deal (deal);

create table sales.sales_plan (
    id uuid primary key,
    month date not null check (extract(day from month) = 1),
    pipeline uuid not null references sales.pipeline deferrable initially deferred,
    manager uuid references identity.portal_user deferrable initially deferred,
    amount numeric(18,2) not null check (amount >= 0),
    since date not null
);
create unique index sales_plan_version on sales.sales_plan (pipeline, month, coalesce(manager, '00000000-0000-0000-0000-000000000000'), since);
create index sales_plan_manager on sales.sales_plan (manager) where manager is not null;

-- days that are not worked, or worked, other than the weekday says
create table sales.calendar_day (
    id uuid primary key,
    branch uuid references identity.branch deferrable initially deferred,
    day date not null,
    works boolean not null
);
create unique index calendar_day_day on sales.calendar_day (day, coalesce(branch, '00000000-0000-0000-0000-000000000000'));

update identity.role set permissions = permissions || array['sales.funnel.read'] where built_in and code = 'sales';
update identity.role set permissions = permissions || array['sales.funnel.read', 'sales.plan.manage', 'sales.import'] where built_in and code in ('administrator', 'sales-head', 'director');
