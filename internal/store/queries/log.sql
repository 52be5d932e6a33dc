-- name: RecordSize :one
select cast(coalesce(max(idx), -1) + 1 as bigint) from record_entries;

-- name: AddRecordEntry :exec
insert into record_entries (idx, kind, subject, at, salt, document) values ($1, $2, $3, $4, $5, $6);

-- name: ListRecordEntries :many
select * from record_entries where idx >= sqlc.arg(first) order by idx limit sqlc.arg(most);

-- name: NewestRecordEntry :one
select cast(coalesce(max(idx), -1) as bigint) from record_entries where kind = $1 and subject = $2;

-- name: AddRecordHash :exec
insert into record_hashes (idx, hash) values ($1, $2);

-- name: ListRecordHashes :many
select * from record_hashes where idx >= sqlc.arg(first) and idx < sqlc.arg(beyond) order by idx;

-- name: AddCheckpoint :exec
insert into record_checkpoints (size, note) values ($1, $2)
on conflict (size) do nothing;

-- name: ListCheckpoints :many
select * from record_checkpoints where size > sqlc.arg(after) order by size limit sqlc.arg(most);

-- name: NewestCheckpoint :one
select * from record_checkpoints order by size desc limit 1;
