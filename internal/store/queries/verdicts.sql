-- name: AddVerdict :execrows
insert into verdicts (run, outcome, at, document) values ($1, $2, $3, $4)
on conflict (run) do nothing;

-- name: GetVerdict :one
select * from verdicts where run = $1;

-- name: ListVerdictIDs :many
select run from verdicts order by run;
