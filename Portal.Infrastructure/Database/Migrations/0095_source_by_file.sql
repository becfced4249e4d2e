-- Files of many sources look alike: only how they are read is remembered by their look.
alter table imports.remembered_map drop column source;
