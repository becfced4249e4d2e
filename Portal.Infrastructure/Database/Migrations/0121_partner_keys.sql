-- Keys of the blocks in which a party's duplicates are looked for. What changes a party puts it on the list of those whose keys are to be
-- reckoned anew, whoever changes it: a page, an import, a merge.
create table clients.partner_key (
    key bigint not null,
    partner uuid not null references clients.partner deferrable initially deferred,
    primary key (key, partner)
);
create index partner_key_partner on clients.partner_key (partner);

create table clients.partner_unkeyed (
    partner uuid primary key references clients.partner deferrable initially deferred
);

create function clients.note_partner(changed uuid) returns void language sql as
$$ insert into clients.partner_unkeyed (partner) select changed where changed is not null on conflict do nothing $$;

create function clients.partner_changed() returns trigger language plpgsql as
$$ begin perform clients.note_partner(new.id); return null; end $$;
create trigger partner_changed after insert or update of name, phone, email, archived on clients.partner for each row execute function clients.partner_changed();

create function clients.part_changed() returns trigger language plpgsql as
$$ begin perform clients.note_partner(coalesce(new.partner, old.partner)); return null; end $$;
create trigger counterparty_changed after insert or update on clients.counterparty for each row execute function clients.part_changed();
create trigger place_changed after insert or update on clients.place for each row execute function clients.part_changed();
create trigger contact_role_changed after insert or update on clients.contact_role for each row execute function clients.part_changed();

create function clients.person_changed() returns trigger language plpgsql as
$$ begin perform clients.note_partner(r.partner) from clients.contact_role r where r.person = new.id; return null; end $$;
create trigger person_changed after update of name, phone, email, birth_date on clients.person for each row execute function clients.person_changed();

create function clients.contact_point_changed() returns trigger language plpgsql as
$$ declare at clients.contact_point := coalesce(new, old);
begin
    perform clients.note_partner(at.partner);
    perform clients.note_partner(r.partner) from clients.contact_role r where r.person = at.person;
    return null;
end $$;
create trigger contact_point_changed after insert or update or delete on clients.contact_point for each row execute function clients.contact_point_changed();

insert into clients.partner_unkeyed (partner) select id from clients.partner;
