create table work.api_token (
    id uuid primary key,
    "user" uuid not null references identity.portal_user deferrable initially deferred,
    name text not null,
    secret_hash bytea not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz
);
create index api_token_user on work.api_token ("user");
