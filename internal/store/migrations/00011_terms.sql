-- What an order is limited to, what has to be agreed for it, and how it was closed without a run, as JSON.

-- +goose Up

alter table orders add column terms text not null default '';
