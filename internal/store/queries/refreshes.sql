-- name: AskRefresh :exec
insert into refreshes (system, asked, asked_at, done, done_at) values ($1, $2, $3, '', 0)
on conflict (system) do update set asked = excluded.asked, asked_at = excluded.asked_at;

-- name: RefreshDone :execrows
update refreshes set done = $2, done_at = $3 where system = $1 and asked = $2 and done <> $2;

-- name: GetRefresh :one
select asked, asked_at, done, done_at from refreshes where system = $1;
