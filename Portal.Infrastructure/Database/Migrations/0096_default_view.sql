-- The view with which a page opens for a user. It goes with the view.
create table identity.default_view (
    user_id uuid not null references identity.portal_user on delete cascade deferrable initially deferred,
    page text not null,
    view uuid not null references identity.saved_view on delete cascade deferrable initially deferred,
    primary key (user_id, page)
);
create index default_view_view on identity.default_view (view);
