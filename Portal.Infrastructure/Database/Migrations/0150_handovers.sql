-- what was handed over to whom, and what stayed: kept for good
create table work.handover_report (
    id uuid primary key,
    from_user uuid not null references identity.portal_user deferrable initially deferred,
    from_name text not null,
    by_user uuid not null,
    by_name text not null,
    at timestamptz not null,
    moved integer not null,
    stayed integer not null,
    letters integer not null
);
create index handover_report_at on work.handover_report (at desc, id desc);
create index handover_report_from on work.handover_report (from_user);

create table work.handover_line (
    handover uuid not null references work.handover_report deferrable initially deferred,
    ordinal integer not null,
    kind text not null,
    object_id uuid not null,
    title text not null,
    to_user uuid,
    to_name text,
    refusal text,
    letter_to text,
    primary key (handover, ordinal)
);
create index handover_line_to on work.handover_line (to_user, handover) where to_user is not null;
