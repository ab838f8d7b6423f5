-- dbt runs at work, from its hooks: they do not exclude one another, and exclude us until they end or expire
create table if not exists {state}."shared_lease" (
  "id" varchar primary key,
  "command" varchar not null,
  "taken_at" timestamp_ltz(6) not null,
  "expires_at" timestamp_ltz(6) not null
);
