-- With the product in both indexes, a document's prices were read by list and page by page; by list alone only what is counted and copied is read.
drop index pricing.list_price_list;
create index list_price_list on pricing.list_price (list);
