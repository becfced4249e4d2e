-- an offer's lines are read and written whole, at every key of a seller: as text they need not be taken apart and put together each time
alter table sales.offer_version alter column content type json;
do $$
begin
    alter table sales.offer_version alter column content set compression lz4;
exception
    when feature_not_supported then null; -- a server that was built without it compresses more slowly
end
$$;
