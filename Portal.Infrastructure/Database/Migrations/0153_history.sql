-- the history of a client tells changes of its fields, the newest first, however many there are
create index audit_of_clients on core.audit (object_kind, object_id, at desc, id desc)
    where action = 'changed' and object_kind in ('Partner', 'Counterparty', 'Place', 'Agreement', 'Person');
