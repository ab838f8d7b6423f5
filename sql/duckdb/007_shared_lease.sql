-- dbt runs at work, from its hooks: they do not exclude one another, and exclude us until they end or expire
create table {state}.shared_lease (
  id varchar primary key,
  command varchar not null,
  taken_at timestamptz not null,
  expires_at timestamptz not null
);
