-- What happened with a lead is told to its client's history from the lead's own rows.
delete from clients.timeline_entry where about_kind = 'Lead';
