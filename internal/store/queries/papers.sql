-- name: PutPaper :exec
insert into papers (run, phase, at, document) values ($1, $2, $3, $4)
on conflict (run, phase) do update set at = excluded.at, document = excluded.document;

-- name: GetPaper :one
select * from papers where run = $1 and phase = $2;

-- name: ListPaperIDs :many
select run, phase from papers order by run, phase;
