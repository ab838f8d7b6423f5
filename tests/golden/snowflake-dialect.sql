-- a session
alter session set TIMEZONE = 'UTC';

-- a session
alter session set TIMESTAMP_TYPE_MAPPING = 'TIMESTAMP_NTZ';

-- a session
alter session set TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF9';

-- a session
alter session set TIMESTAMP_LTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF9TZH:TZM';

-- a session
alter session set TIMESTAMP_TZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF9TZH:TZM';

-- a session
alter session set DATE_OUTPUT_FORMAT = 'YYYY-MM-DD';

-- a session
alter session set TIME_OUTPUT_FORMAT = 'HH24:MI:SS.FF9';

-- a session
alter session set BINARY_OUTPUT_FORMAT = 'HEX';

-- a session
alter session set QUOTED_IDENTIFIERS_IGNORE_CASE = false;

-- a session
alter session set ERROR_ON_NONDETERMINISTIC_UPDATE = true;

-- a session
alter session set ERROR_ON_NONDETERMINISTIC_MERGE = true;

-- a session
alter session set ABORT_DETACHED_QUERY = true;

-- a session
alter session set STATEMENT_TIMEOUT_IN_SECONDS = 3600;

-- a session
alter session set STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 600;

-- a session
alter session set LOCK_TIMEOUT = 60;

-- the catalog
select "c"."TABLE_SCHEMA" as "sch", "c"."TABLE_NAME" as "tab", "c"."TABLE_TYPE" as "kind", "v"."VIEW_DEFINITION" as "definition"
from "INFORMATION_SCHEMA"."TABLES" as "c"
left join "INFORMATION_SCHEMA"."VIEWS" as "v"
  on "v"."TABLE_SCHEMA" = "c"."TABLE_SCHEMA" and "v"."TABLE_NAME" = "c"."TABLE_NAME"
where (("c"."TABLE_SCHEMA" = ? and "c"."TABLE_NAME" = ?) or ("c"."TABLE_SCHEMA" = ? and "c"."TABLE_NAME" = ?));

-- the catalog
select "c"."TABLE_SCHEMA" as "sch", "c"."TABLE_NAME" as "tab", "c"."COLUMN_NAME" as "name", "c"."DATA_TYPE" as "type", "c"."NUMERIC_PRECISION" as "digits", "c"."NUMERIC_SCALE" as "scale", "c"."CHARACTER_MAXIMUM_LENGTH" as "longest", "c"."DATETIME_PRECISION" as "fraction", "c"."IS_NULLABLE" as "nullable", "c"."COLUMN_DEFAULT" as "filled", "c"."IS_IDENTITY" as "identity"
from "INFORMATION_SCHEMA"."COLUMNS" as "c"
where (("c"."TABLE_SCHEMA" = ? and "c"."TABLE_NAME" = ?) or ("c"."TABLE_SCHEMA" = ? and "c"."TABLE_NAME" = ?))
order by "c"."ORDINAL_POSITION";

-- the catalog
select "c"."TABLE_SCHEMA" as "sch", "c"."TABLE_NAME" as "tab", "c"."TABLE_TYPE" as "kind", "v"."VIEW_DEFINITION" as "definition"
from "OTHER"."INFORMATION_SCHEMA"."TABLES" as "c"
left join "OTHER"."INFORMATION_SCHEMA"."VIEWS" as "v"
  on "v"."TABLE_SCHEMA" = "c"."TABLE_SCHEMA" and "v"."TABLE_NAME" = "c"."TABLE_NAME"
where (("c"."TABLE_SCHEMA" = ? and "c"."TABLE_NAME" = ?));

-- the catalog
select "c"."TABLE_SCHEMA" as "sch", "c"."TABLE_NAME" as "tab", "c"."COLUMN_NAME" as "name", "c"."DATA_TYPE" as "type", "c"."NUMERIC_PRECISION" as "digits", "c"."NUMERIC_SCALE" as "scale", "c"."CHARACTER_MAXIMUM_LENGTH" as "longest", "c"."DATETIME_PRECISION" as "fraction", "c"."IS_NULLABLE" as "nullable", "c"."COLUMN_DEFAULT" as "filled", "c"."IS_IDENTITY" as "identity"
from "OTHER"."INFORMATION_SCHEMA"."COLUMNS" as "c"
where (("c"."TABLE_SCHEMA" = ? and "c"."TABLE_NAME" = ?))
order by "c"."ORDINAL_POSITION";

-- the catalog
select "c"."TABLE_NAME" as "name" from "INFORMATION_SCHEMA"."TABLES" as "c" where "c"."TABLE_SCHEMA" = ? order by 1;

-- the catalog
select "c"."TABLE_NAME" as "name" from "OTHER"."INFORMATION_SCHEMA"."TABLES" as "c" where "c"."TABLE_SCHEMA" = ? order by 1;

-- the catalog
select "c"."TABLE_SCHEMA" as "sch", "c"."TABLE_NAME" as "tab", "c"."BYTES" as "bytes" from "INFORMATION_SCHEMA"."TABLES" as "c" where (("c"."TABLE_SCHEMA" = ? and "c"."TABLE_NAME" = ?));

-- createScratch
create transient table "TIDEMARK_SCRATCH"."tm_0a_1_images" ("c0" NUMBER(38,0), "c1" NUMBER(9,0), "c2" NUMBER(12,4), "c3" FLOAT, "c4" BOOLEAN, "c5" VARCHAR(20), "c6" BINARY(8388608), "c7" DATE, "c8" TIME(9), "c9" TIMESTAMP_NTZ(6), "c10" TIMESTAMP_NTZ(9), "c11" TIMESTAMP_LTZ(9), "c12" TIMESTAMP_TZ(9), "c13" VARIANT);

-- analyze
select 1;

-- dropScratch
drop table if exists "TIDEMARK_SCRATCH"."tm_0a_1_images";

-- sameKey
select ("q"."V" = "q"."W") as "v" from "MARTS"."T" as "q";

-- sameKey of a key that may be NULL
select ("q"."V" is not distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- instantOf
select to_timestamp_ltz("q"."V", 6) as "v" from "MARTS"."T" as "q";

-- last
select max_by("q"."V", iff("q"."W" > 0, "q"."PLACE", null)) as "v" from "MARTS"."T" as "q";

-- jsonText
select cast(get(parse_json("q"."T"), 'o''dd "name"') as varchar) as "v" from "MARTS"."T" as "q";

-- jsonHas
select case when "q"."T" is not null then get(parse_json("q"."T"), 'o''dd "name"') is not null end as "v" from "MARTS"."T" as "q";

-- digest
select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("q"."V")) || ':' || to_varchar("q"."V"), '-'), coalesce(length(to_varchar("q"."W")) || ':' || to_varchar("q"."W"), '-')))), 0)) as "v" from "MARTS"."T" as "q";

-- digest of nothing
select (count(*) || ':0') as "v" from "MARTS"."T" as "q";

-- part
select mod(md5_number_lower64(concat(coalesce(length(to_varchar("q"."V")) || ':' || to_varchar("q"."V"), '-'), coalesce(length(to_varchar("q"."W")) || ':' || to_varchar("q"."W"), '-'))), 16) as "v" from "MARTS"."T" as "q";

-- clock
select cast(sysdate() as timestamp_ltz) as "v" from "MARTS"."T" as "q";

-- minus
select dateadd('millisecond', -86400000, "q"."V") as "v" from "MARTS"."T" as "q";

-- NUMBER(38,0): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- NUMBER(38,0): convert
select cast("q"."V" as NUMBER(38,0)) as "v" from "MARTS"."T" as "q";

-- NUMBER(38,0): canRead
select (try_cast(to_varchar("q"."V") as NUMBER(38,0)) is not null) as "v" from "MARTS"."T" as "q";

-- NUMBER(38,0): jsonValue
select coalesce('"' || to_varchar(("q"."V")) || '"', 'null') as "v" from "MARTS"."T" as "q";

-- NUMBER(38,0): fromJsonText
select cast("q"."T" as NUMBER(38,0)) as "v" from "MARTS"."T" as "q";

-- NUMBER(38,0): tryConvert
select try_cast(iff(regexp_like(trim("q"."T"), '[+-]?[0-9]+([.]0*)?'), split_part(trim("q"."T"), '.', 1), null) as NUMBER(38,0)) as "v" from "MARTS"."T" as "q";

-- NUMBER(9,0): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- NUMBER(9,0): convert
select cast("q"."V" as NUMBER(9,0)) as "v" from "MARTS"."T" as "q";

-- NUMBER(9,0): canRead
select (try_cast(to_varchar("q"."V") as NUMBER(9,0)) is not null) as "v" from "MARTS"."T" as "q";

-- NUMBER(9,0): jsonValue
select coalesce(to_varchar(("q"."V")), 'null') as "v" from "MARTS"."T" as "q";

-- NUMBER(9,0): fromJsonText
select cast("q"."T" as NUMBER(9,0)) as "v" from "MARTS"."T" as "q";

-- NUMBER(9,0): tryConvert
select try_cast(iff(regexp_like(trim("q"."T"), '[+-]?[0-9]+([.]0*)?'), split_part(trim("q"."T"), '.', 1), null) as NUMBER(9,0)) as "v" from "MARTS"."T" as "q";

-- NUMBER(12,4): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- NUMBER(12,4): convert
select cast("q"."V" as NUMBER(12,4)) as "v" from "MARTS"."T" as "q";

-- NUMBER(12,4): canRead
select (try_cast(to_varchar("q"."V") as NUMBER(12,4)) is not null) as "v" from "MARTS"."T" as "q";

-- NUMBER(12,4): jsonValue
select coalesce('"' || to_varchar(("q"."V")) || '"', 'null') as "v" from "MARTS"."T" as "q";

-- NUMBER(12,4): fromJsonText
select cast("q"."T" as NUMBER(12,4)) as "v" from "MARTS"."T" as "q";

-- NUMBER(12,4): tryConvert
select try_cast("q"."T" as NUMBER(12,4)) as "v" from "MARTS"."T" as "q";

-- FLOAT: differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- FLOAT: nearlySame
select (to_varchar(cast("q"."V" as float)) not in ('NaN', 'inf', '-inf') and to_varchar(cast("q"."W" as float)) not in ('NaN', 'inf', '-inf') and abs(cast("q"."V" as float) - cast("q"."W" as float)) <= 1e-9 * greatest(abs(cast("q"."V" as float)), abs(cast("q"."W" as float)))) as "v" from "MARTS"."T" as "q";

-- FLOAT: convert
select cast("q"."V" as FLOAT) as "v" from "MARTS"."T" as "q";

-- FLOAT: canRead
select (try_cast(to_varchar("q"."V") as FLOAT) is not null) as "v" from "MARTS"."T" as "q";

-- FLOAT: jsonValue
select coalesce(case to_varchar(("q"."V")) when 'NaN' then '"NaN"' when 'inf' then '"Infinity"' when '-inf' then '"-Infinity"' when '-0' then '"-0"' else to_varchar(("q"."V")) end, 'null') as "v" from "MARTS"."T" as "q";

-- FLOAT: fromJsonText
select cast(replace("q"."T", 'Infinity', 'inf') as float) as "v" from "MARTS"."T" as "q";

-- FLOAT: tryConvert
select try_cast("q"."T" as FLOAT) as "v" from "MARTS"."T" as "q";

-- BOOLEAN: differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- BOOLEAN: convert
select cast("q"."V" as BOOLEAN) as "v" from "MARTS"."T" as "q";

-- BOOLEAN: canRead
select (try_cast(to_varchar("q"."V") as BOOLEAN) is not null) as "v" from "MARTS"."T" as "q";

-- BOOLEAN: jsonValue
select coalesce(to_varchar(("q"."V")), 'null') as "v" from "MARTS"."T" as "q";

-- BOOLEAN: fromJsonText
select cast("q"."T" as BOOLEAN) as "v" from "MARTS"."T" as "q";

-- BOOLEAN: tryConvert
select try_cast("q"."T" as BOOLEAN) as "v" from "MARTS"."T" as "q";

-- VARCHAR(20): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- VARCHAR(20): convert
select cast("q"."V" as varchar) as "v" from "MARTS"."T" as "q";

-- VARCHAR(20): canRead
select (try_cast(to_varchar("q"."V") as varchar) is not null) as "v" from "MARTS"."T" as "q";

-- VARCHAR(20): jsonValue
select coalesce(to_json(to_variant(to_varchar(("q"."V")))), 'null') as "v" from "MARTS"."T" as "q";

-- VARCHAR(20): fromJsonText
select cast("q"."T" as varchar) as "v" from "MARTS"."T" as "q";

-- VARCHAR(20): tryConvert
select "q"."T" as "v" from "MARTS"."T" as "q";

-- BINARY(8388608): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- BINARY(8388608): convert
select cast("q"."V" as binary) as "v" from "MARTS"."T" as "q";

-- BINARY(8388608): canRead
select (try_cast(to_varchar("q"."V") as binary) is not null) as "v" from "MARTS"."T" as "q";

-- BINARY(8388608): jsonValue
select coalesce('"' || lower(hex_encode(("q"."V"))) || '"', 'null') as "v" from "MARTS"."T" as "q";

-- BINARY(8388608): fromJsonText
select hex_decode_binary("q"."T") as "v" from "MARTS"."T" as "q";

-- BINARY(8388608): tryConvert
select try_hex_decode_binary("q"."T") as "v" from "MARTS"."T" as "q";

-- DATE: differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- DATE: convert
select cast("q"."V" as DATE) as "v" from "MARTS"."T" as "q";

-- DATE: canRead
select (try_cast(to_varchar("q"."V") as DATE) is not null) as "v" from "MARTS"."T" as "q";

-- DATE: jsonValue
select coalesce('"' || to_varchar(("q"."V"), 'YYYY-MM-DD') || '"', 'null') as "v" from "MARTS"."T" as "q";

-- DATE: fromJsonText
select cast("q"."T" as DATE) as "v" from "MARTS"."T" as "q";

-- DATE: tryConvert
select cast(cast(try_cast(iff(regexp_like(trim("q"."T"), '[0-9]{4}-[0-9]{2}-[0-9]{2}.*'), "q"."T", null) as timestamp_tz) as timestamp_ltz) as DATE) as "v" from "MARTS"."T" as "q";

-- TIME(9): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- TIME(9): convert
select cast("q"."V" as TIME(9)) as "v" from "MARTS"."T" as "q";

-- TIME(9): canRead
select (try_cast(to_varchar("q"."V") as TIME(9)) is not null) as "v" from "MARTS"."T" as "q";

-- TIME(9): jsonValue
select coalesce('"' || regexp_replace(to_varchar(("q"."V")), '[.]?0+$', '') || '"', 'null') as "v" from "MARTS"."T" as "q";

-- TIME(9): fromJsonText
select cast("q"."T" as TIME(9)) as "v" from "MARTS"."T" as "q";

-- TIME(9): tryConvert
select try_cast("q"."T" as TIME(9)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(6): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(6): convert
select cast("q"."V" as TIMESTAMP_NTZ(6)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(6): canRead
select (try_cast(to_varchar("q"."V") as TIMESTAMP_NTZ(6)) is not null) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(6): jsonValue
select coalesce('"' || to_varchar(("q"."V"), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"', 'null') as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(6): fromJsonText
select cast("q"."T" as TIMESTAMP_NTZ(6)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(6): tryConvert
select cast(cast(try_cast(iff(regexp_like(trim("q"."T"), '[0-9]{4}-[0-9]{2}-[0-9]{2}.*'), "q"."T", null) as timestamp_tz) as timestamp_ltz) as TIMESTAMP_NTZ(6)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(9): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(9): convert
select cast("q"."V" as TIMESTAMP_NTZ(9)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(9): canRead
select (try_cast(to_varchar("q"."V") as TIMESTAMP_NTZ(9)) is not null) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(9): jsonValue
select coalesce(case when date_part('nanosecond', ("q"."V")) % 1000 = 0 then '"' || to_varchar(("q"."V"), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"' else '"' || to_varchar(("q"."V"), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || '"' end, 'null') as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(9): fromJsonText
select cast("q"."T" as TIMESTAMP_NTZ(9)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_NTZ(9): tryConvert
select cast(cast(try_cast(iff(regexp_like(trim("q"."T"), '[0-9]{4}-[0-9]{2}-[0-9]{2}.*'), "q"."T", null) as timestamp_tz) as timestamp_ltz) as TIMESTAMP_NTZ(9)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_LTZ(9): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_LTZ(9): convert
select cast("q"."V" as TIMESTAMP_LTZ(9)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_LTZ(9): canRead
select (try_cast(to_varchar("q"."V") as TIMESTAMP_LTZ(9)) is not null) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_LTZ(9): jsonValue
select coalesce(case when date_part('nanosecond', cast(("q"."V") as timestamp_ltz)) % 1000 = 0 then '"' || to_varchar(cast(("q"."V") as timestamp_ltz), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || 'Z"' else '"' || to_varchar(cast(("q"."V") as timestamp_ltz), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || 'Z"' end, 'null') as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_LTZ(9): fromJsonText
select cast("q"."T" as TIMESTAMP_LTZ(9)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_LTZ(9): tryConvert
select cast(cast(try_cast(iff(regexp_like(trim("q"."T"), '[0-9]{4}-[0-9]{2}-[0-9]{2}.*'), "q"."T", null) as timestamp_tz) as timestamp_ltz) as TIMESTAMP_LTZ(9)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_TZ(9): differs
select ("q"."V" is distinct from "q"."W") as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_TZ(9): convert
select cast("q"."V" as TIMESTAMP_TZ(9)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_TZ(9): canRead
select (try_cast(to_varchar("q"."V") as TIMESTAMP_TZ(9)) is not null) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_TZ(9): jsonValue
select coalesce(case when date_part('nanosecond', cast(("q"."V") as timestamp_ltz)) % 1000 = 0 then '"' || to_varchar(cast(("q"."V") as timestamp_ltz), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || 'Z"' else '"' || to_varchar(cast(("q"."V") as timestamp_ltz), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || 'Z"' end, 'null') as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_TZ(9): fromJsonText
select cast("q"."T" as TIMESTAMP_TZ(9)) as "v" from "MARTS"."T" as "q";

-- TIMESTAMP_TZ(9): tryConvert
select try_cast(iff(regexp_like(trim("q"."T"), '[0-9]{4}-[0-9]{2}-[0-9]{2}.*'), "q"."T", null) as timestamp_tz) as "v" from "MARTS"."T" as "q";

-- VARIANT: differs
select (to_json("q"."V") is distinct from to_json("q"."W")) as "v" from "MARTS"."T" as "q";

-- VARIANT: convert
select cast("q"."V" as VARIANT) as "v" from "MARTS"."T" as "q";

-- VARIANT: canRead
select (try_cast(to_varchar("q"."V") as VARIANT) is not null) as "v" from "MARTS"."T" as "q";

-- VARIANT: jsonValue
select coalesce(to_json(to_variant(to_json(("q"."V")))), 'null') as "v" from "MARTS"."T" as "q";

-- VARIANT: fromJsonText
select parse_json("q"."T") as "v" from "MARTS"."T" as "q";

-- VARIANT: tryConvert
select try_parse_json("q"."T") as "v" from "MARTS"."T" as "q";

-- an object in VARIANT: open
select iff(typeof("q"."V") = 'OBJECT', "q"."V", null) as "v" from "MARTS"."T" as "q";

-- an object in VARIANT: isObject
select ("q"."O" is not null) as "v" from "MARTS"."T" as "q";

-- an object in VARIANT: isBroken
select ("q"."V" is not null and "q"."O" is null and coalesce(typeof("q"."V"), '') <> 'NULL_VALUE') as "v" from "MARTS"."T" as "q";

-- an object in VARIANT: has
select (get("q"."O", 'o''dd "name"') is not null) as "v" from "MARTS"."T" as "q";

-- an object in VARIANT: isNumber
select coalesce(typeof(get("q"."O", 'o''dd "name"')) in ('INTEGER', 'DECIMAL', 'DOUBLE'), false) as "v" from "MARTS"."T" as "q";

-- an object in VARIANT: text
select cast(get("q"."O", 'o''dd "name"') as varchar) as "v" from "MARTS"."T" as "q";

-- an object in VARIANT: text of JSON
select iff(typeof(get("q"."O", 'o''dd "name"')) = 'NULL_VALUE', null, to_json(get("q"."O", 'o''dd "name"'))) as "v" from "MARTS"."T" as "q";

-- an object in VARCHAR(20): open
select iff(typeof(try_parse_json(to_varchar("q"."V"))) = 'OBJECT', try_parse_json(to_varchar("q"."V")), null) as "v" from "MARTS"."T" as "q";

-- an object in VARCHAR(20): isObject
select ("q"."O" is not null) as "v" from "MARTS"."T" as "q";

-- an object in VARCHAR(20): isBroken
select ("q"."V" is not null and "q"."O" is null and coalesce(typeof(try_parse_json(to_varchar("q"."V"))), '') <> 'NULL_VALUE') as "v" from "MARTS"."T" as "q";

-- an object in VARCHAR(20): has
select (get("q"."O", 'o''dd "name"') is not null) as "v" from "MARTS"."T" as "q";

-- an object in VARCHAR(20): isNumber
select coalesce(typeof(get("q"."O", 'o''dd "name"')) in ('INTEGER', 'DECIMAL', 'DOUBLE'), false) as "v" from "MARTS"."T" as "q";

-- an object in VARCHAR(20): text
select cast(get("q"."O", 'o''dd "name"') as varchar) as "v" from "MARTS"."T" as "q";

-- an object in VARCHAR(20): text of JSON
select iff(typeof(get("q"."O", 'o''dd "name"')) = 'NULL_VALUE', null, to_json(get("q"."O", 'o''dd "name"'))) as "v" from "MARTS"."T" as "q";
