-- one field set for many clients, and what became of each
create table clients.change_of_many (
    id uuid primary key,
    field text not null,
    subject text,
    value text,
    undoes uuid references clients.change_of_many deferrable initially deferred,
    state text not null,
    cancel_requested boolean not null,
    by_user uuid not null,
    by_name text not null,
    scope text not null,
    branch uuid,
    created_at timestamptz not null,
    ended_at timestamptz
);
create index change_of_many_running on clients.change_of_many (created_at) where state = 'Running';
create index change_of_many_by_user on clients.change_of_many (by_user, created_at desc);
create unique index change_of_many_undoes on clients.change_of_many (undoes) where undoes is not null;

create table clients.change_line (
    change uuid not null references clients.change_of_many on delete cascade deferrable initially deferred,
    ordinal integer not null,
    partner uuid not null references clients.partner deferrable initially deferred,
    target text,
    before text,
    outcome text,
    refusal text,
    primary key (change, ordinal)
);
create index change_line_partner on clients.change_line (partner);
create index change_line_waiting on clients.change_line (change, ordinal) where outcome is null;
