-- Hundreds of thousands of pairs wait after a large file: their list is paged in its order, and counted without a look at each partner.
create index found_pair_waiting on clients.found_pair (kind, bits desc, id) where state in ('Open', 'TaskGiven');
create index partner_archived on clients.partner (id) where archived;
