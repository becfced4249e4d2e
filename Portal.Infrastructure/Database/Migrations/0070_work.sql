create schema work;

create table work.assignment (
    id uuid primary key,
    title text not null,
    description text,
    giver uuid not null references identity.portal_user deferrable initially deferred,
    performer uuid not null references identity.portal_user deferrable initially deferred,
    controller uuid references identity.portal_user deferrable initially deferred,
    branch uuid references identity.branch deferrable initially deferred,
    deadline timestamptz,
    priority integer not null check (priority between 0 and 100),
    about_kind text,
    about_id uuid,
    state text not null,
    result text,
    given_at timestamptz not null,
    handed_at timestamptz not null,
    ended_at timestamptz
);
create index assignment_performer on work.assignment (performer) where ended_at is null;
create index assignment_giver on work.assignment (giver) where ended_at is null;
create index assignment_controller on work.assignment (controller) where ended_at is null and controller is not null;
create index assignment_deadline on work.assignment (deadline) where ended_at is null and deadline is not null;
create index assignment_ended on work.assignment (performer, ended_at desc) where ended_at is not null;
create index assignment_about on work.assignment (about_id, about_kind) where about_id is not null;

create table work.assignment_event (
    id uuid primary key,
    assignment uuid not null references work.assignment on delete cascade deferrable initially deferred,
    ordinal integer not null,
    action text not null,
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    note text,
    unique (assignment, ordinal)
);

create table work.time_entry (
    id uuid primary key,
    assignment uuid not null references work.assignment on delete cascade deferrable initially deferred,
    day date not null,
    minutes integer not null check (minutes between 1 and 1440),
    note text,
    by_user uuid not null,
    by_name text not null
);
create index time_entry_assignment on work.time_entry (assignment);
create index time_entry_user on work.time_entry (by_user, day);

create table work.comment (
    id uuid primary key,
    about_kind text not null,
    about_id uuid not null,
    text text not null,
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null
);
create index comment_about on work.comment (about_id, about_kind, at);

create table work.stored_file (
    id uuid primary key,
    about_kind text not null,
    about_id uuid not null,
    name text not null,
    content_type text not null,
    bytes bigint not null check (bytes > 0),
    hash text not null check (hash ~ '^[0-9a-f]{64}$'),
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    archived boolean not null
);
create index stored_file_about on work.stored_file (about_id, about_kind);
create index stored_file_hash on work.stored_file (hash);

create table work.mail_preference (
    "user" uuid primary key references identity.portal_user deferrable initially deferred,
    on_new_work boolean not null,
    before_deadline boolean not null
);
