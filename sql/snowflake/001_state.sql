-- Tidemark's own tables. {state} is the state schema of the project file. DDL ends a transaction here, so that each
-- statement stands alone and may run again. Keys are noted, and kept by nobody but us.

-- who these tables belong to: one row
create table if not exists {state}."project" (
  "id" number(10,0) primary key,
  "name" varchar not null,
  "environment" varchar not null
);

-- one row per committed batch
create table if not exists {state}."batches" (
  "batch" number(19,0) primary key,
  "run_id" varchar not null unique,
  "kind" varchar not null,
  "status" varchar not null,
  "started_at" timestamp_ltz(6) not null,
  "moment" timestamp_ltz(6) not null,
  "committed_at" timestamp_ltz(6) not null,
  "duration_ms" number(19,0) not null,
  "digest" varchar not null,
  "changes" number(19,0) not null,
  "rows" number(19,0) not null,
  "cells" number(19,0) not null,
  "sources" varchar not null,
  "targets" varchar not null,
  "mapping" varchar not null,
  "actor" varchar,
  "host" varchar,
  "meta" varchar not null,
  "undone_by" number(19,0)
);

-- the ledger: what changed in the sources
create table if not exists {state}."changes" (
  "change_id" number(19,0) primary key,
  "batch" number(19,0) not null,
  "source" varchar not null,
  "operation" varchar not null,
  "declared" varchar,
  "key" varchar not null,
  "before" varchar,
  "after" varchar,
  "columns" varchar
);

-- what we wrote into the targets, a row per target row
create table if not exists {state}."audit" (
  "batch" number(19,0) not null,
  "target" varchar not null,
  "operation" varchar not null,
  "key" varchar not null,
  "before" varchar,
  "after" varchar,
  "causes" varchar
);

-- how far each source has been read, and the targets whose own rows tell when they changed
create table if not exists {state}."positions" (
  "source" varchar primary key,
  "watermark" varchar,
  "full_compare_at" timestamp_ltz(6),
  "delete_check_at" timestamp_ltz(6),
  "batch" number(19,0)
);

-- keys that a source no longer had when it was looked for, and that are not deleted yet
create table if not exists {state}."missing" (
  "source" varchar not null,
  "key" varchar not null,
  "first_missing_at" timestamp_ltz(6) not null,
  primary key ("source", "key")
);

-- what we know of each source and target between runs
create table if not exists {state}."relations" (
  "name" varchar primary key,
  "kind" varchar not null,
  "table_name" varchar not null,
  "mirror_name" varchar,
  "made_by_us" boolean default false not null,
  "mapping" varchar not null,
  "first_batch" number(19,0),
  "fingerprint" varchar,
  "held" varchar,
  "behind_since" number(19,0),
  "behind_at" timestamp_ltz(6),
  "behind_code" varchar,
  "behind_reason" varchar,
  "behind_retryable" boolean,
  "paused_reason" varchar,
  "paused_at" timestamp_ltz(6)
);

-- the right to write: a token that only grows, and who holds it until when
create table if not exists {state}."lease" (
  "id" number(10,0) primary key,
  "token" number(19,0) not null
);
create table if not exists {state}."heartbeat" (
  "id" number(10,0) primary key,
  "token" number(19,0) not null,
  "owner" varchar not null,
  "host" varchar not null,
  "pid" number(19,0) not null,
  "command" varchar not null,
  "taken_at" timestamp_ltz(6) not null,
  "expires_at" timestamp_ltz(6) not null
);
merge into {state}."lease" as "t" using (select 1 as "id", 0 as "token") as "n" on "t"."id" = "n"."id"
when not matched then insert ("id", "token") values ("n"."id", "n"."token");

-- one row per attempt to run; idle ones in a row are folded
create table if not exists {state}."runs" (
  "run_id" varchar primary key,
  "command" varchar not null,
  "status" varchar not null,
  "started_at" timestamp_ltz(6) not null,
  "finished_at" timestamp_ltz(6),
  "batch" number(19,0),
  "error_code" varchar,
  "error" varchar,
  "phases" varchar,
  "actor" varchar,
  "host" varchar,
  "pid" number(19,0),
  "meta" varchar,
  "repeats" number(19,0) default 0 not null
);
