-- what the events of each history were when we left them: an older copy of them alone would go unnoticed
alter table {state}."histories" add column if not exists "fingerprint" varchar;
