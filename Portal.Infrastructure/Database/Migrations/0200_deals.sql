-- deals and the ways they go
create schema sales;

create table sales.pipeline (
    id uuid primary key,
    name text,
    map text,
    position integer not null,
    archived boolean not null default false,
    check (name is not null or map is not null)
);
alter table sales.pipeline alter archived drop default;
-- whose process runs a deal is told by its map
create unique index pipeline_map on sales.pipeline (map) where map is not null and not archived;

create table sales.stage (
    id uuid primary key,
    pipeline uuid not null references sales.pipeline deferrable initially deferred,
    key text not null,
    name text not null,
    position integer not null,
    probability numeric(5,2) not null check (probability between 0 and 100),
    age_limit integer check (age_limit > 0),
    archived boolean not null,
    unique (pipeline, key)
);

create table sales.lead_source (
    id uuid primary key,
    key text not null unique,
    name text,
    position integer not null,
    archived boolean not null
);

create table sales.loss_reason (
    id uuid primary key,
    key text not null unique,
    name text,
    position integer not null,
    archived boolean not null
);

create sequence sales.deal_number;

create table sales.deal (
    id uuid primary key,
    number bigint not null unique,
    title text not null,
    partner uuid references clients.partner deferrable initially deferred,
    contact uuid references clients.person deferrable initially deferred,
    pipeline uuid not null references sales.pipeline deferrable initially deferred,
    stage uuid not null references sales.stage deferrable initially deferred,
    stage_since timestamptz not null,
    state text not null check (state in ('Open', 'Won', 'Lost')),
    amount numeric(18,2) not null check (amount >= 0),
    currency text not null,
    rate numeric(24,10) not null check (rate > 0),
    amount_base numeric(18,2) not null,
    planned_margin numeric(18,2),
    margin_so_far numeric(18,2),
    probability numeric(5,2) not null check (probability between 0 and 100),
    probability_set boolean not null,
    manager uuid references identity.portal_user deferrable initially deferred,
    people uuid[] not null,
    branch uuid references identity.branch deferrable initially deferred,
    source uuid references sales.lead_source deferrable initially deferred,
    product uuid,
    lead uuid,
    opened_on date not null,
    expected_close date,
    closed_on date,
    loss_reason uuid references sales.loss_reason deferrable initially deferred,
    loss_note text,
    next_step text,
    next_step_on date,
    created_at timestamptz not null,
    archived boolean not null,
    merged_into uuid references sales.deal deferrable initially deferred,
    check ((state = 'Open') = (closed_on is null)),
    check (state <> 'Lost' or loss_reason is not null),
    check (merged_into is null or archived)
) with (fillfactor = 85);
-- the kanban: what is open is few among many; a column counts by the index and shows its first cards in its order
create index deal_open on sales.deal (stage, next_step_on, id) include (amount_base, probability, manager, branch) where state = 'Open' and not archived;
create index deal_open_pipeline on sales.deal (pipeline, stage) include (amount_base, probability) where state = 'Open' and not archived;
-- lists: newest first, a client's, a manager's, by what is due
create index deal_opened on sales.deal (opened_on, number) where not archived;
create index deal_partner on sales.deal (partner, opened_on desc) where partner is not null;
create index deal_contact on sales.deal (contact) where contact is not null;
create index deal_manager on sales.deal (manager, opened_on desc);
create index deal_people on sales.deal using gin (people);
create index deal_next_step on sales.deal (manager, next_step_on) where state = 'Open' and not archived;
create index deal_due on sales.deal (next_step_on, number) where state = 'Open' and not archived;
create index deal_age on sales.deal (stage_since, number) where state = 'Open' and not archived;
create index deal_title on sales.deal (lower(title), number) where not archived;
create index deal_amount on sales.deal (amount_base, number) where not archived;
create index deal_expected on sales.deal (expected_close, number) where not archived;
create index deal_lead on sales.deal (lead) where lead is not null;
-- the funnel: a pipeline's cohorts by the day they came in, and what was decided in a period
create index deal_pipeline_opened on sales.deal (pipeline, opened_on) where not archived;
create index deal_pipeline_closed on sales.deal (pipeline, closed_on) where closed_on is not null and not archived;
create index deal_source on sales.deal (source, opened_on) where source is not null;

create table sales.deal_stage (
    deal uuid not null references sales.deal deferrable initially deferred,
    seq integer not null,
    stage uuid not null references sales.stage deferrable initially deferred,
    position integer not null,
    entered_at timestamptz not null,
    left_at timestamptz,
    primary key (deal, seq),
    check (left_at >= entered_at)
);
create index deal_stage_entered on sales.deal_stage (stage, entered_at);

create table sales.deal_member (
    deal uuid not null references sales.deal deferrable initially deferred,
    "user" uuid not null references identity.portal_user deferrable initially deferred,
    part text,
    primary key (deal, "user")
);
create index deal_member_user on sales.deal_member ("user");

create table sales.deal_competitor (
    id uuid primary key,
    deal uuid not null references sales.deal deferrable initially deferred,
    partner uuid references clients.partner deferrable initially deferred,
    name text,
    price numeric(18,2),
    strengths text,
    outcome text not null,
    check (num_nonnulls(partner, name) = 1)
);
create index deal_competitor_deal on sales.deal_competitor (deal);
create index deal_competitor_partner on sales.deal_competitor (partner) where partner is not null;

-- What a company begins with: the pipeline of the map that comes with the product, its reasons, and where clients come from. Nameless rows are called in the language of who reads.
insert into sales.pipeline (id, name, map, position, archived) values ('5a1e0000-0000-7000-8000-000000000001', null, 'Sale', 1, false);
insert into sales.stage (id, pipeline, key, name, position, probability, age_limit, archived)
    select ('5a1e0000-0000-7000-8000-0000000001' || lpad(position::text, 2, '0'))::uuid, '5a1e0000-0000-7000-8000-000000000001', key, name, position, probability, age_limit, false
    from (values ('need', 'Need', 1, 10, 7), ('offer', 'Offer', 2, 30, 7), ('approval', 'Approval', 3, 40, 5), ('negotiation', 'Negotiation', 4, 55, 21),
        ('contract', 'Contract', 5, 75, 14), ('prepayment', 'Prepayment', 6, 85, 14), ('fulfilment', 'Fulfilment', 7, 95, 45), ('closing', 'Closing', 8, 99, 14)) as stage (key, name, position, probability, age_limit);
insert into sales.loss_reason (id, key, position, archived)
    select ('5a1e0000-0000-7000-8000-0000000002' || lpad(position::text, 2, '0'))::uuid, key, position, false
    from unnest(array['price', 'time', 'competitor', 'budget', 'not-ours', 'payment', 'withdrew', 'management']) with ordinality as reason (key, position);
insert into sales.lead_source (id, key, position, archived)
    select ('5a1e0000-0000-7000-8000-0000000003' || lpad(position::text, 2, '0'))::uuid, key, position, false
    from unnest(array['web', 'call', 'mail', 'recommendation', 'exhibition', 'advertisement', 'visit', 'other']) with ordinality as source (key, position);

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['sales.deal.read', 'sales.deal.manage'] where built_in and code = 'sales';
update identity.role set permissions = permissions || array['sales.deal.read', 'sales.deal.manage', 'sales.settings'] where built_in and code in ('administrator', 'sales-head', 'director');
