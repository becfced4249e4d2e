-- Two who make the same partition at once: the second waits for the first and then has to see what it made. to_regclass may answer from
-- a cache that waiting for an advisory lock does not refresh; a query of the catalogue sees what is committed.

create or replace function process.make_history_month(month date) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    first date := date_trunc('month', month)::date;
    part text := 'history_' || to_char(first, 'YYYYMM');
begin
    if to_regclass('process.' || part) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext('process.history'));
    if exists (select from pg_class where relname = part and relnamespace = 'process'::regnamespace) then return; end if;
    execute format('create table process.%I (like process.history)', part);
    execute format('revoke all on process.%I from public, portal_application', part);
    execute format('alter table process.history attach partition process.%I for values from (%L) to (%L)',
        part, first::timestamptz, (first + interval '1 month')::date::timestamptz);
end $$;

create or replace function fleet.make_position_day(day date) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    part text := 'position_' || to_char(day, 'YYYYMMDD');
begin
    if to_regclass('fleet.' || part) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext('fleet.position'));
    if exists (select from pg_class where relname = part and relnamespace = 'fleet'::regnamespace) then return; end if;
    execute format('create table fleet.%I (like fleet.position)', part);
    execute format('alter table fleet.position attach partition fleet.%I for values from (%L) to (%L)',
        part, day::timestamptz, (day + 1)::timestamptz);
end $$;
