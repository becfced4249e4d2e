-- Duplicates found over the whole base, what was decided about each pair, and merges with what they moved.
alter table clients.partner add column merged_into uuid references clients.partner deferrable initially deferred;
alter table clients.counterparty add column merged_into uuid references clients.counterparty deferrable initially deferred;
alter table clients.person add column merged_into uuid references clients.person deferrable initially deferred;
alter table clients.place add column merged_into uuid references clients.place deferrable initially deferred;
create index partner_merged_into on clients.partner (merged_into) where merged_into is not null;
create index counterparty_merged_into on clients.counterparty (merged_into) where merged_into is not null;
create index person_merged_into on clients.person (merged_into) where merged_into is not null;
create index place_merged_into on clients.place (merged_into) where merged_into is not null;

create table clients.duplicate_run (
    id uuid primary key,
    state text not null,
    stage text not null,
    total integer not null,
    done integer not null,
    parties integer not null,
    compared bigint not null,
    skipped_blocks integer not null,
    sure integer not null,
    doubtful integer not null,
    fresh integer not null,
    cancel_requested boolean not null,
    restarts integer not null,
    by_user uuid not null,
    by_name text not null,
    started_at timestamptz not null,
    ended_at timestamptz
);
create index duplicate_run_started on clients.duplicate_run (started_at desc);

create table clients.found_pair (
    id uuid primary key,
    kind text not null,
    one uuid not null,
    other uuid not null,
    score double precision not null,
    bits double precision not null,
    reasons jsonb not null,
    band text not null,
    state text not null,
    run uuid not null references clients.duplicate_run deferrable initially deferred,
    found_at timestamptz not null,
    task uuid references work.assignment deferrable initially deferred,
    decided_at timestamptz,
    decided_by uuid,
    decided_by_name text,
    merge uuid,
    check (one <> other)
);
-- whichever is named first: a pair is one pair
create unique index found_pair_once on clients.found_pair (least(one, other), greatest(one, other));
create index found_pair_one on clients.found_pair (one);
create index found_pair_other on clients.found_pair (other);
create index found_pair_listed on clients.found_pair (state, kind, bits desc, id);
create index found_pair_run on clients.found_pair (run);

create table clients.merge (
    id uuid primary key,
    kind text not null,
    survivor uuid not null,
    loser uuid not null,
    pair uuid references clients.found_pair deferrable initially deferred,
    changes jsonb not null,
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    undone_at timestamptz,
    undone_by uuid,
    undone_by_name text
);
create index merge_survivor on clients.merge (survivor);
create index merge_loser on clients.merge (loser);
create index merge_pair on clients.merge (pair) where pair is not null;
alter table clients.found_pair add foreign key (merge) references clients.merge deferrable initially deferred;

create table clients.merge_move (
    id uuid primary key,
    merge uuid not null references clients.merge deferrable initially deferred,
    kind text not null,
    entity text not null,
    property text not null,
    source text not null,
    target text not null,
    keys jsonb not null
);
create index merge_move_merge on clients.merge_move (merge);

-- every column that points to a party can be moved to another one, so each is found by it
create index portal_user_partner on identity.portal_user (partner) where partner is not null;
create index timeline_entry_about on clients.timeline_entry (about_id);
create index place_contact on clients.place (contact) where contact is not null;
create index trip_pickup_place on dispatch.trip (pickup_place) where pickup_place is not null;
create index trip_dropoff_place on dispatch.trip (dropoff_place) where dropoff_place is not null;

-- A company founded before gets the right that a new one starts with.
update identity.role set permissions = permissions || array['clients.duplicate.run'] where code in ('administrator', 'sales-head', 'service-head', 'director');
