-- What happened that others are told of: once each, with every delivery to every subscriber, and how far a help
-- desk was read.

-- +goose Up

create table happenings (
    id text primary key,
    event text not null,
    about text not null,
    at bigint not null,
    document bytea not null
);

create index happenings_newest on happenings (at, id);

create table deliveries (
    id text primary key,
    hook text not null,
    happening text not null references happenings (id),
    queued bigint not null,
    first_try bigint not null,
    last_try bigint not null,
    tries bigint not null check (tries >= 0),
    status bigint not null,
    delivered bigint not null,
    failed bigint not null,
    reason text not null,
    check (delivered = 0 or failed = 0)
);

create index deliveries_newest on deliveries (queued, id);
create index deliveries_of_happening on deliveries (happening);

create table desk_cursors (
    desk text primary key,
    position bigint not null,
    at bigint not null
);
