-- ticks of schedules: whoever inserts one first runs it, so that two hosts make one run of it
create table {state}.ticks (
  tick timestamptz primary key,
  owner varchar not null,
  host varchar not null,
  claimed_at timestamptz not null
);
