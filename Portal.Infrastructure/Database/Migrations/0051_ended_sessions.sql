-- sign-ins that somebody ended, until no copy of their cookie can be of use any more
create table identity.ended_session (
    id uuid primary key,
    until timestamptz not null
);
