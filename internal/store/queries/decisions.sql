-- name: AddDecision :execrows
insert into decisions (id, run, system, at, document) values ($1, $2, $3, $4, $5)
on conflict (id) do nothing;

-- name: GetDecision :one
select * from decisions where id = $1;

-- name: ListDecisionsOfRun :many
select * from decisions where run = $1 order by id limit $2;

-- name: ListDecisionsOf :many
select * from decisions where system = $1 order by at desc, id desc limit $2;

-- name: ListDecisionIDs :many
select id from decisions where id > $1 order by id limit 1000;
