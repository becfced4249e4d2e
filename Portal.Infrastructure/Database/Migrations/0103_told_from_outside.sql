-- Messages declare the fields they bring. What was published before goes on with those its forms ask; a newer version declares its own.
alter table process.definition add takes_form_fields boolean not null default false;
update process.definition set takes_form_fields = true where version is not null;

-- To tell processes what happened is a right of its own; an administrator gives it to whom a program works under.
update identity.role set permissions = permissions || array['process.message.tell'] where code = 'administrator';
