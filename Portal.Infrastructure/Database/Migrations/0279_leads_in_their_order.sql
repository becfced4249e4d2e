-- Pages of many leads are read in the order of each column, not sorted; how many there are is counted without the leads themselves.
create index lead_subject on sales.lead (lower(subject), number) where not archived;
create index lead_last_contact on sales.lead (last_contact_at, number) where not archived;
create index lead_next_step on sales.lead (next_step_at, number) where not archived;
create index lead_counted on sales.lead (closed_at) include (suspicion, archived, state, manager, branch) where not archived;
create index lead_event_lately on sales.lead_event (at) include (lead, kind);
