create or replace procedure "SHOP"."PIPES"."CAPTURE"()
returns varchar
language sql
comment = 'drains every stream into its landed table, all at one moment'
execute as caller
as
$$
begin
  begin transaction;
  -- the number of this batch; the row is locked until the end, so that two captures follow each other
  update "SHOP"."PIPES"."BATCH" set "NUMBER" = "NUMBER" + 1, "AT" = sysdate();

  -- what happened in COMPANIES; the stream moves on when this transaction commits
  insert into "SHOP"."PIPES"."LANDED_COMPANIES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "ID", "NAME", "COUNTRY_ID", "UPDATED_AT")
  select b."NUMBER", b."AT", s."METADATA$ACTION", s."ID", s."NAME", s."COUNTRY_ID", s."UPDATED_AT"
  from "SHOP"."PIPES"."STREAM_COMPANIES" as s
  cross join "SHOP"."PIPES"."BATCH" as b;

  -- what happened in COUNTRIES; the stream moves on when this transaction commits
  insert into "SHOP"."PIPES"."LANDED_COUNTRIES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "ID", "NAME")
  select b."NUMBER", b."AT", s."METADATA$ACTION", s."ID", s."NAME"
  from "SHOP"."PIPES"."STREAM_COUNTRIES" as s
  cross join "SHOP"."PIPES"."BATCH" as b;

  -- what happened in SALES; the stream moves on when this transaction commits
  insert into "SHOP"."PIPES"."LANDED_SALES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "ID", "COMPANY_ID", "AMOUNT", "GONE")
  select b."NUMBER", b."AT", s."METADATA$ACTION", s."ID", s."COMPANY_ID", s."AMOUNT", s."GONE"
  from "SHOP"."PIPES"."STREAM_SALES" as s
  cross join "SHOP"."PIPES"."BATCH" as b;

  -- what happened in customers; the stream moves on when this transaction commits
  insert into "SHOP"."PIPES"."LANDED_CUSTOMERS" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "OPERATION", "BEFORE", "AFTER", "TS_MS", "SEQ", "TABLE_NAME")
  select b."NUMBER", b."AT", s."METADATA$ACTION", s."OPERATION", s."BEFORE", s."AFTER", s."TS_MS", s."SEQ", s."TABLE_NAME"
  from "SHOP"."PIPES"."STREAM_CUSTOMERS" as s
  cross join "SHOP"."PIPES"."BATCH" as b
  where coalesce(s."TABLE_NAME" = 'customers', false);
  commit;
  return 'done';
exception
  when other then
    rollback;
    raise;
end;
$$;

create or replace procedure "SHOP"."PIPES"."APPLY_FACT_VENDOR"()
returns varchar
language sql
comment = 'the rows of FACT_VENDOR that the last batches reach'
execute as caller
as
$$
declare
  refused_2 exception (-20002, 'FACT_VENDOR holds rows that this pipeline did not write; nothing was written. Compare them, then call RECONCILE_FACT_VENDOR: it takes the table over.');
  refused_7 exception (-20007, 'FACT_VENDOR: a key would have several rows (a look-up matches more than one?); nothing was written');
  refused_8 exception (-20008, 'FACT_VENDOR: a key would be NULL; nothing was written');
begin
  begin transaction;
  -- the batches that are to be done now
  update "SHOP"."PIPES"."POSITION_APPLY_FACT_VENDOR"
  set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
  from (select min(x."NUMBER") as "NUMBER" from (
    select p."BATCH" as "NUMBER" from "SHOP"."PIPES"."POSITION_PARSE_COMPANIES" as p
    union all
    select p."BATCH" as "NUMBER" from "SHOP"."PIPES"."POSITION_PARSE_COUNTRIES" as p
  ) as x) as u;

  -- a table that holds rows before the first run is not ours to overwrite
  let found_2 number := (select count(*) from (select 1 as x from "MARTS"."FACT_VENDOR" limit 1) as t cross join "SHOP"."PIPES"."POSITION_APPLY_FACT_VENDOR" as p where p."PREVIOUS" = 0);
  if (found_2 > 0) then
    raise refused_2;
  end if;

  -- of the last run
  delete from "SHOP"."PIPES"."AFFECTED_FACT_VENDOR";

  -- the keys of rows that the changes reach, from the images before and after
  insert into "SHOP"."PIPES"."AFFECTED_FACT_VENDOR" ("VENDOR_ID")
  select "COMPANIES"."ID" as "VENDOR_ID"
  from (select i.*, false as "TIDEMARK_DELETED" from "SHOP"."PIPES"."CHANGES_COMPANIES" as i join "SHOP"."PIPES"."POSITION_APPLY_FACT_VENDOR" as p on i."TIDEMARK_BATCH" > p."PREVIOUS" and i."TIDEMARK_BATCH" <= p."BATCH") as "COMPANIES"
  union
  select "COMPANIES"."ID" as "VENDOR_ID"
  from (select * from "SHOP"."PIPES"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES"
  left join (select i.*, false as "TIDEMARK_DELETED" from "SHOP"."PIPES"."CHANGES_COUNTRIES" as i join "SHOP"."PIPES"."POSITION_APPLY_FACT_VENDOR" as p on i."TIDEMARK_BATCH" > p."PREVIOUS" and i."TIDEMARK_BATCH" <= p."BATCH") as "COUNTRIES" on "COMPANIES"."COUNTRY_ID" = "COUNTRIES"."ID"
  where "COUNTRIES"."TIDEMARK_DELETED" is not null;

  -- of the last run
  delete from "SHOP"."PIPES"."DESIRED_FACT_VENDOR";

  -- the rows of those keys as they should be
  insert into "SHOP"."PIPES"."DESIRED_FACT_VENDOR" ("VENDOR_ID", "VENDOR_NAME", "COUNTRY")
  select cast("COMPANIES"."ID" as NUMBER(38,0)), cast("COMPANIES"."NAME" as VARCHAR), cast("COUNTRIES"."NAME" as VARCHAR)
  from (select * from "SHOP"."PIPES"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES"
  join "SHOP"."PIPES"."AFFECTED_FACT_VENDOR" as "affected" on "affected"."VENDOR_ID" = "COMPANIES"."ID"
  left join (select * from "SHOP"."PIPES"."CURRENT_COUNTRIES" where not "TIDEMARK_DELETED") as "COUNTRIES" on "COMPANIES"."COUNTRY_ID" = "COUNTRIES"."ID"
  where "COMPANIES"."NAME" is not null;

  -- a key has one row: more come of a look-up that matches twice
  let found_7 number := (select count(*) from (select d."VENDOR_ID" from "SHOP"."PIPES"."DESIRED_FACT_VENDOR" as d group by d."VENDOR_ID" having count(*) > 1) as x);
  if (found_7 > 0) then
    raise refused_7;
  end if;

  -- a key is never NULL
  let found_8 number := (select count(*) from "SHOP"."PIPES"."DESIRED_FACT_VENDOR" as d where d."VENDOR_ID" is null);
  if (found_8 > 0) then
    raise refused_8;
  end if;

  -- what differs, and nothing else
  merge into "MARTS"."FACT_VENDOR" as t
  using (
    select a."VENDOR_ID", (d."VENDOR_ID" is not null) as "TIDEMARK_PRESENT", d."VENDOR_NAME", d."COUNTRY"
    from "SHOP"."PIPES"."AFFECTED_FACT_VENDOR" as a
    left join "SHOP"."PIPES"."DESIRED_FACT_VENDOR" as d on a."VENDOR_ID" = d."VENDOR_ID"
  ) as s
  on t."VENDOR_ID" = s."VENDOR_ID"
  when matched and not s."TIDEMARK_PRESENT" and (t."COUNTRY" is distinct from 'it''s gone') then
    update set "COUNTRY" = 'it''s gone'
  when matched and s."TIDEMARK_PRESENT" and (t."VENDOR_NAME" is distinct from s."VENDOR_NAME" or t."COUNTRY" is distinct from s."COUNTRY") then
    update set "VENDOR_NAME" = s."VENDOR_NAME", "COUNTRY" = s."COUNTRY"
  when not matched and s."TIDEMARK_PRESENT" then
    insert ("VENDOR_ID", "VENDOR_NAME", "COUNTRY")
    values (s."VENDOR_ID", s."VENDOR_NAME", s."COUNTRY");
  commit;
  return 'done';
exception
  when other then
    rollback;
    raise;
end;
$$;

create or replace task "SHOP"."PIPES"."TASK_CAPTURE"
  warehouse = "WH"
  schedule = 'USING CRON */10 * * * * UTC'
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  suspend_task_after_num_failures = 10
  comment = 'calls CAPTURE'
  when system$stream_has_data('"SHOP"."PIPES"."STREAM_COMPANIES"')
    or system$stream_has_data('"SHOP"."PIPES"."STREAM_COUNTRIES"')
    or system$stream_has_data('"SHOP"."PIPES"."STREAM_SALES"')
    or system$stream_has_data('"SHOP"."PIPES"."STREAM_CUSTOMERS"')
as
  call "SHOP"."PIPES"."CAPTURE"();

create or replace alert "SHOP"."PIPES"."ALERT_FAILED_TASKS"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'tasks that failed in the last hour'
  if (exists (
    select t.name
    from table("SHOP".information_schema.task_history(scheduled_time_range_start => dateadd('hour', -1, current_timestamp()), error_only => true)) as t
    where t.database_name = 'SHOP' and t.schema_name = 'PIPES'
  ))
  then call system$send_email('MAILS', 'data@example.com', 'tidemark pipeline of shop: failed_tasks', 'Found: tasks that failed in the last hour. The query stands in 08_monitoring.sql.');
