-- what is narrower than a house
alter table clients.place add column premise text;

-- clients come from files: where rows name no country, how far the rights of whoever brought the file reach, what is done with likely duplicates
alter table imports.import_run
    add column country text,
    add column scope text not null default 'All',
    add column branch uuid,
    add column duplicates text not null default 'LeaveOut';
alter table imports.import_run alter column scope drop default, alter column duplicates drop default;
alter table imports.remembered_map add column country text;

-- which client a document of a source has become, so that more rows of it find him again
create table imports.client_document (
    source text collate "C" not null,
    document text collate "C" not null,
    partner uuid not null references clients.partner deferrable initially deferred,
    primary key (source, document)
);
create index client_document_partner on imports.client_document (partner);

-- parties of a checked file that are alike: a document and a partner of the base, or two documents, the later one first
create table imports.alike (
    run uuid not null references imports.import_run on delete cascade deferrable initially deferred,
    document text collate "C" not null,
    other text collate "C",
    partner uuid references clients.partner deferrable initially deferred,
    score double precision not null,
    reasons text[] not null,
    check (num_nonnulls(other, partner) = 1)
);
create index alike_document on imports.alike (run, document);
create index alike_partner on imports.alike (partner) where partner is not null;

-- documents that are likely there already, with whom they would be joined; the choice stands where it differs from the run's
create table imports.likely_duplicate (
    run uuid not null references imports.import_run on delete cascade deferrable initially deferred,
    document text collate "C" not null,
    other text collate "C",
    partner uuid references clients.partner deferrable initially deferred,
    score double precision not null,
    choice text,
    primary key (run, document),
    check (num_nonnulls(other, partner) = 1)
);
create index likely_duplicate_partner on imports.likely_duplicate (partner) where partner is not null;

update identity.role set permissions = permissions || array['clients.partner.import'] where code in ('administrator', 'sales-head', 'director');
