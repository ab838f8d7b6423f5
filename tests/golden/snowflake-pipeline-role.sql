create role if not exists "TIDEMARK_PIPELINE" comment = 'owns the tidemark pipeline of shop';

grant usage on warehouse "WH" to role "TIDEMARK_PIPELINE";

grant usage on database "SHOP" to role "TIDEMARK_PIPELINE";

grant create schema on database "SHOP" to role "TIDEMARK_PIPELINE";

grant usage on schema "STAGING" to role "TIDEMARK_PIPELINE";

grant usage on schema "MARTS" to role "TIDEMARK_PIPELINE";

alter table "STAGING"."COMPANIES" set change_tracking = true;

grant select on table "STAGING"."COMPANIES" to role "TIDEMARK_PIPELINE";

alter view "STAGING"."COUNTRIES" set change_tracking = true;

grant select on view "STAGING"."COUNTRIES" to role "TIDEMARK_PIPELINE";

alter table "STAGING"."SALES" set change_tracking = true;

grant select on table "STAGING"."SALES" to role "TIDEMARK_PIPELINE";

alter table "STAGING"."RAW_CHANGES" set change_tracking = true;

grant select on table "STAGING"."RAW_CHANGES" to role "TIDEMARK_PIPELINE";

grant create dynamic table on schema "MARTS" to role "TIDEMARK_PIPELINE";

grant create table on schema "MARTS" to role "TIDEMARK_PIPELINE";

alter table "MARTS"."FACT_SALES" set change_tracking = true;

grant select, insert, update, delete on table "MARTS"."FACT_SALES" to role "TIDEMARK_PIPELINE";

grant execute task on account to role "TIDEMARK_PIPELINE";

grant execute alert on account to role "TIDEMARK_PIPELINE";
