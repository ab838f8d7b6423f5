alter task if exists "TIDEMARK_PIPELINE"."TASK_CAPTURE" suspend;

alter task if exists "TIDEMARK_PIPELINE"."TASK_HOUSEKEEPING" suspend;

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_FAILED_TASKS";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_LAG";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_REJECTED";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_COMPANY_METRICS_TWICE";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_CUSTOMERS_SCD_CURRENT";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_CUSTOMERS_SCD_OVERLAPS";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_CUSTOMERS_SCD_GAPS";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_CUSTOMERS_SCD_REVERSED";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_FACT_SALES_TWICE";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_FACT_VENDOR_TWICE";

drop alert if exists "TIDEMARK_PIPELINE"."ALERT_CURRENT_NAMES_TWICE";

drop task if exists "TIDEMARK_PIPELINE"."TASK_RECONCILE_FACT_VENDOR";

drop task if exists "TIDEMARK_PIPELINE"."TASK_RECONCILE_FACT_SALES";

drop task if exists "TIDEMARK_PIPELINE"."TASK_RECONCILE_CUSTOMERS_SCD";

drop task if exists "TIDEMARK_PIPELINE"."TASK_HOUSEKEEPING";

drop task if exists "TIDEMARK_PIPELINE"."TASK_APPLY_FACT_VENDOR";

drop task if exists "TIDEMARK_PIPELINE"."TASK_APPLY_FACT_SALES";

drop task if exists "TIDEMARK_PIPELINE"."TASK_APPLY_CUSTOMERS_SCD";

drop task if exists "TIDEMARK_PIPELINE"."TASK_PARSE_CUSTOMERS";

drop task if exists "TIDEMARK_PIPELINE"."TASK_PARSE_SALES";

drop task if exists "TIDEMARK_PIPELINE"."TASK_PARSE_COUNTRIES";

drop task if exists "TIDEMARK_PIPELINE"."TASK_PARSE_COMPANIES";

drop task if exists "TIDEMARK_PIPELINE"."TASK_CAPTURE";

drop dynamic table if exists "MARTS"."CURRENT_NAMES";

drop dynamic table if exists "MARTS"."COMPANY_METRICS";

drop procedure if exists "TIDEMARK_PIPELINE"."CAPTURE"();

drop procedure if exists "TIDEMARK_PIPELINE"."PARSE_COMPANIES"();

drop procedure if exists "TIDEMARK_PIPELINE"."PARSE_COUNTRIES"();

drop procedure if exists "TIDEMARK_PIPELINE"."PARSE_SALES"();

drop procedure if exists "TIDEMARK_PIPELINE"."PARSE_CUSTOMERS"();

drop procedure if exists "TIDEMARK_PIPELINE"."APPLY_CUSTOMERS_SCD"();

drop procedure if exists "TIDEMARK_PIPELINE"."RECONCILE_CUSTOMERS_SCD"();

drop procedure if exists "TIDEMARK_PIPELINE"."APPLY_FACT_SALES"();

drop procedure if exists "TIDEMARK_PIPELINE"."RECONCILE_FACT_SALES"();

drop procedure if exists "TIDEMARK_PIPELINE"."APPLY_FACT_VENDOR"();

drop procedure if exists "TIDEMARK_PIPELINE"."RECONCILE_FACT_VENDOR"();

drop procedure if exists "TIDEMARK_PIPELINE"."RESYNC_COMPANIES"();

drop procedure if exists "TIDEMARK_PIPELINE"."RESYNC_COUNTRIES"();

drop procedure if exists "TIDEMARK_PIPELINE"."RESYNC_SALES"();

drop procedure if exists "TIDEMARK_PIPELINE"."RESYNC_CUSTOMERS"();

drop procedure if exists "TIDEMARK_PIPELINE"."HOUSEKEEPING"();

drop stream if exists "TIDEMARK_PIPELINE"."STREAM_COMPANIES";

drop stream if exists "TIDEMARK_PIPELINE"."STREAM_COUNTRIES";

drop stream if exists "TIDEMARK_PIPELINE"."STREAM_SALES";

drop stream if exists "TIDEMARK_PIPELINE"."STREAM_CUSTOMERS";

drop table if exists "TIDEMARK_PIPELINE"."BATCH";

drop table if exists "TIDEMARK_PIPELINE"."REJECTED";

drop table if exists "TIDEMARK_PIPELINE"."ALERTS_RAISED";

drop table if exists "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES";

drop table if exists "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES";

drop table if exists "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES";

drop table if exists "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS";

drop table if exists "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD";

drop table if exists "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_SALES";

drop table if exists "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR";

drop table if exists "TIDEMARK_PIPELINE"."LANDED_COMPANIES";

drop table if exists "TIDEMARK_PIPELINE"."EVENTS_COMPANIES";

drop table if exists "TIDEMARK_PIPELINE"."CURRENT_COMPANIES";

drop table if exists "TIDEMARK_PIPELINE"."CHANGES_COMPANIES";

drop table if exists "TIDEMARK_PIPELINE"."LANDED_COUNTRIES";

drop table if exists "TIDEMARK_PIPELINE"."EVENTS_COUNTRIES";

drop table if exists "TIDEMARK_PIPELINE"."CURRENT_COUNTRIES";

drop table if exists "TIDEMARK_PIPELINE"."CHANGES_COUNTRIES";

drop table if exists "TIDEMARK_PIPELINE"."LANDED_SALES";

drop table if exists "TIDEMARK_PIPELINE"."EVENTS_SALES";

drop table if exists "TIDEMARK_PIPELINE"."CURRENT_SALES";

drop table if exists "TIDEMARK_PIPELINE"."CHANGES_SALES";

drop table if exists "TIDEMARK_PIPELINE"."LANDED_CUSTOMERS";

drop table if exists "TIDEMARK_PIPELINE"."EVENTS_CUSTOMERS";

drop table if exists "TIDEMARK_PIPELINE"."CURRENT_CUSTOMERS";

drop table if exists "TIDEMARK_PIPELINE"."CHANGES_CUSTOMERS";

drop table if exists "TIDEMARK_PIPELINE"."AFFECTED_CUSTOMERS_SCD";

drop table if exists "TIDEMARK_PIPELINE"."DESIRED_CUSTOMERS_SCD";

drop table if exists "TIDEMARK_PIPELINE"."AFFECTED_FACT_SALES";

drop table if exists "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES";

drop table if exists "TIDEMARK_PIPELINE"."AFFECTED_FACT_VENDOR";

drop table if exists "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR";

drop table if exists "TIDEMARK_PIPELINE"."DEPLOYED";
