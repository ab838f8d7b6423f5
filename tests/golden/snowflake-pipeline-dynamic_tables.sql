-- asserts that no table of another kind is called COMPANY_METRICS
execute immediate
$$
declare
  taken exception (-20001, 'there is a table COMPANY_METRICS that is no dynamic table: drop or rename it first');
begin
  let found number := (select count(*) from information_schema.tables as t where t.table_schema = 'MARTS' and t.table_name = 'COMPANY_METRICS' and t.is_dynamic = 'NO');
  if (found > 0) then
    raise taken;
  end if;
  return 'free';
end;
$$;

create or replace dynamic table "MARTS"."COMPANY_METRICS"
  target_lag = '5 minutes'
  warehouse = "WH"
  refresh_mode = incremental
  initialize = on_create
as
select cast("COMPANIES"."ID" as NUMBER(38,0)) as "ID", cast("MANY_1"."X1_1" as NUMBER(38,0)) as "SALES"
from (select * from "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES"
join (
  select "COMPANIES"."ID" as "G1", count("SALES"."ID") as "X1_1"
  from (select * from "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES"
  left join (select * from "TIDEMARK_PIPELINE"."CURRENT_SALES" where not "TIDEMARK_DELETED") as "SALES" on "SALES"."COMPANY_ID" = "COMPANIES"."ID"
  group by "COMPANIES"."ID"
) as "MANY_1" on "COMPANIES"."ID" = "MANY_1"."G1";

-- asserts that COMPANY_METRICS is refreshed as asked: AUTO may quietly have become FULL
execute immediate
$$
declare
  another exception (-20001, 'COMPANY_METRICS is not refreshed incrementally');
begin
  show dynamic tables like 'COMPANY\\_METRICS' in schema "MARTS";
  let wrong number := (select count(*) from table(result_scan(last_query_id())) where "name" = 'COMPANY_METRICS' and "refresh_mode" <> 'INCREMENTAL');
  if (wrong > 0) then
    raise another;
  end if;
  return 'as asked';
end;
$$;

-- asserts that no table of another kind is called CURRENT_NAMES
execute immediate
$$
declare
  taken exception (-20001, 'there is a table CURRENT_NAMES that is no dynamic table: drop or rename it first');
begin
  let found number := (select count(*) from information_schema.tables as t where t.table_schema = 'MARTS' and t.table_name = 'CURRENT_NAMES' and t.is_dynamic = 'NO');
  if (found > 0) then
    raise taken;
  end if;
  return 'free';
end;
$$;

create or replace dynamic table "MARTS"."CURRENT_NAMES"
  target_lag = '5 minutes'
  warehouse = "WH"
  refresh_mode = incremental
  initialize = on_create
as
select cast("CUSTOMERS_SCD"."ID" as NUMBER(38,0)) as "ID", cast("CUSTOMERS_SCD"."NAME" as VARCHAR) as "NAME"
from "MARTS"."CUSTOMERS_SCD" as "CUSTOMERS_SCD"
where "CUSTOMERS_SCD"."IS_CURRENT";

-- asserts that CURRENT_NAMES is refreshed as asked: AUTO may quietly have become FULL
execute immediate
$$
declare
  another exception (-20001, 'CURRENT_NAMES is not refreshed incrementally');
begin
  show dynamic tables like 'CURRENT\\_NAMES' in schema "MARTS";
  let wrong number := (select count(*) from table(result_scan(last_query_id())) where "name" = 'CURRENT_NAMES' and "refresh_mode" <> 'INCREMENTAL');
  if (wrong > 0) then
    raise another;
  end if;
  return 'as asked';
end;
$$;
