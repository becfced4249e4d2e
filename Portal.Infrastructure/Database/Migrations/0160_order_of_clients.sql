-- the list of clients by their standing, equal ones by name
create index partner_standing on clients.partner (standing, lower(name), id) where not archived;
