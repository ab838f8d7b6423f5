-- ticks of schedules: whoever inserts one first runs it, so that two hosts make one run of it
create table if not exists {state}."ticks" (
  "tick" timestamp_ltz(6) primary key,
  "owner" varchar not null,
  "host" varchar not null,
  "claimed_at" timestamp_ltz(6) not null
);
