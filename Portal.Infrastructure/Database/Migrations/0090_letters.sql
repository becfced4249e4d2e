-- From whose hands work came: who had it before, or who gave it away while nobody had it.
alter table process.task add handed_from uuid;
alter table work.assignment add handed_from uuid;

-- What comes back from others is a wish of its own.
alter table work.mail_preference add on_answer boolean not null default true;
alter table work.mail_preference alter on_answer drop default;

-- Up to when news were gathered; and whose letter waits: since when he has news, when he was written to last.
create table work.mail_mark (until timestamptz not null);
insert into work.mail_mark values ('-infinity');
create table work.mail_turn (
    "user" uuid primary key references identity.portal_user on delete cascade deferrable initially deferred,
    since timestamptz,
    written_at timestamptz
);
create index mail_turn_waiting on work.mail_turn (since) where since is not null;
create index comment_at on work.comment (at);
create index assignment_event_at on work.assignment_event (at);

-- Letters of the old kinds; whatever is younger than a day is gathered anew.
delete from core.outbox where done_at is null and kind in ('mail', 'work.mail', 'process.escalation', 'process.assignment');
