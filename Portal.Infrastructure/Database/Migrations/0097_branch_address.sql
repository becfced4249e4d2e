-- Where a branch is, and whether new things may still go there.
alter table identity.branch add address text, add archived boolean not null default false;
