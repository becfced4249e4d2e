-- which fields of a client should be filled, for the clients of a segment or for all
create table clients.completeness_rule (
    id uuid primary key,
    segment uuid references clients.segment deferrable initially deferred,
    weights jsonb not null
);
create unique index completeness_rule_segment on clients.completeness_rule (coalesce(segment, '00000000-0000-0000-0000-000000000000'));

-- who did what asks for a period over all clients
create index interaction_at on clients.interaction (at, responsible);
