-- lines of sales that are done with: what figures of sales are made of
create table sales.sale_line (
    id bigint generated always as identity primary key,
    company uuid not null references identity.company deferrable initially deferred,
    document text not null,
    line integer not null,
    day date not null,
    partner uuid references clients.partner deferrable initially deferred,
    product uuid not null references pricing.product deferrable initially deferred,
    manager uuid references identity.portal_user deferrable initially deferred,
    branch uuid references identity.branch deferrable initially deferred,
    region text,
    quantity numeric(19,6) not null check (quantity <> 0),
    revenue numeric(20,3) not null,
    cost numeric(20,3)
);
create index sale_line_day on sales.sale_line (day, id);
create index sale_line_document on sales.sale_line (document text_pattern_ops);
create index sale_line_partner on sales.sale_line (partner, day);
create index sale_line_product on sales.sale_line (product, day);
create index sale_line_manager on sales.sale_line (manager, day) where manager is not null;
