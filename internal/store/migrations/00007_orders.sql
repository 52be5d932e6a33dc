-- What a customer was told about an order, and by whom and how it was taken back, both as JSON.

-- +goose Up

alter table orders add column confirmation text not null default '';
alter table orders add column withdrawal text not null default '';
