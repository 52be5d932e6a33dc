-- name: AddSignIn :exec
insert into sign_ins (hash, expires) values ($1, $2);

-- name: UseSignIn :execrows
delete from sign_ins where hash = $1 and expires > $2;

-- name: DropOldSignIns :exec
delete from sign_ins where expires <= $1;

-- name: AddSession :exec
insert into sessions (hash, expires) values ($1, $2);

-- name: CountSession :one
select count(*) from sessions where hash = $1 and expires > $2;

-- name: DropSession :exec
delete from sessions where hash = $1;

-- name: DropOldSessions :exec
delete from sessions where expires <= $1;
