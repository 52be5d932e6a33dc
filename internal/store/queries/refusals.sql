-- name: AddRefusal :execrows
insert into refusals (id, system, run, digest, code, detail, at) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (id) do nothing;

-- name: GetRefusal :one
select * from refusals where id = $1;

-- name: ListRefusals :many
select * from refusals
where cast(sqlc.arg(system) as text) = '' or system = cast(sqlc.arg(system) as text)
order by at desc, id desc limit sqlc.arg(most);

-- name: ListRefusalIDs :many
select id from refusals order by id;
