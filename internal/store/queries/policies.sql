-- name: AddPolicy :execrows
insert into policies (id, sha, document, at) values ($1, $2, $3, $4)
on conflict (id) do nothing;

-- name: GetPolicy :one
select * from policies where id = $1;

-- name: ListPolicies :many
select id from policies order by id;

-- name: AddAgreement :execrows
insert into agreements (id, sha, document, at) values ($1, $2, $3, $4)
on conflict (id) do nothing;

-- name: GetAgreement :one
select * from agreements where id = $1;

-- name: ListAgreements :many
select id from agreements order by id;

-- name: AddValidity :exec
insert into policy_validities (policy, at, valid_from, valid_to, stated_by) values ($1, $2, $3, $4, $5);

-- name: GetValidity :one
select * from policy_validities where policy = $1 and at = $2;

-- name: ListValidities :many
select * from policy_validities order by policy, at;
