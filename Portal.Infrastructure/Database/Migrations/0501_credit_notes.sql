-- a credit note is money that a client is given without having paid it: it pays invoices as a payment does, and counts its own numbers
alter table billing.payment add column kind text not null default 'Received' check (kind in ('Received', 'CreditNote'));
alter table billing.payment alter column kind drop default;
alter table billing.payment drop constraint payment_company_year_sequence_key;
alter table billing.payment add unique (company, kind, year, sequence);
