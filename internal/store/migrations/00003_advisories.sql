-- What feeds published about holes in software, the clocks that run on systems since a hole became
-- known, and what was told to whom.

-- +goose Up

-- Accepted publications, and the newest two texts of each feed, under their hash.
create table publications (
    feed text not null,
    accepted bigint not null,
    sha text not null,
    kind text not null,
    origin text not null,
    records bigint not null check (records >= 0),
    skipped bigint not null check (skipped >= 0),
    primary key (feed, accepted)
);

create table publication_texts (
    feed text not null,
    accepted bigint not null,
    document bytea not null,
    primary key (feed, accepted)
);

-- How each feed stands: its last attempt and what was made of it.
create table feeds (
    feed text primary key,
    tried bigint not null,
    succeeded bigint not null,
    document text not null
);

-- One clock for each critical hole on each system that has it.
create table clocks (
    system text not null references systems (name),
    source text not null,
    cve text not null,
    known bigint not null,
    closed bigint not null,
    version bigint not null check (version >= 1),
    document bytea not null,
    primary key (system, source, cve)
);

create index clocks_open on clocks (closed, known);
create index clocks_of_hole on clocks (cve, system);

-- What was told: once, to somebody, about something.
create table notices (
    id text primary key,
    system text not null references systems (name),
    kind text not null,
    recipient text not null,
    at bigint not null,
    document bytea not null
);

create index notices_of_system on notices (system, at, id);

-- A run that does not wait for a window, because a hole must be closed at once.
alter table runs add column urgent boolean not null default false;
