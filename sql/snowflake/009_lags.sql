-- how long changes took from the source to their commit, by batch: a histogram for each source and target
create table if not exists {state}."lags" (
  "relation" varchar not null,
  "batch" number(19,0) not null,
  "committed_at" timestamp_ltz(6) not null,
  "buckets" varchar not null,
  primary key ("relation", "batch")
);
