-- targets that are being compared in parts: where each part ends, and how many of them are done
create table if not exists {state}."parts" (
  "target" varchar primary key,
  "progress" varchar not null
);
