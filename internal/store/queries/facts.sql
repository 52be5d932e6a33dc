-- name: PutFactDocument :exec
insert into fact_documents (system, hash, observed, received, document) values ($1, $2, $3, $4, $5)
on conflict (system, hash) do update
set observed = excluded.observed, received = excluded.received, document = excluded.document;

-- name: PutFacts :exec
insert into facts (system, hash, observed, received) values ($1, $2, $3, $4)
on conflict (system) do update
set hash = excluded.hash, observed = excluded.observed, received = excluded.received;

-- name: TouchFacts :execrows
update facts set observed = $3 where system = $1 and hash = $2 and observed <= $3;

-- name: GetFactsHead :one
select hash, observed, received from facts where system = $1;

-- name: ListFactsHeads :many
select f.system, f.hash, f.observed, f.received
from facts f join systems s on s.name = f.system
where s.removed = 0 order by f.system;

-- name: GetFactDocument :one
select document, observed, received from fact_documents where system = $1 and hash = $2;

-- name: ListFactHistory :many
select hash, observed, received from fact_documents where system = $1 order by received desc, hash;

-- name: DropFactDocument :exec
delete from fact_documents where system = $1 and hash = $2;

-- name: ListAllFactsHeads :many
select system, hash, observed, received from facts;
