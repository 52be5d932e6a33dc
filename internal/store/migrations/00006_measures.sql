-- Measures against holes that the agent carries out: a run is about one, or about packages. A customer's order
-- is about one or the other, too.

-- +goose Up

alter table runs add column measure text not null default '';
alter table runs add column lift boolean not null default false;
alter table orders add column mitigation boolean not null default false;
