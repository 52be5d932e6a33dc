-- Whether a reboot is permitted, by an order or on a system; and the second operator's signature on a work
-- order, as JSON.

-- +goose Up

alter table orders add column reboot boolean not null default false;
alter table systems add column reboot boolean not null default false;
alter table work_orders add column second text not null default '';
