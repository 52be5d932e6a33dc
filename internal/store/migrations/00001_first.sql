-- One text for SQLite and PostgreSQL. Conventions: times are microseconds since 1970 in UTC, 0 means
-- "not"; lists inside a row are JSON texts; states are guarded by CHECK; references are enforced.

-- +goose Up

-- The stated estate: one row per thing, in the order of the document it was read from.
create table estate (
    id bigint primary key check (id = 1),
    sha text not null,
    at bigint not null
);

create table customers (
    id text primary key,
    position bigint not null,
    name text not null
);

create table contacts (
    customer text not null references customers (id),
    id text not null,
    position bigint not null,
    name text not null,
    email text not null,
    authority text not null,
    primary key (customer, id)
);

create table windows (
    name text primary key,
    position bigint not null,
    days text not null,
    begins text not null,
    hours double precision not null check (hours > 0 and hours <= 24),
    zone text not null
);

create table contracts (
    id text primary key,
    position bigint not null,
    customer text not null references customers (id),
    model text not null,
    package text not null,
    policy text not null,
    window_name text references windows (name),
    standing_order text not null
);

-- A system that is no longer stated keeps its row: runs, orders and agents refer to it.
create table systems (
    name text primary key,
    position bigint not null,
    contract text references contracts (id),
    admin_access text not null,
    purpose text not null,
    services text not null,
    checks text not null,
    removed bigint not null,
    check ((removed = 0) = (contract is not null))
);

-- Published policy versions: never changed, never deleted.
create table policies (
    id text primary key,
    sha text not null,
    document bytea not null,
    at bigint not null
);

-- Enrolment tokens: only the SHA-256 is kept.
create table tokens (
    hash text primary key,
    system text not null references systems (name),
    issued bigint not null,
    expires bigint not null,
    used bigint not null
);

create table agents (
    serial text primary key,
    system text not null references systems (name),
    not_after bigint not null,
    enrolled bigint not null,
    revoked bigint not null
);

create unique index agents_one_good on agents (system) where revoked = 0;

create table sightings (
    system text primary key references systems (name),
    at bigint not null,
    skew bigint not null,
    version text not null
);

-- What hosts reported: documents once per hash, and which of them is the latest.
create table fact_documents (
    system text not null references systems (name),
    hash text not null,
    observed bigint not null,
    received bigint not null,
    document bytea not null,
    primary key (system, hash)
);

create table facts (
    system text primary key references systems (name),
    hash text not null,
    observed bigint not null,
    received bigint not null,
    foreign key (system, hash) references fact_documents (system, hash)
);

create table refreshes (
    system text primary key references systems (name),
    asked text not null,
    asked_at bigint not null,
    done text not null,
    done_at bigint not null
);

create table orders (
    id text primary key,
    system text not null references systems (name),
    customer text not null,
    contact text not null,
    channel text not null,
    words text not null,
    explicit boolean not null,
    scope text not null check (scope in ('security_updates', 'updates')),
    given bigint not null,
    withdrawn boolean not null,
    used text not null
);

create index orders_of_system on orders (system, given);

create table runs (
    id text primary key,
    system text not null references systems (name),
    customer text not null,
    stage text not null check (stage in ('planned', 'asked', 'ordered', 'running', 'over')),
    version bigint not null check (version >= 1),
    slot_from bigint not null,
    slot_to bigint not null,
    zone text not null,
    created bigint not null,
    policy text not null,
    ground text not null,
    packages bigint not null check (packages >= 0),
    mandate text not null,
    outcome text not null check (outcome in ('', 'succeeded', 'not_effective', 'partial', 'blocked',
        'deferred', 'restored', 'restore_failed', 'unknown')),
    ended bigint not null,
    sentence text not null,
    state text not null,
    check ((stage = 'over') = (outcome <> '')),
    check ((stage = 'over') = (ended <> 0))
);

-- A host is changed by one run at a time.
create unique index runs_one_open on runs (system) where stage <> 'over';
create index runs_newest on runs (created, id);
create index runs_of_system on runs (system, created, id);
create index runs_ended on runs (ended);

-- What a run's mandate was granted or refused on, at planning and at closing.
create table papers (
    run text not null references runs (id),
    phase text not null check (phase in ('planning', 'closing')),
    at bigint not null,
    document bytea not null,
    primary key (run, phase)
);

create table mandates (
    run text primary key references runs (id),
    digest text not null,
    policy text not null,
    at bigint not null,
    document bytea not null
);

create table work_orders (
    run text primary key references runs (id),
    digest text not null,
    key_id text not null,
    at bigint not null,
    signature bytea not null,
    document bytea not null
);

create table run_events (
    run text not null references runs (id),
    seq bigint not null check (seq >= 1),
    kind text not null,
    document bytea not null,
    primary key (run, seq)
);

create table verdicts (
    run text primary key references runs (id),
    outcome text not null check (outcome in ('succeeded', 'not_effective', 'partial', 'blocked',
        'deferred', 'restored', 'restore_failed', 'unknown')),
    at bigint not null,
    document bytea not null
);

create table decisions (
    id text primary key,
    run text not null,
    system text not null references systems (name),
    at bigint not null,
    document bytea not null
);

create index decisions_of_run on decisions (run, id);
create index decisions_of_system on decisions (system, at, id);

create table refusals (
    id text primary key,
    system text not null references systems (name),
    run text not null,
    digest text not null,
    code text not null,
    detail text not null,
    at bigint not null
);

create index refusals_newest on refusals (at, id);

-- Signing in: only hashes are kept.
create table sign_ins (
    hash text primary key,
    expires bigint not null
);

create table sessions (
    hash text primary key,
    expires bigint not null
);

-- The tamper-evident record: entries, the stored hashes of their Merkle tree, signed checkpoints.
create table record_entries (
    idx bigint primary key check (idx >= 0),
    kind text not null,
    subject text not null,
    at bigint not null,
    salt bytea not null,
    document bytea not null
);

create index record_of_subject on record_entries (kind, subject, idx);

create table record_hashes (
    idx bigint primary key check (idx >= 0),
    hash bytea not null
);

create table record_checkpoints (
    size bigint primary key check (size >= 0),
    note bytea not null
);
