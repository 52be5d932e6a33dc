-- Runs that were put back are looked up whenever something is decided about their system.

-- +goose Up

create index runs_put_back on runs (system, created, id) where outcome = 'restored';
