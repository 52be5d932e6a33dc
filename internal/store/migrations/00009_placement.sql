-- Where systems stand, what they hang together with, and how much may be changed at a time.

-- +goose Up

create table pools (
    name text primary key,
    position bigint not null,
    kind text not null,
    at_once bigint not null
);

alter table systems add column placement text not null default '{}';
