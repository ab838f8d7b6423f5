-- Tidemark's own tables. {state} is the state schema of the project file.

-- who these tables belong to: one row
create table {state}.project (
  id integer primary key check (id = 1),
  name text not null,
  environment text not null
);

-- one row per committed batch
create table {state}.batches (
  batch bigint primary key,
  run_id text not null unique,
  kind text not null,
  status text not null,
  started_at timestamptz not null,
  moment timestamptz not null,
  committed_at timestamptz not null,
  duration_ms bigint not null,
  digest text not null,
  changes bigint not null,
  rows bigint not null,
  cells bigint not null,
  sources jsonb not null,
  targets jsonb not null,
  mapping text not null,
  actor text,
  host text,
  meta jsonb not null,
  undone_by bigint
);

-- the ledger: what changed in the sources
create table {state}.changes (
  change_id bigint primary key,
  batch bigint not null,
  source text not null,
  operation text not null,
  declared text,
  key jsonb not null,
  before jsonb,
  after jsonb,
  columns jsonb
);
create index changes_batch on {state}.changes (batch, source);

-- what we wrote into the targets, a row per target row
create table {state}.audit (
  batch bigint not null,
  target text not null,
  operation text not null,
  key jsonb not null,
  before jsonb,
  after jsonb,
  causes jsonb
);
create index audit_batch on {state}.audit (batch, target);

-- how far each source has been read, and the targets whose own rows tell when they changed
create table {state}.positions (
  source text primary key,
  watermark text,
  full_compare_at timestamptz,
  delete_check_at timestamptz,
  batch bigint
);

-- keys that a source no longer had when it was looked for, and that are not deleted yet
create table {state}.missing (
  source text not null,
  key text not null,
  first_missing_at timestamptz not null,
  primary key (source, key)
);

-- what we know of each source and target between runs
create table {state}.relations (
  name text primary key,
  kind text not null,
  table_name text not null,
  mirror_name text,
  made_by_us boolean not null default false,
  mapping text not null,
  first_batch bigint,
  fingerprint text,
  held text,
  behind_since bigint,
  behind_at timestamptz,
  behind_code text,
  behind_reason text,
  behind_retryable boolean,
  paused_reason text,
  paused_at timestamptz
);

-- the right to write: a token that only grows, and who holds it until when
create table {state}.lease (
  id integer primary key check (id = 1),
  token bigint not null
);
create table {state}.heartbeat (
  id integer primary key check (id = 1),
  token bigint not null,
  owner text not null,
  host text not null,
  pid bigint not null,
  command text not null,
  taken_at timestamptz not null,
  expires_at timestamptz not null
);
insert into {state}.lease (id, token) values (1, 0);

-- one row per attempt to run; idle ones in a row are folded
create table {state}.runs (
  run_id text primary key,
  command text not null,
  status text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  batch bigint,
  error_code text,
  error text,
  phases jsonb,
  actor text,
  host text,
  pid bigint,
  meta jsonb,
  repeats bigint not null default 0
);
