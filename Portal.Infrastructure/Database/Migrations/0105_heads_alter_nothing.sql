-- A head looks after work but changes no running process past its map; a role that somebody has granted or taken anything of processes stays as it is.
update identity.role set permissions = array_remove(permissions, 'process.instance.alter')
where built_in and code in ('sales-head', 'finance-head', 'warehouse-head', 'production-head', 'service-head', 'quality-head')
    and permissions @> array['process.instance.start', 'process.instance.read', 'process.instance.alter', 'process.task.work', 'process.task.oversee', 'process.report.read']
    and cardinality(permissions) = 6 + (select count(*) from unnest(permissions) held where held like 'clients.%');
