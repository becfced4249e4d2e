-- What parts the decimals of a file's amounts: 1,234 is more than a thousand in one and little more than one in another.
alter table imports.import_run add column decimals text not null default 'Point';
alter table imports.remembered_map add column decimals text not null default 'Point';
