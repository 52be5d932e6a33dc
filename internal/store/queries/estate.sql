-- name: SetEstate :exec
insert into estate (id, sha, at) values (1, $1, $2)
on conflict (id) do update set sha = excluded.sha, at = excluded.at;

-- name: GetEstate :one
select sha, at from estate where id = 1;

-- name: PutCustomer :exec
insert into customers (id, position, name) values ($1, $2, $3)
on conflict (id) do update set position = excluded.position, name = excluded.name;

-- name: ListCustomers :many
select * from customers order by position, id;

-- name: DropCustomer :exec
delete from customers where id = $1;

-- name: PutContact :exec
insert into contacts (customer, id, position, name, email, authority) values ($1, $2, $3, $4, $5, $6)
on conflict (customer, id) do update
set position = excluded.position, name = excluded.name, email = excluded.email, authority = excluded.authority;

-- name: ListContacts :many
select * from contacts order by customer, position, id;

-- name: DropContact :exec
delete from contacts where customer = $1 and id = $2;

-- name: PutWindow :exec
insert into windows (name, position, days, begins, hours, zone) values ($1, $2, $3, $4, $5, $6)
on conflict (name) do update
set position = excluded.position, days = excluded.days, begins = excluded.begins, hours = excluded.hours, zone = excluded.zone;

-- name: ListWindows :many
select * from windows order by position, name;

-- name: DropWindow :exec
delete from windows where name = $1;

-- name: PutPool :exec
insert into pools (name, position, kind, at_once) values ($1, $2, $3, $4)
on conflict (name) do update set position = excluded.position, kind = excluded.kind, at_once = excluded.at_once;

-- name: ListPools :many
select * from pools order by position, name;

-- name: DropPool :exec
delete from pools where name = $1;

-- name: PutContract :exec
insert into contracts (id, position, customer, model, package, policy, window_name, standing_order, agreements, backup)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do update
set position = excluded.position, customer = excluded.customer, model = excluded.model, package = excluded.package,
    policy = excluded.policy, window_name = excluded.window_name, standing_order = excluded.standing_order,
    agreements = excluded.agreements, backup = excluded.backup;

-- name: ListContracts :many
select * from contracts order by position, id;

-- name: DropContract :exec
delete from contracts where id = $1;

-- name: PutSystem :exec
insert into systems (name, position, contract, admin_access, purpose, services, checks, created, os_supported, agency, maintained, reboot, placement, removed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)
on conflict (name) do update
set position = excluded.position, contract = excluded.contract, admin_access = excluded.admin_access,
    purpose = excluded.purpose, services = excluded.services, checks = excluded.checks,
    created = excluded.created, os_supported = excluded.os_supported, agency = excluded.agency,
    maintained = excluded.maintained, reboot = excluded.reboot, placement = excluded.placement, removed = 0;

-- name: ListSystems :many
select * from systems where removed = 0 order by position, name;

-- name: RemoveSystem :exec
update systems set removed = $2, contract = null where name = $1;

-- name: AddEstateVersion :exec
insert into estate_versions (at, sha, document) values ($1, $2, $3);

-- name: GetEstateVersion :one
select * from estate_versions where at = $1;

-- name: GetEstateVersionBefore :one
select * from estate_versions where at <= $1 order by at desc limit 1;

-- name: ListEstateVersions :many
select at from estate_versions order by at;
