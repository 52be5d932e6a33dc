-- name: AddOrder :execrows
insert into orders (id, system, customer, contact, channel, words, explicit, scope, given, withdrawn, used, mitigation, confirmation, withdrawal, terms, reboot)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict (id) do nothing;

-- name: GetOrder :one
select * from orders where id = $1;

-- name: ListOrdersOf :many
select * from orders where system = $1 order by given, id;

-- name: ListOrderIDs :many
select id from orders order by id;

-- name: UseOrder :execrows
update orders set used = sqlc.arg(run)
where id = sqlc.arg(id) and withdrawn = false and (used = '' or used = sqlc.arg(run));

-- name: FreeOrder :execrows
update orders set used = '' where id = sqlc.arg(id) and used = sqlc.arg(run);

-- name: WithdrawOrder :execrows
update orders set withdrawn = true, withdrawal = sqlc.arg(withdrawal)
where id = sqlc.arg(id) and used = '' and withdrawn = false;

-- name: ListOrders :many
select * from orders order by given desc, id desc limit sqlc.arg(most);

-- name: SetOrderTerms :execrows
update orders set terms = sqlc.arg(terms), confirmation = sqlc.arg(confirmation)
where id = sqlc.arg(id) and used = '' and withdrawn = false and terms = sqlc.arg(had);

-- name: ListAllOrders :many
select * from orders order by system, given, id;
