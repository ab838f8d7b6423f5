-- Tidemark's own tables. {state} is the state schema of the project file.

-- who these tables belong to: one row
create table {state}.project (
  id integer primary key check (id = 1),
  name varchar not null,
  environment varchar not null
);

-- one row per committed batch
create table {state}.batches (
  batch bigint primary key,
  run_id varchar not null unique,
  kind varchar not null,
  status varchar not null,
  started_at timestamptz not null,
  moment timestamptz not null,
  committed_at timestamptz not null,
  duration_ms bigint not null,
  digest varchar not null,
  changes bigint not null,
  rows bigint not null,
  cells bigint not null,
  sources json not null,
  targets json not null,
  mapping varchar not null,
  actor varchar,
  host varchar,
  meta json not null,
  undone_by bigint
);

-- the ledger: what changed in the sources
create table {state}.changes (
  change_id bigint primary key,
  batch bigint not null,
  source varchar not null,
  operation varchar not null,
  declared varchar,
  key json not null,
  before json,
  after json,
  columns json
);
create index changes_batch on {state}.changes (batch, source);

-- what we wrote into the targets, a row per target row
create table {state}.audit (
  batch bigint not null,
  target varchar not null,
  operation varchar not null,
  key json not null,
  before json,
  after json,
  causes json
);
create index audit_batch on {state}.audit (batch, target);

-- how far each source has been read, and the targets whose own rows tell when they changed
create table {state}.positions (
  source varchar primary key,
  watermark varchar,
  full_compare_at timestamptz,
  delete_check_at timestamptz,
  batch bigint
);

-- keys that a source no longer had when it was looked for, and that are not deleted yet
create table {state}.missing (
  source varchar not null,
  key varchar not null,
  first_missing_at timestamptz not null,
  primary key (source, key)
);

-- what we know of each source and target between runs
create table {state}.relations (
  name varchar primary key,
  kind varchar not null,
  table_name varchar not null,
  mirror_name varchar,
  made_by_us boolean not null default false,
  mapping varchar not null,
  first_batch bigint,
  fingerprint varchar,
  held varchar,
  behind_since bigint,
  behind_at timestamptz,
  behind_code varchar,
  behind_reason varchar,
  behind_retryable boolean,
  paused_reason varchar,
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
  owner varchar not null,
  host varchar not null,
  pid bigint not null,
  command varchar not null,
  taken_at timestamptz not null,
  expires_at timestamptz not null
);
insert into {state}.lease (id, token) values (1, 0);

-- one row per attempt to run; idle ones in a row are folded
create table {state}.runs (
  run_id varchar primary key,
  command varchar not null,
  status varchar not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  batch bigint,
  error_code varchar,
  error varchar,
  phases json,
  actor varchar,
  host varchar,
  pid bigint,
  meta json,
  repeats bigint not null default 0
);
