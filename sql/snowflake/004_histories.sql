-- histories: where the events of each are kept, and the first number that none of its versions was given yet
create table if not exists {state}."histories" (
  "target" varchar primary key,
  "events" varchar not null,
  "shape" varchar not null,
  "next_number" number(19,0) not null
);

-- the numbers that versions were given, so that one that comes back has its own again
create table if not exists {state}."version_keys" (
  "target" varchar not null,
  "key" varchar not null,
  "valid_from" timestamp_ltz(6) not null,
  "number" number(19,0) not null,
  primary key ("target", "key", "valid_from")
);
