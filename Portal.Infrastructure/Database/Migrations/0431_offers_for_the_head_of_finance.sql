-- who answers for the money reads the offers that invoices are of, and those of a deal are read with it
update identity.role set permissions = permissions || array(select p from unnest(array['sales.offer.read', 'sales.deal.read']) p where not p = any(permissions)) where built_in and code = 'finance-head';
