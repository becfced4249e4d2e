-- When people of an interaction are reminded, and what calendars elsewhere need to know of a copy.
alter table clients.interaction add remind integer;
alter table clients.interaction add remind_at timestamptz;
alter table clients.interaction add changed_at timestamptz;
alter table clients.interaction add revision integer not null default 0;
update clients.interaction set changed_at = created_at;
alter table clients.interaction alter changed_at set not null;
alter table clients.interaction alter revision drop default;
create index interaction_remind on clients.interaction (remind_at) where state = 'Planned' and remind_at is not null;
create index interaction_of_user on clients.interaction_participant ("user") where "user" is not null;

-- A reminder of one person: of the beginning of an interaction (made when it rings), or one he set himself.
create table clients.reminder (
    id uuid primary key,
    interaction uuid not null references clients.interaction deferrable initially deferred,
    "user" uuid not null references identity.portal_user deferrable initially deferred,
    text text,
    at timestamptz not null,
    starts_at timestamptz,
    rung_at timestamptz,
    done_at timestamptz
);
create unique index reminder_of_start on clients.reminder (interaction, "user", starts_at) where starts_at is not null;
create index reminder_waiting on clients.reminder (at) where rung_at is null and done_at is null;
create index reminder_of_user on clients.reminder ("user", at) where done_at is null;

-- How a person's calendar looks, and the secret address under which other programs read it.
create table clients.calendar_setting (
    "user" uuid primary key references identity.portal_user deferrable initially deferred,
    works_from integer not null,
    works_until integer not null,
    secret_hash bytea,
    feed_since timestamptz,
    check (works_from between 0 and 1439 and works_until between 1 and 1440 and works_from < works_until)
);
create unique index calendar_setting_secret on clients.calendar_setting (secret_hash) where secret_hash is not null;

-- Reminders by mail are a wish of their own.
alter table work.mail_preference add on_reminder boolean not null default true;
alter table work.mail_preference alter on_reminder drop default;
