-- files that only a few may know of, and who took one out of its list when
alter table work.stored_file
    add column confidential boolean not null default false,
    add column archived_at timestamptz,
    add column archived_by_name text;
alter table work.stored_file alter column confidential drop default;

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['files.confidential.read', 'clients.confidential.read'] where code in ('administrator', 'director');
