create or replace alert "TIDEMARK_PIPELINE"."ALERT_FAILED_TASKS"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'tasks that failed in the last hour'
  if (exists (
    select t.name
    from table("SHOP".information_schema.task_history(scheduled_time_range_start => dateadd('hour', -1, current_timestamp()), error_only => true)) as t
    where t.database_name = 'SHOP' and t.schema_name = 'TIDEMARK_PIPELINE'
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'failed_tasks', 'tasks that failed in the last hour';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_LAG"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'steps that have not taken what was captured'
  if (exists (
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
    where s."BATCH" < b."NUMBER" and b."AT" < dateadd('minute', -15, sysdate())
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'lag', 'steps that have not taken what was captured';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_REJECTED"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'events that could not be taken, in the last day, by reason'
  if (exists (
    select r."SOURCE", r."REASON", count(*) as "EVENTS", max(r."AT") as "LAST"
    from "TIDEMARK_PIPELINE"."REJECTED" as r
    where r."AT" > dateadd('day', -1, sysdate())
    group by r."SOURCE", r."REASON"
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'rejected', 'events that could not be taken, in the last day, by reason';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_COMPANY_METRICS_TWICE"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'keys of which COMPANY_METRICS has several rows; no key is enforced there'
  if (exists (
    select t."ID", count(*) as "ROWS"
    from "MARTS"."COMPANY_METRICS" as t
    group by t."ID"
    having count(*) > 1
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'COMPANY_METRICS_twice', 'keys of which COMPANY_METRICS has several rows; no key is enforced there';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_CUSTOMERS_SCD_CURRENT"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'keys of CUSTOMERS_SCD with several current versions'
  if (exists (
    select t."ID", count(*) as "VERSIONS"
    from "MARTS"."CUSTOMERS_SCD" as t
    where t."VALID_TO" is null
    group by t."ID"
    having count(*) > 1
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'CUSTOMERS_SCD_current', 'keys of CUSTOMERS_SCD with several current versions';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_CUSTOMERS_SCD_OVERLAPS"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'versions of CUSTOMERS_SCD that are valid at once'
  if (exists (
    select v.*
    from (
      select t."ID", t."VALID_FROM" as "STARTS", t."VALID_TO" as "ENDS", lead(t."VALID_FROM") over (partition by t."ID" order by t."VALID_FROM") as "NEXT"
      from "MARTS"."CUSTOMERS_SCD" as t
    ) as v
    where v."NEXT" < v."ENDS" or (v."ENDS" is null and v."NEXT" is not null)
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'CUSTOMERS_SCD_overlaps', 'versions of CUSTOMERS_SCD that are valid at once';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_CUSTOMERS_SCD_GAPS"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'keys of CUSTOMERS_SCD with a time in which no version is valid'
  if (exists (
    select v.*
    from (
      select t."ID", t."VALID_FROM" as "STARTS", t."VALID_TO" as "ENDS", lead(t."VALID_FROM") over (partition by t."ID" order by t."VALID_FROM") as "NEXT"
      from "MARTS"."CUSTOMERS_SCD" as t
    ) as v
    where v."ENDS" < v."NEXT"
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'CUSTOMERS_SCD_gaps', 'keys of CUSTOMERS_SCD with a time in which no version is valid';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_CUSTOMERS_SCD_REVERSED"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'versions of CUSTOMERS_SCD that end before they begin'
  if (exists (
    select v.*
    from (
      select t."ID", t."VALID_FROM" as "STARTS", t."VALID_TO" as "ENDS", lead(t."VALID_FROM") over (partition by t."ID" order by t."VALID_FROM") as "NEXT"
      from "MARTS"."CUSTOMERS_SCD" as t
    ) as v
    where v."ENDS" <= v."STARTS"
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'CUSTOMERS_SCD_reversed', 'versions of CUSTOMERS_SCD that end before they begin';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_FACT_SALES_TWICE"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'keys of which FACT_SALES has several rows; no key is enforced there'
  if (exists (
    select t."SALE_ID", count(*) as "ROWS"
    from "MARTS"."FACT_SALES" as t
    group by t."SALE_ID"
    having count(*) > 1
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'FACT_SALES_twice', 'keys of which FACT_SALES has several rows; no key is enforced there';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_FACT_VENDOR_TWICE"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'keys of which FACT_VENDOR has several rows; no key is enforced there'
  if (exists (
    select t."VENDOR_ID", count(*) as "ROWS"
    from "MARTS"."FACT_VENDOR" as t
    group by t."VENDOR_ID"
    having count(*) > 1
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'FACT_VENDOR_twice', 'keys of which FACT_VENDOR has several rows; no key is enforced there';

create or replace alert "TIDEMARK_PIPELINE"."ALERT_CURRENT_NAMES_TWICE"
  warehouse = "WH"
  schedule = '60 MINUTE'
  comment = 'keys of which CURRENT_NAMES has several rows; no key is enforced there'
  if (exists (
    select t."ID", count(*) as "ROWS"
    from "MARTS"."CURRENT_NAMES" as t
    group by t."ID"
    having count(*) > 1
  ))
  then insert into "TIDEMARK_PIPELINE"."ALERTS_RAISED" ("AT", "NAME", "WHAT")
  select sysdate(), 'CURRENT_NAMES_twice', 'keys of which CURRENT_NAMES has several rows; no key is enforced there';
