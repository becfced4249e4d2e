-- named conditions over clients; the members of those that stand still
create table clients.segment (
    id uuid primary key,
    name text not null,
    note text,
    owner uuid not null references identity.portal_user deferrable initially deferred,
    shared boolean not null,
    condition jsonb not null,
    refreshed_at timestamptz
);
create unique index segment_name on clients.segment (owner, lower(name));

create table clients.segment_member (
    segment uuid not null references clients.segment on delete cascade deferrable initially deferred,
    partner uuid not null references clients.partner deferrable initially deferred,
    origin text not null,
    primary key (segment, partner)
);
create index segment_member_partner on clients.segment_member (partner);

-- conditions and completeness ask for the towns and countries of clients, and for trips that came to an end
create index place_town on clients.place (lower(town)) where partner is not null and not archived;
create index trip_customer_ended on dispatch.trip (customer, ended_at) where state = 'Completed';
