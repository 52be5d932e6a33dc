-- Messages and letters grow for years; lists of the newest are read by an index.

-- +goose Up

create index rulings_newest on rulings (kind, given);
