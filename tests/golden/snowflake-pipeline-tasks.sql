alter task if exists "TIDEMARK_PIPELINE"."TASK_CAPTURE" suspend;

alter task if exists "TIDEMARK_PIPELINE"."TASK_HOUSEKEEPING" suspend;

create or replace task "TIDEMARK_PIPELINE"."TASK_CAPTURE"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  suspend_task_after_num_failures = 10
  comment = 'calls CAPTURE'
  when system$stream_has_data('"TIDEMARK_PIPELINE"."STREAM_COMPANIES"')
    or system$stream_has_data('"TIDEMARK_PIPELINE"."STREAM_COUNTRIES"')
    or system$stream_has_data('"TIDEMARK_PIPELINE"."STREAM_SALES"')
    or system$stream_has_data('"TIDEMARK_PIPELINE"."STREAM_CUSTOMERS"')
as
  call "TIDEMARK_PIPELINE"."CAPTURE"();

create or replace task "TIDEMARK_PIPELINE"."TASK_PARSE_COMPANIES"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls PARSE_COMPANIES'
  after "TIDEMARK_PIPELINE"."TASK_CAPTURE"
as
  call "TIDEMARK_PIPELINE"."PARSE_COMPANIES"();

create or replace task "TIDEMARK_PIPELINE"."TASK_PARSE_COUNTRIES"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls PARSE_COUNTRIES'
  after "TIDEMARK_PIPELINE"."TASK_CAPTURE"
as
  call "TIDEMARK_PIPELINE"."PARSE_COUNTRIES"();

create or replace task "TIDEMARK_PIPELINE"."TASK_PARSE_SALES"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls PARSE_SALES'
  after "TIDEMARK_PIPELINE"."TASK_CAPTURE"
as
  call "TIDEMARK_PIPELINE"."PARSE_SALES"();

create or replace task "TIDEMARK_PIPELINE"."TASK_PARSE_CUSTOMERS"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls PARSE_CUSTOMERS'
  after "TIDEMARK_PIPELINE"."TASK_CAPTURE"
as
  call "TIDEMARK_PIPELINE"."PARSE_CUSTOMERS"();

create or replace task "TIDEMARK_PIPELINE"."TASK_APPLY_CUSTOMERS_SCD"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls APPLY_CUSTOMERS_SCD'
  after "TIDEMARK_PIPELINE"."TASK_PARSE_CUSTOMERS"
as
  call "TIDEMARK_PIPELINE"."APPLY_CUSTOMERS_SCD"();

create or replace task "TIDEMARK_PIPELINE"."TASK_APPLY_FACT_SALES"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls APPLY_FACT_SALES'
  after "TIDEMARK_PIPELINE"."TASK_PARSE_COMPANIES"
as
  call "TIDEMARK_PIPELINE"."APPLY_FACT_SALES"();

create or replace task "TIDEMARK_PIPELINE"."TASK_APPLY_FACT_VENDOR"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls APPLY_FACT_VENDOR'
  after "TIDEMARK_PIPELINE"."TASK_PARSE_COMPANIES", "TIDEMARK_PIPELINE"."TASK_PARSE_COUNTRIES"
as
  call "TIDEMARK_PIPELINE"."APPLY_FACT_VENDOR"();

create or replace task "TIDEMARK_PIPELINE"."TASK_HOUSEKEEPING"
  warehouse = "WH"
  schedule = 'USING CRON 17 3 * * * UTC'
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  suspend_task_after_num_failures = 10
  comment = 'calls HOUSEKEEPING'
as
  call "TIDEMARK_PIPELINE"."HOUSEKEEPING"();

create or replace task "TIDEMARK_PIPELINE"."TASK_RECONCILE_CUSTOMERS_SCD"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls RECONCILE_CUSTOMERS_SCD'
  after "TIDEMARK_PIPELINE"."TASK_HOUSEKEEPING"
as
  call "TIDEMARK_PIPELINE"."RECONCILE_CUSTOMERS_SCD"();

create or replace task "TIDEMARK_PIPELINE"."TASK_RECONCILE_FACT_SALES"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls RECONCILE_FACT_SALES'
  after "TIDEMARK_PIPELINE"."TASK_HOUSEKEEPING"
as
  call "TIDEMARK_PIPELINE"."RECONCILE_FACT_SALES"();

create or replace task "TIDEMARK_PIPELINE"."TASK_RECONCILE_FACT_VENDOR"
  warehouse = "WH"
  timezone = 'UTC'
  timestamp_type_mapping = 'TIMESTAMP_NTZ'
  error_on_nondeterministic_update = true
  error_on_nondeterministic_merge = true
  lock_timeout = 300
  comment = 'calls RECONCILE_FACT_VENDOR'
  after "TIDEMARK_PIPELINE"."TASK_HOUSEKEEPING"
as
  call "TIDEMARK_PIPELINE"."RECONCILE_FACT_VENDOR"();
