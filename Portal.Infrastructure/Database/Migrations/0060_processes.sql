create schema process;

create table process.definition (
    id uuid primary key,
    key text not null,
    -- null for the draft, of which a key has one at most
    version integer,
    xml text not null,
    hash text not null,
    revision integer not null,
    changed_at timestamptz not null,
    changed_by uuid not null,
    changed_by_name text not null,
    published_at timestamptz,
    published_by uuid,
    published_by_name text,
    unique (key, version)
);
create unique index definition_draft on process.definition (key) where version is null;

create table process.instance (
    id uuid primary key,
    definition uuid not null references process.definition deferrable initially deferred,
    key text not null,
    business_kind text,
    business_id uuid,
    branch uuid references identity.branch deferrable initially deferred,
    parent uuid references process.instance deferrable initially deferred,
    -- the instances that called it, outermost first: whoever locks it locks them before
    ancestors uuid[] not null,
    depth integer not null,
    revision bigint not null,
    state jsonb not null,
    status text not null,
    -- what lists and figures read without opening the state
    stage text,
    nodes text[] not null,
    started_at timestamptz not null,
    started_by uuid,
    started_by_name text not null,
    ended_at timestamptz,
    end_note text
) with (fillfactor = 60);
create index instance_definition on process.instance (definition);
create index instance_running on process.instance (key, started_at desc, id) where status = 'Running';
create index instance_started on process.instance (started_at desc, id);
create index instance_business on process.instance (business_id, business_kind) where business_id is not null;
create index instance_parent on process.instance (parent) where parent is not null;

create table process.task (
    id uuid primary key,
    instance uuid not null references process.instance deferrable initially deferred,
    key text not null,
    node text not null,
    token integer not null,
    title jsonb not null,
    assignee uuid,
    candidate_users uuid[] not null,
    candidate_roles text[] not null,
    due timestamptz,
    escalate_to text,
    escalated_at timestamptz,
    priority integer not null,
    given jsonb not null,
    stage text,
    business_kind text,
    business_id uuid,
    branch uuid,
    created_at timestamptz not null,
    claimed_at timestamptz,
    closed_at timestamptz,
    closed_by uuid,
    closed_by_name text,
    outcome text,
    success boolean
) with (fillfactor = 80);
create index task_instance on process.task (instance);
create index task_assignee on process.task (assignee) where closed_at is null and assignee is not null;
create index task_candidates on process.task using gin (candidate_roles, candidate_users) where closed_at is null and assignee is null;
create index task_open on process.task (key, node) where closed_at is null;
create index task_closed on process.task (key, closed_at) where closed_at is not null;
create index task_business on process.task (business_id, business_kind) where business_id is not null;

create table process.job (
    id uuid primary key,
    instance uuid references process.instance deferrable initially deferred,
    definition uuid references process.definition deferrable initially deferred,
    kind text not null,
    node text,
    due timestamptz not null,
    retry text,
    -- the subscription a signal is led to
    subject uuid,
    payload jsonb,
    attempts integer not null,
    last_error text,
    locked_until timestamptz,
    locked_by text
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index job_due on process.job (due, id);
create index job_instance on process.job (instance) where instance is not null;
create index job_definition on process.job (definition) where definition is not null;

create table process.subscription (
    id uuid primary key,
    instance uuid references process.instance deferrable initially deferred,
    -- set instead of the instance where the message or signal starts one
    definition uuid references process.definition deferrable initially deferred,
    kind text not null,
    name text not null,
    key text,
    node text not null
);
create index subscription_name on process.subscription (name, key);
create index subscription_instance on process.subscription (instance) where instance is not null;
create index subscription_definition on process.subscription (definition) where definition is not null;

-- Buffered until somebody waits for it or it expires; delivered ones stay a while, so that a repeat is known.
create table process.message (
    id text primary key,
    name text not null,
    key text,
    payload jsonb not null,
    received_at timestamptz not null,
    expires_at timestamptz not null,
    delivered_at timestamptz,
    outcome text not null,
    instance uuid
);
create index message_waiting on process.message (name, key) where delivered_at is null;
create index message_instance on process.message (instance) where instance is not null;
create index message_expiry on process.message (expires_at);

create table process.incident (
    id uuid primary key,
    instance uuid not null references process.instance deferrable initially deferred,
    node text,
    token integer,
    code text not null,
    message text not null,
    raised_at timestamptz not null,
    resolved_at timestamptz,
    resolved_by_name text
);
create index incident_instance on process.incident (instance);
create index incident_open on process.incident (raised_at desc, id) where resolved_at is null;

create table process.history (
    instance uuid not null,
    ordinal bigint not null,
    at timestamptz not null,
    kind text not null,
    node text,
    token integer,
    detail text,
    success boolean,
    by_user uuid,
    by_name text,
    primary key (instance, ordinal, at)
) partition by range (at);
revoke update, delete, truncate on process.history from portal_application;

-- Attached rather than made in place: that needs no lock which readers would feel.
create function process.make_history_month(month date) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    first date := date_trunc('month', month)::date;
    part text := 'history_' || to_char(first, 'YYYYMM');
begin
    if to_regclass('process.' || part) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext('process.history'));
    if to_regclass('process.' || part) is not null then return; end if;
    execute format('create table process.%I (like process.history)', part);
    execute format('revoke all on process.%I from public, portal_application', part);
    execute format('alter table process.history attach partition process.%I for values from (%L) to (%L)',
        part, first::timestamptz, (first + interval '1 month')::date::timestamptz);
end $$;

create table process.substitution (
    id uuid primary key,
    absent uuid not null references identity.portal_user deferrable initially deferred,
    substitute uuid not null references identity.portal_user deferrable initially deferred,
    starts timestamptz not null,
    ends timestamptz not null
);
create index substitution_substitute on process.substitution (substitute, ends);
create index substitution_absent on process.substitution (absent, ends);

-- The drain of the outbox: leases, backoff, and what is set aside after the last try.
alter table core.outbox
    add locked_until timestamptz,
    add locked_by text,
    add set_aside_at timestamptz,
    add retry text;
drop index core.outbox_due;
create index outbox_due on core.outbox (due_at, id) where done_at is null and set_aside_at is null;
create index outbox_set_aside on core.outbox (set_aside_at desc) where set_aside_at is not null;
create index outbox_done on core.outbox (done_at) where done_at is not null;

-- A company founded before processes came gets the rights and roles that a new one starts with.
update identity.role set permissions = permissions || array['process.map.draw', 'process.map.publish', 'process.instance.start', 'process.instance.read',
        'process.instance.alter', 'process.task.work', 'process.task.oversee', 'process.report.read', 'core.outbox.manage']
    where code = 'administrator';
insert into identity.role (id, code, name, scope, permissions, built_in)
    select gen_random_uuid(), code, code, 'All', permissions, true
    from (
        select code, array['process.instance.start', 'process.instance.read', 'process.task.work'] as permissions
            from unnest(array['sales', 'technologist', 'supply', 'project-manager', 'legal', 'finance', 'warehouse', 'production', 'customer-service', 'quality']) code
        union all
        select code, array['process.instance.start', 'process.instance.read', 'process.instance.alter', 'process.task.work', 'process.task.oversee', 'process.report.read']
            from unnest(array['sales-head', 'finance-head', 'warehouse-head', 'production-head', 'service-head', 'quality-head', 'director']) code
        union all
        select 'analyst', array['process.map.draw', 'process.map.publish', 'process.instance.start', 'process.instance.read', 'process.instance.alter', 'process.report.read', 'process.task.work']
    ) roles
    where exists (select from identity.branch)
    on conflict (code) do nothing;
