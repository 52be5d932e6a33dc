-- Individual agreements, what people state about the validity of policy versions, and the estates that
-- were stated before: what is needed to answer what was valid on a day, as it was known on another.

-- +goose Up

-- Individual agreements: never changed, never deleted.
create table agreements (
    id text primary key,
    sha text not null,
    document bytea not null,
    at bigint not null
);

-- Statements about when a version is valid, one after the other; the newest counts.
create table policy_validities (
    policy text not null references policies (id),
    at bigint not null,
    valid_from text not null,
    valid_to text not null,
    stated_by text not null,
    primary key (policy, at)
);

-- Every estate that was ever stated, as one document.
create table estate_versions (
    at bigint primary key,
    sha text not null,
    document bytea not null
);

alter table contracts add column agreements text not null default '[]';
alter table systems add column created text not null default '';
alter table systems add column os_supported text not null default '';
