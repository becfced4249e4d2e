create table fleet.map_layer (
    id uuid primary key,
    name text not null,
    is_overlay boolean not null,
    position integer not null,
    shown boolean not null,
    features integer not null,
    size_bytes integer not null,
    hash text not null,
    added_at timestamptz not null,
    archived boolean not null
);
create index map_layer_shown on fleet.map_layer (position) where shown and not archived;

-- apart from the layer, so that lists do not read megabytes
create table fleet.map_layer_content (
    layer uuid primary key references fleet.map_layer on delete cascade deferrable initially deferred,
    geo_json_gz bytea not null
);
alter table fleet.map_layer_content alter column geo_json_gz set storage external;
