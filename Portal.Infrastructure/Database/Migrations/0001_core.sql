create extension if not exists pg_trgm;
create extension if not exists unaccent;
create extension if not exists btree_gist;

create schema core;

create table core.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    user_id uuid not null,
    user_name text not null,
    origin text not null,
    object_kind text not null,
    object_id uuid not null,
    action text not null check (action in ('added', 'changed', 'removed', 'event')),
    before jsonb,
    after jsonb,
    -- the sealer may only take rows no running transaction can still precede
    written_by xid8 not null default pg_current_xact_id()
);
create index audit_object on core.audit (object_kind, object_id, id desc);
create index audit_user on core.audit (user_id, id desc);
create index audit_at on core.audit (at desc, id desc);
create index audit_sealing on core.audit (written_by, id);

create table core.audit_seal (
    id bigint generated always as identity primary key,
    sealed_to xid8 not null,
    rows integer not null,
    hash bytea not null,
    at timestamptz not null
);

create function core.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;
create trigger audit_append_only before update or delete or truncate on core.audit
    for each statement execute function core.refuse_change();
create trigger audit_seal_append_only before update or delete or truncate on core.audit_seal
    for each statement execute function core.refuse_change();

create table core.outbox (
    id bigint generated always as identity primary key,
    key text not null unique,
    kind text not null,
    body jsonb not null,
    created_at timestamptz not null,
    due_at timestamptz not null,
    attempts integer not null default 0,
    last_error text,
    done_at timestamptz
);
create index outbox_due on core.outbox (due_at, id) where done_at is null;

create table core.command_log (
    key text primary key,
    at timestamptz not null,
    user_id uuid not null,
    name text not null,
    answer jsonb not null
);
create index command_log_at on core.command_log (at);

create table core.document_number (
    company uuid not null,
    kind text not null,
    year integer not null,
    last bigint not null,
    primary key (company, kind, year)
);

create table core.search_entry (
    kind text not null,
    object_id uuid not null,
    title text not null,
    text text not null,
    partner uuid,
    primary key (kind, object_id)
);
create index search_entry_title on core.search_entry using gin (lower(title) gin_trgm_ops);
create index search_entry_text on core.search_entry using gin (lower(text) gin_trgm_ops);

create table core.setting (
    key text primary key,
    value jsonb not null,
    changed_at timestamptz not null
);
