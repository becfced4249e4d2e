-- the history of a client tells which further numbers and tags it, and its people, have got and lost
create index audit_of_points on core.audit ((coalesce(coalesce(after, before) ->> 'Person', coalesce(after, before) ->> 'Partner', coalesce(after, before) ->> 'AboutId')), at desc, id desc)
    where object_kind in ('ContactPoint', 'ObjectTag') and action in ('added', 'removed');
