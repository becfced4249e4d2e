-- Pages of many leads: by subject in order instead of sorted, counted without the leads themselves, readiness by what happened lately.
-- There is none by the last contact and by the next step: who has none of them stands last, and a page of such leads would be found behind all others.
create index lead_subject on sales.lead (lower(subject), number) where not archived;
create index lead_counted on sales.lead (closed_at) include (suspicion, archived, state, manager, branch) where not archived;
create index lead_archived on sales.lead (created_at, number) where archived;
create index lead_event_lately on sales.lead_event (at) include (lead, kind);
