-- What a contract demands of a host's backup before packages are changed.

-- +goose Up

alter table contracts add column backup text not null default 'null';
