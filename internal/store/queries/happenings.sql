-- name: AddHappening :execrows
insert into happenings (id, event, about, at, document) values ($1, $2, $3, $4, $5)
on conflict (id) do nothing;

-- name: GetHappening :one
select * from happenings where id = $1;

-- name: AddDelivery :execrows
insert into deliveries (id, hook, happening, queued, first_try, last_try, tries, status, delivered, failed, reason)
values ($1, $2, $3, $4, 0, 0, 0, 0, 0, 0, '')
on conflict (id) do nothing;

-- name: GetDelivery :one
select * from deliveries where id = $1;

-- name: SetDelivery :execrows
update deliveries set first_try = sqlc.arg(first_try), last_try = sqlc.arg(last_try), tries = sqlc.arg(tries), status = sqlc.arg(status),
    delivered = sqlc.arg(delivered), failed = sqlc.arg(failed), reason = sqlc.arg(reason)
where id = sqlc.arg(id) and tries = sqlc.arg(tries) - 1;

-- name: ListDeliveries :many
select * from deliveries order by queued desc, id desc limit $1;

-- name: CountDeliveries :many
select hook, cast(count(*) as bigint) as total, cast(sum(case when delivered = 0 and failed = 0 then 1 else 0 end) as bigint) as waiting,
    cast(sum(case when failed <> 0 then 1 else 0 end) as bigint) as failed, cast(max(delivered) as bigint) as last_delivered
from deliveries group by hook order by hook;

-- name: DropDeliveries :exec
delete from deliveries where queued < $1;

-- name: DropHappenings :exec
delete from happenings where at < $1 and not exists (select 1 from deliveries where deliveries.happening = happenings.id);

-- name: GetDeskCursor :one
select * from desk_cursors where desk = $1;

-- name: PutDeskCursor :exec
insert into desk_cursors (desk, position, at) values ($1, $2, $3)
on conflict (desk) do update set position = excluded.position, at = excluded.at;
