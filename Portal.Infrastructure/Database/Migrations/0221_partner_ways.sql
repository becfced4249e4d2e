-- who stands behind an id that a tag or a word led to: told by the index alone, without a look at the client
create index partner_ways on clients.partner (id) include (standing, responsible, branch) where not archived;
