-- the version of an offer that a process has let go to the client
alter table sales.offer add column released integer;
