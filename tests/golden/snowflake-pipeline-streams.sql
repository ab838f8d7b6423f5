create stream if not exists "TIDEMARK_PIPELINE"."STREAM_COMPANIES"
on table "STAGING"."COMPANIES"
show_initial_rows = true
comment = 'what happened in COMPANIES';

create stream if not exists "TIDEMARK_PIPELINE"."STREAM_COUNTRIES"
on view "STAGING"."COUNTRIES"
show_initial_rows = true
comment = 'what happened in COUNTRIES';

create stream if not exists "TIDEMARK_PIPELINE"."STREAM_SALES"
on table "STAGING"."SALES"
show_initial_rows = true
comment = 'what happened in SALES';

create stream if not exists "TIDEMARK_PIPELINE"."STREAM_CUSTOMERS"
on table "STAGING"."RAW_CHANGES"
append_only = true
show_initial_rows = true
comment = 'what happened in customers';
