-- That two records are two stays known when one of them leaves its place to a third.
alter table clients.found_pair
    add column carried_by uuid references clients.merge deferrable initially deferred,
    add column carried_from text;
create index found_pair_carried on clients.found_pair (carried_by) where carried_by is not null;
create index found_pair_merge on clients.found_pair (merge) where merge is not null;
