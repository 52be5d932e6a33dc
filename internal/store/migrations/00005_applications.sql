-- Who looks after a system's web applications for the customer.

-- +goose Up

alter table systems add column agency text not null default '';
alter table systems add column maintained boolean not null default false;
