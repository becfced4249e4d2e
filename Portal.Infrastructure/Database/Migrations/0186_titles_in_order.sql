-- what begins with a typed text is met in this order, without a look at all that holds it somewhere
create index search_entry_starting on core.search_entry ((lower(title)) collate "C", object_id desc);
