-- events of logs that could not be taken: set aside until somebody mends them
create table if not exists {state}."rejected" (
  "source" varchar not null,
  "identity" varchar not null,
  "code" varchar not null,
  "field" varchar not null,
  "reason" varchar not null,
  "key" varchar,
  "arrival" varchar,
  "event" varchar not null,
  "rejected_at" timestamp_ltz(6) not null,
  "resolved_at" timestamp_ltz(6),
  "outcome" varchar,
  primary key ("source", "identity")
);
