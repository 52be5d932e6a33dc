-- name: AddPolicy :execrows
insert into policies (id, sha, document, at) values ($1, $2, $3, $4)
on conflict (id) do nothing;

-- name: GetPolicy :one
select * from policies where id = $1;

-- name: ListPolicies :many
select id from policies order by id;
