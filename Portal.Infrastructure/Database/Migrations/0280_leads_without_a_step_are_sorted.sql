-- Who has no last contact and no next step stands last in the order of them: a page of such leads was looked for behind all others. Sorting them is quicker.
drop index sales.lead_last_contact;
drop index sales.lead_next_step;
create index lead_archived on sales.lead (created_at, number) where archived;
