-- name: AddRun :execrows
insert into runs (id, system, customer, stage, version, slot_from, slot_to, zone, created, policy, ground,
    packages, mandate, outcome, ended, sentence, state, urgent, measure, lift)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
on conflict (system) where stage <> 'over' do nothing;

-- name: UpdateRun :execrows
update runs set stage = sqlc.arg(stage), version = version + 1, slot_from = sqlc.arg(slot_from),
    slot_to = sqlc.arg(slot_to), zone = sqlc.arg(zone), policy = sqlc.arg(policy), ground = sqlc.arg(ground),
    packages = sqlc.arg(packages), mandate = sqlc.arg(mandate), outcome = sqlc.arg(outcome),
    ended = sqlc.arg(ended), sentence = sqlc.arg(sentence), state = sqlc.arg(state)
where id = sqlc.arg(id) and version = sqlc.arg(expected) and stage <> 'over';

-- name: GetRun :one
select * from runs where id = $1;

-- name: OpenRunOf :one
select * from runs where system = $1 and stage <> 'over';

-- name: ListOpenRuns :many
select * from runs where stage <> 'over' order by slot_from, id;

-- name: ListRuns :many
select * from runs
where cast(sqlc.arg(stage) as text) = '' or stage = cast(sqlc.arg(stage) as text)
order by created desc, id desc limit sqlc.arg(most);

-- name: ListRunsOf :many
select * from runs
where system = sqlc.arg(system) and (cast(sqlc.arg(stage) as text) = '' or stage = cast(sqlc.arg(stage) as text))
order by created desc, id desc limit sqlc.arg(most);

-- name: ListEndedRuns :many
select * from runs where ended >= sqlc.arg(since) and stage = 'over'
order by ended desc, id desc limit sqlc.arg(most);

-- name: ListRunIDs :many
select id from runs order by id;

-- name: ListRunHeads :many
select id, system, stage, outcome, slot_from, created, ended, urgent, measure from runs
where stage <> 'over' or created >= sqlc.arg(since) or ended >= sqlc.arg(since)
order by created desc, id desc;

-- name: ListPutBack :many
select id, ended from runs
where system = sqlc.arg(system) and outcome = 'restored' and measure = ''
order by created desc, id desc limit sqlc.arg(most);

-- name: ListOpenRunVersions :many
select id, version from runs where stage <> 'over' order by slot_from, id;

-- name: CountEndedRuns :one
select count(*) from runs where ended > 0;

-- name: ListAllEndedRuns :many
select * from runs where ended > 0 and ended >= sqlc.arg(since) order by created desc, id desc;
