-- events of logs that could not be taken: set aside until somebody mends them
create table {state}.rejected (
  source varchar not null,
  identity varchar not null,
  code varchar not null,
  field varchar not null,
  reason varchar not null,
  key jsonb,
  arrival varchar,
  event jsonb not null,
  rejected_at timestamptz not null,
  resolved_at timestamptz,
  outcome varchar,
  primary key (source, identity)
);
