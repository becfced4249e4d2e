-- a release holds for the goods it was given for; one of before holds for what its list says now
alter table billing.credit_release add column goods jsonb not null default '[]';
update billing.credit_release r set goods = (
    select coalesce(jsonb_agg(jsonb_build_object('Order', l -> 'Order', 'OrderLine', l -> 'OrderLine', 'Product', case when l ->> 'Product' is not null then jsonb_build_object('Value', l -> 'Product') end,
        'Unit', coalesce(l ->> 'Unit', ''), 'Quantity', l -> 'Quantity', 'Gross', 1000000000000000)), '[]')
    from sales.shipment s, jsonb_array_elements(s.lines) l where s.id = r.shipment);
alter table billing.credit_release alter column goods drop default;

-- lists of documents leave by a right of their own: those who took clients away keep it, and who answers for money or goods takes his lists along
update identity.role set permissions = permissions || array['documents.export'] where 'clients.partner.export' = any (permissions) or built_in and code in ('finance', 'finance-head', 'warehouse-head');
