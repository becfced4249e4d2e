-- Why a change of many ended before its end.
alter table clients.change_of_many add column stopped_by text;
