-- name: AddRuling :exec
insert into rulings (id, kind, about, given, version, document) values ($1, $2, $3, $4, 1, $5);

-- name: UpdateRuling :execrows
update rulings set document = sqlc.arg(document), version = version + 1 where id = sqlc.arg(id) and version = sqlc.arg(version);

-- name: GetRuling :one
select * from rulings where id = $1;

-- name: ListRulings :many
select * from rulings where kind = $1 order by given desc, id;

-- name: ListRulingIDs :many
select id from rulings order by id;

-- name: ListRulingsAbout :many
select * from rulings where kind = sqlc.arg(kind) and about = sqlc.arg(about) order by given desc, id limit sqlc.arg(most);

-- name: ListNewestRulings :many
select * from rulings where kind = sqlc.arg(kind) order by given desc, id limit sqlc.arg(most);
