-- Names written as one word are keys too: every partner's keys are reckoned anew.
insert into clients.partner_unkeyed (partner) select id from clients.partner on conflict do nothing;
