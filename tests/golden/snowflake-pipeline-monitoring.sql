-- steps that have not taken what was captured
select s."STEP", s."BATCH", b."NUMBER" as "CAPTURED", b."AT" as "CAPTURED_AT"
from (
  select 'PARSE_COMPANIES' as "STEP", p."BATCH" as "BATCH", p."AT" as "AT" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p
  union all
  select 'PARSE_COUNTRIES' as "STEP", p."BATCH" as "BATCH", p."AT" as "AT" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p
  union all
  select 'PARSE_SALES' as "STEP", p."BATCH" as "BATCH", p."AT" as "AT" from "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p
  union all
  select 'PARSE_CUSTOMERS' as "STEP", p."BATCH" as "BATCH", p."AT" as "AT" from "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p
  union all
  select 'APPLY_CUSTOMERS_SCD' as "STEP", p."BATCH" as "BATCH", p."AT" as "AT" from "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD" as p
  union all
  select 'APPLY_FACT_SALES' as "STEP", p."BATCH" as "BATCH", p."AT" as "AT" from "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_SALES" as p
  union all
  select 'APPLY_FACT_VENDOR' as "STEP", p."BATCH" as "BATCH", p."AT" as "AT" from "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR" as p
) as s
cross join "TIDEMARK_PIPELINE"."BATCH" as b
where s."BATCH" < b."NUMBER";

-- events that could not be taken, in the last day, by reason
select r."SOURCE", r."REASON", count(*) as "EVENTS", max(r."AT") as "LAST"
from "TIDEMARK_PIPELINE"."REJECTED" as r
where r."AT" > dateadd('day', -1, sysdate())
group by r."SOURCE", r."REASON";

-- keys of which COMPANY_METRICS has several rows; no key is enforced there
select t."ID", count(*) as "ROWS"
from "MARTS"."COMPANY_METRICS" as t
group by t."ID"
having count(*) > 1;

-- keys of CUSTOMERS_SCD with several current versions
select t."ID", count(*) as "VERSIONS"
from "MARTS"."CUSTOMERS_SCD" as t
where t."VALID_TO" is null
group by t."ID"
having count(*) > 1;

-- versions of CUSTOMERS_SCD that are valid at once
select v.*
from (
  select t."ID", t."VALID_FROM" as "STARTS", t."VALID_TO" as "ENDS", lead(t."VALID_FROM") over (partition by t."ID" order by t."VALID_FROM") as "NEXT"
  from "MARTS"."CUSTOMERS_SCD" as t
) as v
where v."NEXT" < v."ENDS" or (v."ENDS" is null and v."NEXT" is not null);

-- keys of CUSTOMERS_SCD with a time in which no version is valid
select v.*
from (
  select t."ID", t."VALID_FROM" as "STARTS", t."VALID_TO" as "ENDS", lead(t."VALID_FROM") over (partition by t."ID" order by t."VALID_FROM") as "NEXT"
  from "MARTS"."CUSTOMERS_SCD" as t
) as v
where v."ENDS" < v."NEXT";

-- versions of CUSTOMERS_SCD that end before they begin
select v.*
from (
  select t."ID", t."VALID_FROM" as "STARTS", t."VALID_TO" as "ENDS", lead(t."VALID_FROM") over (partition by t."ID" order by t."VALID_FROM") as "NEXT"
  from "MARTS"."CUSTOMERS_SCD" as t
) as v
where v."ENDS" <= v."STARTS";

-- keys of which FACT_SALES has several rows; no key is enforced there
select t."SALE_ID", count(*) as "ROWS"
from "MARTS"."FACT_SALES" as t
group by t."SALE_ID"
having count(*) > 1;

-- keys of which FACT_VENDOR has several rows; no key is enforced there
select t."VENDOR_ID", count(*) as "ROWS"
from "MARTS"."FACT_VENDOR" as t
group by t."VENDOR_ID"
having count(*) > 1;

-- keys of which CURRENT_NAMES has several rows; no key is enforced there
select t."ID", count(*) as "ROWS"
from "MARTS"."CURRENT_NAMES" as t
group by t."ID"
having count(*) > 1;

-- the check named of FACT_VENDOR: rows that break it
with FACT_VENDOR as (select * from "MARTS"."FACT_VENDOR")
select b.* from (
select * from FACT_VENDOR where VENDOR_NAME = ''
) as b;

-- streams with their state; the next statement reads the answer of this one
show streams in schema "TIDEMARK_PIPELINE";

-- streams that are stale, or will be in two days: see the way back in 02_streams.sql
select "name", "stale", "stale_after", "invalid_reason"
from table(result_scan(last_query_id()))
where "stale" = 'true' or to_timestamp_ltz("stale_after") < dateadd('day', 2, current_timestamp());

-- runs of tasks in the last day: how long they waited, how long they took, why they failed
select t.name, t.state, t.scheduled_time, timestampdiff('second', t.scheduled_time, t.query_start_time) as "WAITED_SECONDS", timestampdiff('second', t.query_start_time, t.completed_time) as "TOOK_SECONDS", t.error_message
from table("SHOP".information_schema.task_history(scheduled_time_range_start => dateadd('day', -1, current_timestamp()), result_limit => 10000)) as t
where t.schema_name = 'TIDEMARK_PIPELINE'
order by t.scheduled_time desc;

-- what statements of the last day scanned and wrote (the view is up to 45 minutes late)
select q.query_type, count(*) as "STATEMENTS", sum(q.bytes_scanned) as "BYTES_SCANNED", sum(q.partitions_scanned) as "PARTITIONS_SCANNED", sum(q.rows_updated) as "ROWS_UPDATED", sum(q.rows_inserted) as "ROWS_INSERTED", sum(q.total_elapsed_time) as "MILLISECONDS"
from snowflake.account_usage.query_history as q
where q.start_time > dateadd('day', -1, current_timestamp()) and q.schema_name = 'TIDEMARK_PIPELINE'
group by q.query_type;

-- how dynamic tables keep their lag
select d.name, d.target_lag_sec, d.maximum_lag_sec, d.time_within_target_lag_ratio
from table(information_schema.dynamic_tables()) as d
where d.name in ('COMPANY_METRICS', 'CURRENT_NAMES');

-- their refreshes: a FULL one where INCREMENTAL was asked for costs the whole table
select r.name, r.state, r.refresh_action, r.refresh_start_time, r.state_message
from table(information_schema.dynamic_table_refresh_history()) as r
where r.name in ('COMPANY_METRICS', 'CURRENT_NAMES')
order by r.refresh_start_time desc;
