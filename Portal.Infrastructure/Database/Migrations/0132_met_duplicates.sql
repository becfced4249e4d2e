-- what a checked file met is looked up again when it is taken in: a partner that was merged meanwhile is followed to the survivor
alter table imports.alike drop constraint alike_partner_fkey;
alter table imports.likely_duplicate drop constraint likely_duplicate_partner_fkey;
