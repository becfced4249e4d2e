-- What lists need of a drawing, kept at its saving: its name in every language and whether people can start it.
-- Null for what was saved before; it is read from the drawing then.
alter table process.definition add name jsonb;
alter table process.definition add starts_by_hand boolean;

-- The hash of the map of the product that this one comes from: equal to its own hash where nobody altered it.
alter table process.definition add shipped text;
update process.definition set shipped = hash where changed_by_name = 'shipped-maps' and changed_by = '00000000-0000-0000-0000-000000000000';
