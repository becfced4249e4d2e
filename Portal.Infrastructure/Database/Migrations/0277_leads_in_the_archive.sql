-- Leads leave lists and figures, and come back.
alter table sales.lead add archived boolean not null default false;
alter table sales.lead alter archived drop default;

-- What who asked again said of himself stays his words.
alter table sales.lead_event add contact text;

-- A company founded before gets the right that a new one starts with.
update identity.role set permissions = permissions || array['sales.lead.export'] where built_in and code in ('administrator', 'sales-head', 'director');
