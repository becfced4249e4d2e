-- signals are led to their subscribers by the outbox, not by jobs
alter table process.job drop column subject;
