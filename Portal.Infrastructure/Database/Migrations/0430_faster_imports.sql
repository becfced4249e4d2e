-- where the documents of a checked file begin, in the order of its lines: the next chunk is read from here, however long the file
create index staged_row_begins on imports.staged_row (run, line) include (document) where ordinal = 1 and refusal is null;

-- a run and a company stay for good, and asking after them for each of hundreds of thousands of lines takes as long as writing the lines
alter table imports.staged_row drop constraint staged_row_run_fkey;
alter table sales.sale_line drop constraint sale_line_company_fkey;
