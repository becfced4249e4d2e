-- how files spell products, as somebody decided or as it was taken; no product where it means none
create table sales.product_synonym (
    spelling text primary key,
    product uuid references pricing.product deferrable initially deferred
);

-- deals that were lost before anybody asked why
insert into sales.loss_reason (id, key, position, archived) values ('5a1e0000-0000-7000-8000-000000000299', 'not-stated', 99, false);
