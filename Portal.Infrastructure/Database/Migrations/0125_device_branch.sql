-- A device in no vehicle belongs to the branch that registered it or whose vehicle it left; null is the company as a whole.
alter table fleet.device add column branch uuid references identity.branch deferrable initially deferred;
update fleet.device d set branch = v.branch from fleet.vehicle v where v.id = d.vehicle;
