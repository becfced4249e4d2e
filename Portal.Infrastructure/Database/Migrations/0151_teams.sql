-- people who work together: between one's own work and that of a branch
create table identity.team (
    id uuid primary key,
    name text not null,
    head uuid not null references identity.portal_user deferrable initially deferred
);
create unique index team_name on identity.team (lower(name));
create index team_head on identity.team (head);

create table identity.team_member (
    team uuid not null references identity.team deferrable initially deferred,
    "user" uuid not null references identity.portal_user deferrable initially deferred,
    primary key (team, "user")
);
create index team_member_user on identity.team_member ("user");
