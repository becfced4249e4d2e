-- which client was reminded of which invoice, and whom nobody reminds
create table billing.invoice_reminder (
    invoice uuid not null references billing.invoice deferrable initially deferred,
    after_days integer not null check (after_days > 0),
    sent_to text,
    at timestamptz not null,
    primary key (invoice, after_days)
);

create table billing.reminder_stop (
    id uuid primary key,
    partner uuid not null references clients.partner deferrable initially deferred,
    at timestamptz not null,
    by_name text not null
);
create index reminder_stop_partner on billing.reminder_stop (partner);
