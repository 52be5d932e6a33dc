-- name: AddEvent :execrows
insert into run_events (run, seq, kind, document) values ($1, $2, $3, $4)
on conflict (run, seq) do nothing;

-- name: GetEvent :one
select * from run_events where run = $1 and seq = $2;

-- name: ListEvents :many
select document from run_events
where run = sqlc.arg(run) and seq > sqlc.arg(after) order by seq limit sqlc.arg(most);

-- name: ListSteps :many
select document from run_events
where run = sqlc.arg(run) and kind <> 'line' order by seq limit sqlc.arg(most);

-- name: ListNewestLines :many
select document from run_events
where run = sqlc.arg(run) and kind = 'line' order by seq desc limit sqlc.arg(most);

-- name: ListEventIDs :many
select run, seq from run_events
where run > sqlc.arg(run) or (run = sqlc.arg(run) and seq > sqlc.arg(seq))
order by run, seq limit 1000;
