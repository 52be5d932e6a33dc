-- name: AddMandate :execrows
insert into mandates (run, digest, policy, at, document) values ($1, $2, $3, $4, $5)
on conflict (run) do nothing;

-- name: GetMandate :one
select * from mandates where run = $1;

-- name: ListMandateIDs :many
select run from mandates order by run;
