-- The number of a document as people write it (2026-0042), in one place for all lists that look for it; from the ten-thousandth of a year on it is longer.
create function core.document_number(year integer, sequence integer) returns text language sql immutable parallel safe
return year::text || '-' || case when sequence < 10000 then lpad(sequence::text, 4, '0') else sequence::text end;
