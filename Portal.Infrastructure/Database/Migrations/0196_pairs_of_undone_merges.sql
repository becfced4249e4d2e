-- A pair that was merged and taken apart again is forgotten like any other when a search does not find it any more; that it was merged stays known.
alter table clients.merge drop constraint merge_pair_fkey;
alter table clients.merge add constraint merge_pair_fkey foreign key (pair) references clients.found_pair on delete set null deferrable initially deferred;
