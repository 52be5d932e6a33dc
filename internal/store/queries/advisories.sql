-- name: AddPublication :exec
insert into publications (feed, accepted, sha, kind, origin, records, skipped)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: AddPublicationText :exec
insert into publication_texts (feed, accepted, document) values ($1, $2, $3);

-- name: GetPublication :one
select * from publications where feed = $1 and accepted = $2;

-- name: GetPublicationText :one
select document from publication_texts where feed = $1 and accepted = $2;

-- name: ListPublications :many
select * from publications order by feed, accepted desc;

-- name: ThinPublicationTexts :exec
delete from publication_texts
where publication_texts.feed = sqlc.arg(feed) and publication_texts.accepted < (
    select min(newest.accepted) from (
        select p.accepted from publications p where p.feed = sqlc.arg(feed) order by p.accepted desc limit 2
    ) newest
);

-- name: PutFeed :exec
insert into feeds (feed, tried, succeeded, document) values ($1, $2, $3, $4)
on conflict (feed) do update
set tried = excluded.tried, succeeded = excluded.succeeded, document = excluded.document;

-- name: ListFeeds :many
select * from feeds order by feed;

-- name: AddClock :execrows
insert into clocks (system, source, cve, known, closed, version, document)
values ($1, $2, $3, $4, 0, 1, $5)
on conflict (system, source, cve) do nothing;

-- name: GetClock :one
select * from clocks where system = $1 and source = $2 and cve = $3;

-- name: UpdateClock :execrows
update clocks set closed = sqlc.arg(closed), document = sqlc.arg(document), version = version + 1
where system = sqlc.arg(system) and source = sqlc.arg(source) and cve = sqlc.arg(cve) and version = sqlc.arg(version);

-- name: ListOpenClocks :many
select * from clocks where closed = 0 order by known, system, source, cve;

-- name: ListClocksSince :many
select * from clocks where closed >= sqlc.arg(since) or closed = 0 order by known, system, source, cve;

-- name: ListClocksOf :many
select * from clocks where system = $1 order by known desc, source, cve;

-- name: ListClocksOfHole :many
select * from clocks where cve = $1 order by system, source;

-- name: ListClockKeys :many
select system, source, cve from clocks order by system, source, cve;

-- name: AddNotice :execrows
insert into notices (id, system, kind, recipient, at, document) values ($1, $2, $3, $4, $5, $6)
on conflict (id) do nothing;

-- name: GetNotice :one
select * from notices where id = $1;

-- name: ListNoticesOf :many
select * from notices where system = $1 order by at desc, id limit $2;

-- name: ListNoticesOfKind :many
select * from notices where system = $1 and kind = $2 order by at desc, id limit $3;

-- name: ListNotices :many
select * from notices order by at desc, id limit $1;

-- name: ListNoticeIDs :many
select id from notices order by id;

-- name: ListOpenClocksOf :many
select * from clocks where system = $1 and closed = 0 order by known desc, source, cve;
