-- name: AddToken :exec
insert into tokens (hash, system, issued, expires, used) values ($1, $2, $3, $4, 0);

-- name: DropOldTokens :exec
delete from tokens where expires < $1;

-- name: UseToken :execrows
update tokens set used = sqlc.arg(now)
where hash = sqlc.arg(hash) and system = sqlc.arg(system) and used = 0 and expires > sqlc.arg(now)
  and exists (select 1 from systems where systems.name = tokens.system and systems.removed = 0);

-- name: GoodAgent :one
select * from agents where system = $1 and revoked = 0;

-- name: RevokeAgent :exec
update agents set revoked = sqlc.arg(at) where serial = sqlc.arg(serial) and revoked = 0;

-- name: AddAgent :exec
insert into agents (serial, system, not_after, enrolled, revoked) values ($1, $2, $3, $4, 0);

-- name: GetAgent :one
select * from agents where serial = $1;

-- name: ListSerials :many
select serial from agents order by serial;

-- name: AgentOf :one
select a.serial, a.system, a.not_after, a.enrolled, coalesce(s.at, 0) as seen, coalesce(s.skew, 0) as skew,
    coalesce(s.version, '') as version
from agents a join systems y on y.name = a.system left join sightings s on s.system = a.system
where a.system = $1 and a.revoked = 0 and y.removed = 0;

-- name: AgentBySerial :one
select a.serial, a.system, a.not_after, a.enrolled, coalesce(s.at, 0) as seen, coalesce(s.skew, 0) as skew,
    coalesce(s.version, '') as version
from agents a join systems y on y.name = a.system left join sightings s on s.system = a.system
where a.serial = $1 and a.revoked = 0 and y.removed = 0;

-- name: ListAgents :many
select a.serial, a.system, a.not_after, a.enrolled, coalesce(s.at, 0) as seen, coalesce(s.skew, 0) as skew,
    coalesce(s.version, '') as version
from agents a join systems y on y.name = a.system left join sightings s on s.system = a.system
where a.revoked = 0 and y.removed = 0
order by a.system;

-- name: PutSighting :exec
insert into sightings (system, at, skew, version) values ($1, $2, $3, $4)
on conflict (system) do update set at = excluded.at, skew = excluded.skew, version = excluded.version;

-- name: FirstEnrolled :one
select cast(coalesce(min(enrolled), 0) as bigint) from agents where system = $1;
