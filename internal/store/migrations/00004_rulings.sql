-- What people decided about holes: that one is rated otherwise, that one is accepted for a while, that a
-- system is protected from one in another way.

-- +goose Up

create table rulings (
    id text primary key,
    kind text not null,
    about text not null,
    given bigint not null,
    version bigint not null check (version >= 1),
    document bytea not null
);

create index rulings_about on rulings (about, kind, id);
