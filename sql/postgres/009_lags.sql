-- how long changes took from the source to their commit, by batch: a histogram for each source and target
create table {state}.lags (
  relation varchar not null,
  batch bigint not null,
  committed_at timestamptz not null,
  buckets jsonb not null,
  primary key (relation, batch)
);
