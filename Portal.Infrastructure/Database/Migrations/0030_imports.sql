create schema imports;

create table imports.import_run (
    id uuid primary key,
    kind text not null,
    source text not null,
    file_name text not null,
    stored_as text not null,
    bytes bigint not null,
    header text[] not null,
    signature text not null,
    map jsonb not null,
    create_missing boolean not null,
    time_zone text not null,
    day_first boolean not null,
    state text not null,
    rows integer not null,
    refused integer not null,
    repeated integer not null,
    known integer not null,
    applied integer not null,
    skipped integer not null,
    notes jsonb not null,
    applied_through text collate "C",
    cancel_requested boolean not null,
    failure text,
    by_user uuid not null,
    by_name text not null,
    created_at timestamptz not null,
    ended_at timestamptz
);
create index import_run_created on imports.import_run (created_at desc, id desc);
create index import_run_working on imports.import_run (state) where state in ('Checking', 'Applying');

-- what a checked file holds, until it is applied; refused rows stay for the report
create table imports.staged_row (
    run uuid not null references imports.import_run on delete cascade deferrable initially deferred,
    line integer not null,
    document text collate "C",
    ordinal integer not null default 1,
    fields text[] not null,
    refusal text,
    refusal_args text[],
    notes text[],
    primary key (run, line)
);
create index staged_row_document on imports.staged_row (run, document, ordinal) where refusal is null;

-- what was ever taken in, so that a rerun changes nothing
create table imports.taken (
    source text collate "C" not null,
    document text collate "C" not null,
    ordinal integer not null,
    run uuid not null,
    primary key (source, document, ordinal)
);

-- how the columns of files of one look were mapped last time
create table imports.remembered_map (
    kind text not null,
    signature text not null,
    source text not null,
    map jsonb not null,
    create_missing boolean not null,
    time_zone text not null,
    day_first boolean not null,
    primary key (kind, signature)
);
