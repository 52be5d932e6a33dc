-- name: AddWorkOrder :execrows
insert into work_orders (run, digest, key_id, at, signature, document) values ($1, $2, $3, $4, $5, $6)
on conflict (run) do nothing;

-- name: GetWorkOrder :one
select * from work_orders where run = $1;

-- name: ListWorkOrderIDs :many
select run from work_orders order by run;

-- name: SecondWorkOrder :execrows
update work_orders set second = sqlc.arg(second) where run = sqlc.arg(run) and second = '';
