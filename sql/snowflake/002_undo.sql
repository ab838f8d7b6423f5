-- Undo: what was undone by which batch, and the source rows that are held.

-- the records of this batch were dropped by `prune`: it can no longer be undone
alter table {state}."batches" add column if not exists "pruned_at" timestamp_ltz(6);

-- which batches a rollback undid; `whole`: not just some sources or keys of them
create table if not exists {state}."undos" (
  "batch" number(19,0) not null,
  "undone" number(19,0) not null,
  "whole" boolean not null
);

-- source rows whose change was undone: the next freezes ignore staging while it looks like `staging`
create table if not exists {state}."holds" (
  "source" varchar not null,
  "key" varchar not null,
  -- the row as staging has it, as canonical JSON; null: staging has no such row
  "staging" varchar,
  -- the row as the mirror has it since the undo
  "mirror" varchar,
  -- the undone batches and the rollbacks, as `,5,7,`
  "batches" varchar not null,
  -- released: to be read by the next freeze, whatever the watermark
  "queued" boolean not null
);

-- how far verification within a budget has come, and what it proved
create table if not exists {state}."verified" (
  "target" varchar primary key,
  "progress" varchar not null,
  "updated_at" timestamp_ltz(6) not null
);
