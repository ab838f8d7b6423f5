create transient table "tidemark_scratch"."tm_OWNER_N_affected_dim_customer" ("r#0" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_affected_fact_line" ("r#0" NUMBER(38,0), "r#1" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_affected_fact_visit" ("r#0" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_affected_line_country" ("r#0" NUMBER(38,0), "r#1" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_causes_dim_customer" ("k_customer_id" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_causes_fact_line" ("k_order_id" NUMBER(38,0), "k_line_no" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_causes_fact_visit" ("k_visit_id" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_causes_line_country" ("k_order_id" NUMBER(38,0), "k_line_no" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" ("seq" bigint, "op" varchar, "declared" varchar, "k_customer_id" NUMBER(38,0), "b_customer_id" NUMBER(38,0), "b_name" VARCHAR(40), "b_country_name" VARCHAR(40), "a_customer_id" NUMBER(38,0), "a_name" VARCHAR(40), "a_country_name" VARCHAR(40));

create transient table "tidemark_scratch"."tm_OWNER_N_changes_fact_line" ("seq" bigint, "op" varchar, "declared" varchar, "k_order_id" NUMBER(38,0), "k_line_no" NUMBER(38,0), "b_order_id" NUMBER(38,0), "b_line_no" NUMBER(38,0), "b_product" VARCHAR(16777216), "b_amount" NUMBER(12,2), "b_customer_id" NUMBER(38,0), "b_customer_name" VARCHAR(16777216), "a_order_id" NUMBER(38,0), "a_line_no" NUMBER(38,0), "a_product" VARCHAR(16777216), "a_amount" NUMBER(12,2), "a_customer_id" NUMBER(38,0), "a_customer_name" VARCHAR(16777216));

create transient table "tidemark_scratch"."tm_OWNER_N_changes_fact_visit" ("seq" bigint, "op" varchar, "declared" varchar, "k_visit_id" NUMBER(38,0), "b_customer_name" VARCHAR(40), "a_customer_name" VARCHAR(40), "g_customer_id" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_changes_line_country" ("seq" bigint, "op" varchar, "declared" varchar, "k_order_id" NUMBER(38,0), "k_line_no" NUMBER(38,0), "b_order_id" NUMBER(38,0), "b_line_no" NUMBER(38,0), "b_product" VARCHAR(40), "b_country_name" VARCHAR(40), "a_order_id" NUMBER(38,0), "a_line_no" NUMBER(38,0), "a_product" VARCHAR(40), "a_country_name" VARCHAR(40));

create transient table "tidemark_scratch"."tm_OWNER_N_current_dim_customer" ("customer_id" NUMBER(38,0), "name" VARCHAR(40), "country_name" VARCHAR(40));

create transient table "tidemark_scratch"."tm_OWNER_N_current_fact_line" ("order_id" NUMBER(38,0), "line_no" NUMBER(38,0), "product" VARCHAR(16777216), "amount" NUMBER(12,2), "customer_id" NUMBER(38,0), "customer_name" VARCHAR(16777216));

create transient table "tidemark_scratch"."tm_OWNER_N_current_line_country" ("order_id" NUMBER(38,0), "line_no" NUMBER(38,0), "product" VARCHAR(40), "country_name" VARCHAR(40));

create transient table "tidemark_scratch"."tm_OWNER_N_desired_dim_customer" ("k_customer_id" NUMBER(38,0), "a_customer_id" NUMBER(38,0), "a_name" VARCHAR(40), "a_country_name" VARCHAR(40), "r#0" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_desired_fact_line" ("k_order_id" NUMBER(38,0), "k_line_no" NUMBER(38,0), "a_order_id" NUMBER(38,0), "a_line_no" NUMBER(38,0), "a_product" VARCHAR(16777216), "a_amount" NUMBER(12,2), "a_customer_id" NUMBER(38,0), "a_customer_name" VARCHAR(16777216), "r#0" NUMBER(38,0), "r#1" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_desired_fact_visit" ("k_visit_id" NUMBER(38,0), "a_customer_name" VARCHAR(40), "keep#0" boolean, "r#0" NUMBER(38,0), "g_customer_id" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_desired_line_country" ("k_order_id" NUMBER(38,0), "k_line_no" NUMBER(38,0), "a_order_id" NUMBER(38,0), "a_line_no" NUMBER(38,0), "a_product" VARCHAR(40), "a_country_name" VARCHAR(40), "r#0" NUMBER(38,0), "r#1" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_images_countries" ("seq" bigint, "op" varchar, "declared" varchar, "k_code" VARCHAR(2), "b_code" VARCHAR(2), "b_name" VARCHAR(40), "a_code" VARCHAR(2), "a_name" VARCHAR(40));

create transient table "tidemark_scratch"."tm_OWNER_N_images_customers" ("seq" bigint, "op" varchar, "declared" varchar, "k_id" NUMBER(38,0), "b_id" NUMBER(38,0), "b_name" VARCHAR(40), "b_country" VARCHAR(2), "b_credit" NUMBER(12,2), "b_updated_at" TIMESTAMP_NTZ(9), "a_id" NUMBER(38,0), "a_name" VARCHAR(40), "a_country" VARCHAR(2), "a_credit" NUMBER(12,2), "a_updated_at" TIMESTAMP_NTZ(9));

create transient table "tidemark_scratch"."tm_OWNER_N_images_order_lines" ("seq" bigint, "op" varchar, "declared" varchar, "k_order_id" NUMBER(38,0), "k_line_no" NUMBER(38,0), "b_order_id" NUMBER(38,0), "b_line_no" NUMBER(38,0), "b_customer_id" NUMBER(38,0), "b_product" VARCHAR(40), "b_amount" NUMBER(12,2), "a_order_id" NUMBER(38,0), "a_line_no" NUMBER(38,0), "a_customer_id" NUMBER(38,0), "a_product" VARCHAR(40), "a_amount" NUMBER(12,2));

create transient table "tidemark_scratch"."tm_OWNER_N_keys_dim_customer" ("k_customer_id" NUMBER(38,0), "r#0" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_keys_fact_line" ("k_order_id" NUMBER(38,0), "k_line_no" NUMBER(38,0), "r#0" NUMBER(38,0), "r#1" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_keys_fact_visit" ("k_visit_id" NUMBER(38,0), "r#0" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_keys_line_country" ("k_order_id" NUMBER(38,0), "k_line_no" NUMBER(38,0), "r#0" NUMBER(38,0), "r#1" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_root_dim_customer" ("id" NUMBER(38,0), "name" VARCHAR(40), "country" VARCHAR(2));

create transient table "tidemark_scratch"."tm_OWNER_N_root_fact_line" ("order_id" NUMBER(38,0), "line_no" NUMBER(38,0), "product" VARCHAR(40), "amount" NUMBER(12,2), "customer_id" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_root_fact_visit" ("visit_id" NUMBER(38,0), "customer_id" NUMBER(38,0), "customer_name" VARCHAR(40));

create transient table "tidemark_scratch"."tm_OWNER_N_root_line_country" ("order_id" NUMBER(38,0), "line_no" NUMBER(38,0), "product" VARCHAR(16777216), "customer_id" NUMBER(38,0));

delete from "marts"."dim_customer" as "t" using "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i"
where "i"."op" in ('D') and ("t"."customer_id" = "i"."k_customer_id") and case when (("t"."customer_id" is distinct from "i"."b_customer_id") or ("t"."name" is distinct from "i"."b_name") or ("t"."country_name" is distinct from "i"."b_country_name")) then false else true end;

delete from "marts"."fact_line" as "t" using "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i"
where "i"."op" in ('D') and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no") and case when (("t"."order_id" is distinct from "i"."b_order_id") or ("t"."line_no" is distinct from "i"."b_line_no") or ("t"."product" is distinct from "i"."b_product") or ("t"."amount" is distinct from "i"."b_amount") or ("t"."customer_id" is distinct from "i"."b_customer_id") or ("t"."customer_name" is distinct from "i"."b_customer_name")) then false else true end;

delete from "marts"."line_country" as "t" using "tidemark_scratch"."tm_OWNER_N_changes_line_country" as "i"
where "i"."op" in ('D') and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no") and case when (("t"."order_id" is distinct from "i"."b_order_id") or ("t"."line_no" is distinct from "i"."b_line_no") or ("t"."product" is distinct from "i"."b_product") or ("t"."country_name" is distinct from "i"."b_country_name")) then false else true end;

delete from "staging_public"."customers" as "t" using "tidemark_scratch"."tm_OWNER_N_images_customers" as "i"
where "i"."op" in ('D') and ("t"."id" = "i"."k_id") and case when (("t"."id" is distinct from "i"."b_id") or ("t"."name" is distinct from "i"."b_name") or ("t"."country" is distinct from "i"."b_country") or ("t"."credit" is distinct from "i"."b_credit") or ("t"."updated_at" is distinct from "i"."b_updated_at")) then false else true end;

delete from "staging_public"."order_lines" as "t" using "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i"
where "i"."op" in ('D') and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no") and case when (("t"."order_id" is distinct from "i"."b_order_id") or ("t"."line_no" is distinct from "i"."b_line_no") or ("t"."customer_id" is distinct from "i"."b_customer_id") or ("t"."product" is distinct from "i"."b_product") or ("t"."amount" is distinct from "i"."b_amount")) then false else true end;

delete from "tidemark"."heartbeat" where "id" = 1;

delete from "tidemark"."heartbeat" where "id" = 1 and "token" = 2;

delete from "tidemark_scratch"."owners" where "owner" = ?;

insert into "marts"."dim_customer" ("customer_id", "name", "country_name")
select "i"."a_customer_id", "i"."a_name", "i"."a_country_name" from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i"
where "i"."op" = 'I' and not exists (select 1 from "marts"."dim_customer" as "t" where ("t"."customer_id" = "i"."k_customer_id"));

insert into "marts"."fact_line" ("order_id", "line_no", "product", "amount", "customer_id", "customer_name")
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_amount", "i"."a_customer_id", "i"."a_customer_name" from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i"
where "i"."op" = 'I' and not exists (select 1 from "marts"."fact_line" as "t" where ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no"));

insert into "marts"."line_country" ("order_id", "line_no", "product", "country_name")
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_country_name" from "tidemark_scratch"."tm_OWNER_N_changes_line_country" as "i"
where "i"."op" = 'I' and not exists (select 1 from "marts"."line_country" as "t" where ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no"));

insert into "staging_public"."countries" ("code", "name")
select "i"."a_code", "i"."a_name" from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i"
where "i"."op" = 'I' and not exists (select 1 from "staging_public"."countries" as "t" where ("t"."code" = "i"."k_code"));

insert into "staging_public"."customers" ("id", "name", "country", "credit", "updated_at")
select "i"."a_id", "i"."a_name", "i"."a_country", "i"."a_credit", "i"."a_updated_at" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i"
where "i"."op" = 'I' and not exists (select 1 from "staging_public"."customers" as "t" where ("t"."id" = "i"."k_id"));

insert into "staging_public"."order_lines" ("order_id", "line_no", "customer_id", "product", "amount")
select "i"."a_order_id", "i"."a_line_no", "i"."a_customer_id", "i"."a_product", "i"."a_amount" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i"
where "i"."op" = 'I' and not exists (select 1 from "staging_public"."order_lines" as "t" where ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no"));

insert into "tidemark"."audit" ("batch", "target", "operation", "key", "before", "after", "causes")
select 2, 'dim_customer', "i"."op", cast('{' || array_to_string(array_construct_compact('"customer_id":' || coalesce('"' || to_varchar(("i"."k_customer_id")) || '"', 'null')), ',') || '}' as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_name")))), 'null') end, case when ("i"."b_country_name" is distinct from "i"."a_country_name") then '"country_name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_country_name")))), 'null') end), ',') || '}' when 'D' then '{' || array_to_string(array_construct_compact('"customer_id":' || coalesce('"' || to_varchar(("t"."customer_id")) || '"', 'null'), '"name":' || coalesce(to_json(to_variant(to_varchar(("t"."name")))), 'null'), '"country_name":' || coalesce(to_json(to_variant(to_varchar(("t"."country_name")))), 'null'), '"note":' || coalesce(to_json(to_variant(to_varchar(("t"."note")))), 'null')), ',') || '}' end as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_name")))), 'null') end, case when ("i"."b_country_name" is distinct from "i"."a_country_name") then '"country_name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_country_name")))), 'null') end), ',') || '}' when 'I' then '{' || array_to_string(array_construct_compact('"customer_id":' || coalesce('"' || to_varchar(("i"."a_customer_id")) || '"', 'null'), '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_name")))), 'null'), '"country_name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_country_name")))), 'null')), ',') || '}' end as varchar), cast("c"."causes" as varchar) from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i"
left join "marts"."dim_customer" as "t" on ("t"."customer_id" = "i"."k_customer_id")
left join (select "x"."k_customer_id", '[' || listagg(distinct cast("x"."cause" + 0 as varchar), ',') || ']' as "causes"
  from "tidemark_scratch"."tm_OWNER_N_causes_dim_customer" as "x" group by "x"."k_customer_id") as "c" on ("i"."k_customer_id" = "c"."k_customer_id");

insert into "tidemark"."audit" ("batch", "target", "operation", "key", "before", "after", "causes")
select 2, 'fact_line', "i"."op", cast('{' || array_to_string(array_construct_compact('"order_id":' || coalesce('"' || to_varchar(("i"."k_order_id")) || '"', 'null'), '"line_no":' || coalesce('"' || to_varchar(("i"."k_line_no")) || '"', 'null')), ',') || '}' as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id":' || coalesce('"' || to_varchar(("i"."b_customer_id")) || '"', 'null') end, case when ("i"."b_customer_name" is distinct from "i"."a_customer_name") then '"customer_name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_customer_name")))), 'null') end), ',') || '}' when 'D' then '{' || array_to_string(array_construct_compact('"order_id":' || coalesce('"' || to_varchar(("t"."order_id")) || '"', 'null'), '"line_no":' || coalesce('"' || to_varchar(("t"."line_no")) || '"', 'null'), '"product":' || coalesce(to_json(to_variant(to_varchar(("t"."product")))), 'null'), '"amount":' || coalesce('"' || to_varchar(("t"."amount")) || '"', 'null'), '"customer_id":' || coalesce('"' || to_varchar(("t"."customer_id")) || '"', 'null'), '"customer_name":' || coalesce(to_json(to_variant(to_varchar(("t"."customer_name")))), 'null')), ',') || '}' end as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id":' || coalesce('"' || to_varchar(("i"."a_customer_id")) || '"', 'null') end, case when ("i"."b_customer_name" is distinct from "i"."a_customer_name") then '"customer_name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_customer_name")))), 'null') end), ',') || '}' when 'I' then '{' || array_to_string(array_construct_compact('"order_id":' || coalesce('"' || to_varchar(("i"."a_order_id")) || '"', 'null'), '"line_no":' || coalesce('"' || to_varchar(("i"."a_line_no")) || '"', 'null'), '"product":' || coalesce(to_json(to_variant(to_varchar(("i"."a_product")))), 'null'), '"amount":' || coalesce('"' || to_varchar(("i"."a_amount")) || '"', 'null'), '"customer_id":' || coalesce('"' || to_varchar(("i"."a_customer_id")) || '"', 'null'), '"customer_name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_customer_name")))), 'null')), ',') || '}' end as varchar), cast("c"."causes" as varchar) from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i"
left join "marts"."fact_line" as "t" on ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no")
left join (select "x"."k_order_id", "x"."k_line_no", '[' || listagg(distinct cast("x"."cause" + 0 as varchar), ',') || ']' as "causes"
  from "tidemark_scratch"."tm_OWNER_N_causes_fact_line" as "x" group by "x"."k_order_id", "x"."k_line_no") as "c" on ("i"."k_order_id" = "c"."k_order_id") and ("i"."k_line_no" = "c"."k_line_no");

insert into "tidemark"."audit" ("batch", "target", "operation", "key", "before", "after", "causes")
select 2, 'fact_visit', "i"."op", cast('{' || array_to_string(array_construct_compact('"visit_id":' || coalesce('"' || to_varchar(("i"."k_visit_id")) || '"', 'null')), ',') || '}' as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_customer_name" is distinct from "i"."a_customer_name") then '"customer_name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_customer_name")))), 'null') end, '"_updated_at":' || coalesce(case when date_part('nanosecond', ("t"."_updated_at")) % 1000 = 0 then '"' || to_varchar(("t"."_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"' else '"' || to_varchar(("t"."_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || '"' end, 'null')), ',') || '}' end as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_customer_name" is distinct from "i"."a_customer_name") then '"customer_name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_customer_name")))), 'null') end, '"_updated_at":' || coalesce(case when date_part('nanosecond', (cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9)))) % 1000 = 0 then '"' || to_varchar((cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9))), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"' else '"' || to_varchar((cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9))), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || '"' end, 'null')), ',') || '}' when 'I' then '{' || array_to_string(array_construct_compact('"customer_name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_customer_name")))), 'null'), '"_updated_at":' || coalesce(case when date_part('nanosecond', (cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9)))) % 1000 = 0 then '"' || to_varchar((cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9))), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"' else '"' || to_varchar((cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9))), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || '"' end, 'null')), ',') || '}' end as varchar), cast("c"."causes" as varchar) from "tidemark_scratch"."tm_OWNER_N_changes_fact_visit" as "i"
left join "marts"."fact_visit" as "t" on ("t"."visit_id" = "i"."k_visit_id")
left join (select "x"."k_visit_id", '[' || listagg(distinct cast("x"."cause" + 0 as varchar), ',') || ']' as "causes"
  from "tidemark_scratch"."tm_OWNER_N_causes_fact_visit" as "x" group by "x"."k_visit_id") as "c" on ("i"."k_visit_id" = "c"."k_visit_id");

insert into "tidemark"."audit" ("batch", "target", "operation", "key", "before", "after", "causes")
select 2, 'line_country', "i"."op", cast('{' || array_to_string(array_construct_compact('"order_id":' || coalesce('"' || to_varchar(("i"."k_order_id")) || '"', 'null'), '"line_no":' || coalesce('"' || to_varchar(("i"."k_line_no")) || '"', 'null')), ',') || '}' as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_country_name" is distinct from "i"."a_country_name") then '"country_name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_country_name")))), 'null') end), ',') || '}' when 'D' then '{' || array_to_string(array_construct_compact('"order_id":' || coalesce('"' || to_varchar(("t"."order_id")) || '"', 'null'), '"line_no":' || coalesce('"' || to_varchar(("t"."line_no")) || '"', 'null'), '"product":' || coalesce(to_json(to_variant(to_varchar(("t"."product")))), 'null'), '"country_name":' || coalesce(to_json(to_variant(to_varchar(("t"."country_name")))), 'null')), ',') || '}' end as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_country_name" is distinct from "i"."a_country_name") then '"country_name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_country_name")))), 'null') end), ',') || '}' when 'I' then '{' || array_to_string(array_construct_compact('"order_id":' || coalesce('"' || to_varchar(("i"."a_order_id")) || '"', 'null'), '"line_no":' || coalesce('"' || to_varchar(("i"."a_line_no")) || '"', 'null'), '"product":' || coalesce(to_json(to_variant(to_varchar(("i"."a_product")))), 'null'), '"country_name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_country_name")))), 'null')), ',') || '}' end as varchar), cast("c"."causes" as varchar) from "tidemark_scratch"."tm_OWNER_N_changes_line_country" as "i"
left join "marts"."line_country" as "t" on ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no")
left join (select "x"."k_order_id", "x"."k_line_no", '[' || listagg(distinct cast("x"."cause" + 0 as varchar), ',') || ']' as "causes"
  from "tidemark_scratch"."tm_OWNER_N_causes_line_country" as "x" group by "x"."k_order_id", "x"."k_line_no") as "c" on ("i"."k_order_id" = "c"."k_order_id") and ("i"."k_line_no" = "c"."k_line_no");

insert into "tidemark"."batches" ("batch", "run_id", "kind", "status", "started_at", "moment",
  "committed_at", "duration_ms", "digest", "changes", "rows", "cells", "sources", "targets", "mapping", "actor", "host", "meta")
select 2, ?, ?, ?, cast(? as timestamp_tz), cast(? as timestamp_tz),
  cast(sysdate() as timestamp_ltz), cast(cast(datediff('microsecond', cast(? as timestamp_tz), cast(sysdate() as timestamp_ltz)) * 0.001 as float) as bigint), ?,
  10, 20, 14,
  cast(? as varchar), cast(? as varchar), ?, ?, ?, cast(? as varchar);

insert into "tidemark"."changes" ("change_id", "batch", "source", "operation", "declared", "key", "before", "after", "columns")
select 0 + "i"."seq", 2, 'countries', "i"."op", "i"."declared", cast('{' || array_to_string(array_construct_compact('"code":' || coalesce(to_json(to_variant(to_varchar(("i"."k_code")))), 'null')), ',') || '}' as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_name")))), 'null') end), ',') || '}' when 'D' then '{' || array_to_string(array_construct_compact('"code":' || coalesce(to_json(to_variant(to_varchar(("i"."b_code")))), 'null'), '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_name")))), 'null')), ',') || '}' end as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_name")))), 'null') end), ',') || '}' when 'I' then '{' || array_to_string(array_construct_compact('"code":' || coalesce(to_json(to_variant(to_varchar(("i"."a_code")))), 'null'), '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_name")))), 'null')), ',') || '}' end as varchar), cast(case when "i"."op" = 'U' then '[' || array_to_string(array_construct_compact(nullif(array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name"' end), ','), '')), ',') || ']' end as varchar) from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i";

insert into "tidemark"."changes" ("change_id", "batch", "source", "operation", "declared", "key", "before", "after", "columns")
select 2 + "i"."seq", 2, 'customers', "i"."op", "i"."declared", cast('{' || array_to_string(array_construct_compact('"id":' || coalesce('"' || to_varchar(("i"."k_id")) || '"', 'null')), ',') || '}' as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_name")))), 'null') end, case when ("i"."b_country" is distinct from "i"."a_country") then '"country":' || coalesce(to_json(to_variant(to_varchar(("i"."b_country")))), 'null') end, case when ("i"."b_credit" is distinct from "i"."a_credit") then '"credit":' || coalesce('"' || to_varchar(("i"."b_credit")) || '"', 'null') end, case when ("i"."b_updated_at" is distinct from "i"."a_updated_at") then '"updated_at":' || coalesce(case when date_part('nanosecond', ("i"."b_updated_at")) % 1000 = 0 then '"' || to_varchar(("i"."b_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"' else '"' || to_varchar(("i"."b_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || '"' end, 'null') end), ',') || '}' when 'D' then '{' || array_to_string(array_construct_compact('"id":' || coalesce('"' || to_varchar(("i"."b_id")) || '"', 'null'), '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_name")))), 'null'), '"country":' || coalesce(to_json(to_variant(to_varchar(("i"."b_country")))), 'null'), '"credit":' || coalesce('"' || to_varchar(("i"."b_credit")) || '"', 'null'), '"updated_at":' || coalesce(case when date_part('nanosecond', ("i"."b_updated_at")) % 1000 = 0 then '"' || to_varchar(("i"."b_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"' else '"' || to_varchar(("i"."b_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || '"' end, 'null')), ',') || '}' end as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_name")))), 'null') end, case when ("i"."b_country" is distinct from "i"."a_country") then '"country":' || coalesce(to_json(to_variant(to_varchar(("i"."a_country")))), 'null') end, case when ("i"."b_credit" is distinct from "i"."a_credit") then '"credit":' || coalesce('"' || to_varchar(("i"."a_credit")) || '"', 'null') end, case when ("i"."b_updated_at" is distinct from "i"."a_updated_at") then '"updated_at":' || coalesce(case when date_part('nanosecond', ("i"."a_updated_at")) % 1000 = 0 then '"' || to_varchar(("i"."a_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"' else '"' || to_varchar(("i"."a_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || '"' end, 'null') end), ',') || '}' when 'I' then '{' || array_to_string(array_construct_compact('"id":' || coalesce('"' || to_varchar(("i"."a_id")) || '"', 'null'), '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_name")))), 'null'), '"country":' || coalesce(to_json(to_variant(to_varchar(("i"."a_country")))), 'null'), '"credit":' || coalesce('"' || to_varchar(("i"."a_credit")) || '"', 'null'), '"updated_at":' || coalesce(case when date_part('nanosecond', ("i"."a_updated_at")) % 1000 = 0 then '"' || to_varchar(("i"."a_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || '"' else '"' || to_varchar(("i"."a_updated_at"), 'YYYY-MM-DD"T"HH24:MI:SS.FF9') || '"' end, 'null')), ',') || '}' end as varchar), cast(case when "i"."op" = 'U' then '[' || array_to_string(array_construct_compact(nullif(array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name"' end, case when ("i"."b_country" is distinct from "i"."a_country") then '"country"' end, case when ("i"."b_credit" is distinct from "i"."a_credit") then '"credit"' end, case when ("i"."b_updated_at" is distinct from "i"."a_updated_at") then '"updated_at"' end), ','), '')), ',') || ']' end as varchar) from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i";

insert into "tidemark"."changes" ("change_id", "batch", "source", "operation", "declared", "key", "before", "after", "columns")
select 6 + "i"."seq", 2, 'order_lines', "i"."op", "i"."declared", cast('{' || array_to_string(array_construct_compact('"order_id":' || coalesce('"' || to_varchar(("i"."k_order_id")) || '"', 'null'), '"line_no":' || coalesce('"' || to_varchar(("i"."k_line_no")) || '"', 'null')), ',') || '}' as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id":' || coalesce('"' || to_varchar(("i"."b_customer_id")) || '"', 'null') end), ',') || '}' when 'D' then '{' || array_to_string(array_construct_compact('"order_id":' || coalesce('"' || to_varchar(("i"."b_order_id")) || '"', 'null'), '"line_no":' || coalesce('"' || to_varchar(("i"."b_line_no")) || '"', 'null'), '"customer_id":' || coalesce('"' || to_varchar(("i"."b_customer_id")) || '"', 'null'), '"product":' || coalesce(to_json(to_variant(to_varchar(("i"."b_product")))), 'null'), '"amount":' || coalesce('"' || to_varchar(("i"."b_amount")) || '"', 'null')), ',') || '}' end as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id":' || coalesce('"' || to_varchar(("i"."a_customer_id")) || '"', 'null') end), ',') || '}' when 'I' then '{' || array_to_string(array_construct_compact('"order_id":' || coalesce('"' || to_varchar(("i"."a_order_id")) || '"', 'null'), '"line_no":' || coalesce('"' || to_varchar(("i"."a_line_no")) || '"', 'null'), '"customer_id":' || coalesce('"' || to_varchar(("i"."a_customer_id")) || '"', 'null'), '"product":' || coalesce(to_json(to_variant(to_varchar(("i"."a_product")))), 'null'), '"amount":' || coalesce('"' || to_varchar(("i"."a_amount")) || '"', 'null')), ',') || '}' end as varchar), cast(case when "i"."op" = 'U' then '[' || array_to_string(array_construct_compact(nullif(array_to_string(array_construct_compact(case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id"' end), ','), '')), ',') || ']' end as varchar) from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i";

insert into "tidemark"."heartbeat" ("id", "token", "owner", "host", "pid", "command", "taken_at", "expires_at")
select 1, 2, ?, ?, PID, ?, cast(sysdate() as timestamp_ltz), dateadd('millisecond', 60000, (cast(sysdate() as timestamp_ltz)));

insert into "tidemark"."runs" ("run_id", "command", "status", "started_at", "finished_at", "batch", "error_code", "error", "phases", "actor", "host", "pid", "meta", "repeats")
values (?, ?, ?, cast(? as timestamp_tz), cast(sysdate() as timestamp_ltz), ?,
  ?, ?, cast(? as varchar), ?, ?, PID, cast(? as varchar), 0);

insert into "tidemark_scratch"."owners" ("owner", "beat") select ?, cast(sysdate() as timestamp_ltz);

insert into "tidemark_scratch"."tm_OWNER_N_affected_dim_customer" ("r#0", "cause")
select "customers"."id", "countries"."tidemark.cause"
from (select true as "tidemark.present", "m"."id", "m"."name", "m"."country" from "staging_public"."customers" as "m" where "m"."country" in (select "x"."code" from (select "i"."seq" + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_code" as "code"
from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "x") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_id" as "id", "i"."a_name" as "name", "i"."a_country" as "country" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and "i"."a_country" in (select "x"."code" from (select "i"."seq" + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_code" as "code"
from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "x")) as "customers"
join (select "i"."seq" + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_code" as "code"
from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "countries" on "customers"."country" = "countries"."code";

insert into "tidemark_scratch"."tm_OWNER_N_affected_dim_customer" ("r#0", "cause")
select "i"."k_id", "i"."seq" + 2
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name") or ("i"."b_country" is distinct from "i"."a_country")));

insert into "tidemark_scratch"."tm_OWNER_N_affected_fact_line" ("r#0", "r#1", "cause")
select "i"."k_order_id", "i"."k_line_no", "i"."seq" + 6
from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("i"."op" <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")));

insert into "tidemark_scratch"."tm_OWNER_N_affected_fact_line" ("r#0", "r#1", "cause")
select "order_lines"."order_id", "order_lines"."line_no", "customers"."tidemark.cause"
from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from "staging_public"."order_lines" as "m" where "m"."customer_id" in (select "x"."id" from (select "i"."seq" + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select "i"."seq" + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "x") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_order_id" as "order_id", "i"."a_line_no" as "line_no", "i"."a_product" as "product", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and "i"."a_customer_id" in (select "x"."id" from (select "i"."seq" + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select "i"."seq" + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "x")) as "order_lines"
join (select "i"."seq" + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select "i"."seq" + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "customers" on "order_lines"."customer_id" = "customers"."id";

insert into "tidemark_scratch"."tm_OWNER_N_affected_fact_visit" ("r#0", "cause")
select "this"."visit_id", "customers"."tidemark.cause"
from (select true as "tidemark.present", "m"."visit_id", "m"."customer_id" from "marts"."fact_visit" as "m" where "m"."customer_id" in (select "x"."id" from (select "i"."seq" + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select "i"."seq" + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "x")) as "this"
join (select "i"."seq" + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select "i"."seq" + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "customers" on "this"."customer_id" = "customers"."id";

insert into "tidemark_scratch"."tm_OWNER_N_affected_line_country" ("r#0", "r#1", "cause")
select "fact_line"."order_id", "fact_line"."line_no", "dim_customer"."tidemark.cause"
from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."product", "m"."customer_id" from "marts"."fact_line" as "m" where "m"."customer_id" in (select "x"."customer_id" from (select "c"."cause" as "tidemark.cause", "i"."b_country_name" as "country_name", "i"."b_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" left join "tidemark_scratch"."tm_OWNER_N_causes_dim_customer" as "c" on ("i"."k_customer_id" = "c"."k_customer_id") where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))
union all
select "c"."cause" as "tidemark.cause", "i"."a_country_name" as "country_name", "i"."a_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" left join "tidemark_scratch"."tm_OWNER_N_causes_dim_customer" as "c" on ("i"."k_customer_id" = "c"."k_customer_id") where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))) as "x") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_order_id" as "order_id", "i"."a_line_no" as "line_no", "i"."a_product" as "product", "i"."a_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" where "i"."op" <> 'D' and "i"."a_customer_id" in (select "x"."customer_id" from (select "c"."cause" as "tidemark.cause", "i"."b_country_name" as "country_name", "i"."b_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" left join "tidemark_scratch"."tm_OWNER_N_causes_dim_customer" as "c" on ("i"."k_customer_id" = "c"."k_customer_id") where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))
union all
select "c"."cause" as "tidemark.cause", "i"."a_country_name" as "country_name", "i"."a_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" left join "tidemark_scratch"."tm_OWNER_N_causes_dim_customer" as "c" on ("i"."k_customer_id" = "c"."k_customer_id") where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))) as "x")) as "fact_line"
join (select "c"."cause" as "tidemark.cause", "i"."b_country_name" as "country_name", "i"."b_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" left join "tidemark_scratch"."tm_OWNER_N_causes_dim_customer" as "c" on ("i"."k_customer_id" = "c"."k_customer_id") where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))
union all
select "c"."cause" as "tidemark.cause", "i"."a_country_name" as "country_name", "i"."a_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" left join "tidemark_scratch"."tm_OWNER_N_causes_dim_customer" as "c" on ("i"."k_customer_id" = "c"."k_customer_id") where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))) as "dim_customer" on "fact_line"."customer_id" = "dim_customer"."customer_id";

insert into "tidemark_scratch"."tm_OWNER_N_affected_line_country" ("r#0", "r#1", "cause")
select "i"."k_order_id", "i"."k_line_no", "c"."cause"
from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" left join "tidemark_scratch"."tm_OWNER_N_causes_fact_line" as "c" on ("i"."k_order_id" = "c"."k_order_id") and ("i"."k_line_no" = "c"."k_line_no") where ("i"."op" <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")));

insert into "tidemark_scratch"."tm_OWNER_N_causes_dim_customer" ("k_customer_id", "cause")
select distinct "k"."k_customer_id", "a"."cause"
from "tidemark_scratch"."tm_OWNER_N_keys_dim_customer" as "k" join "tidemark_scratch"."tm_OWNER_N_affected_dim_customer" as "a" on ("k"."r#0" = "a"."r#0")
where "a"."cause" is not null;

insert into "tidemark_scratch"."tm_OWNER_N_causes_fact_line" ("k_order_id", "k_line_no", "cause")
select distinct "k"."k_order_id", "k"."k_line_no", "a"."cause"
from "tidemark_scratch"."tm_OWNER_N_keys_fact_line" as "k" join "tidemark_scratch"."tm_OWNER_N_affected_fact_line" as "a" on ("k"."r#0" = "a"."r#0") and ("k"."r#1" = "a"."r#1")
where "a"."cause" is not null;

insert into "tidemark_scratch"."tm_OWNER_N_causes_fact_visit" ("k_visit_id", "cause")
select distinct "k"."k_visit_id", "a"."cause"
from "tidemark_scratch"."tm_OWNER_N_keys_fact_visit" as "k" join "tidemark_scratch"."tm_OWNER_N_affected_fact_visit" as "a" on ("k"."r#0" = "a"."r#0")
where "a"."cause" is not null;

insert into "tidemark_scratch"."tm_OWNER_N_causes_line_country" ("k_order_id", "k_line_no", "cause")
select distinct "k"."k_order_id", "k"."k_line_no", "a"."cause"
from "tidemark_scratch"."tm_OWNER_N_keys_line_country" as "k" join "tidemark_scratch"."tm_OWNER_N_affected_line_country" as "a" on ("k"."r#0" = "a"."r#0") and ("k"."r#1" = "a"."r#1")
where "a"."cause" is not null;

insert into "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" ("seq", "op", "declared", "k_customer_id", "b_customer_id", "b_name", "b_country_name", "a_customer_id", "a_name", "a_country_name")
select row_number() over (order by null), case when "t"."tidemark.present" is null then 'I' when "d"."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_customer_id", "t"."customer_id", "t"."name", "t"."country_name", case when "d"."tidemark.present" is not null then "d"."a_customer_id" end, case when "d"."tidemark.present" is not null then "d"."a_name" end, case when "d"."tidemark.present" is not null then "d"."a_country_name" end
from (select distinct "k_customer_id" from "tidemark_scratch"."tm_OWNER_N_keys_dim_customer") as "k"
left join (select true as "tidemark.present", "w"."k_customer_id", "w"."a_customer_id", "w"."a_name", "w"."a_country_name", "w"."r#0" from "tidemark_scratch"."tm_OWNER_N_desired_dim_customer" as "w") as "d" on ("d"."k_customer_id" = "k"."k_customer_id")
left join (select true as "tidemark.present", "c"."customer_id", "c"."name", "c"."country_name" from "tidemark_scratch"."tm_OWNER_N_current_dim_customer" as "c") as "t" on ("t"."customer_id" = "k"."k_customer_id")
where ("d"."tidemark.present" is not null or "t"."tidemark.present" is not null) and ("t"."tidemark.present" is null or "d"."tidemark.present" is null or ("t"."customer_id" is distinct from "d"."a_customer_id") or ("t"."name" is distinct from "d"."a_name") or ("t"."country_name" is distinct from "d"."a_country_name"));

insert into "tidemark_scratch"."tm_OWNER_N_changes_fact_line" ("seq", "op", "declared", "k_order_id", "k_line_no", "b_order_id", "b_line_no", "b_product", "b_amount", "b_customer_id", "b_customer_name", "a_order_id", "a_line_no", "a_product", "a_amount", "a_customer_id", "a_customer_name")
select row_number() over (order by null), case when "t"."tidemark.present" is null then 'I' when "d"."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_order_id", "k"."k_line_no", "t"."order_id", "t"."line_no", "t"."product", "t"."amount", "t"."customer_id", "t"."customer_name", case when "d"."tidemark.present" is not null then "d"."a_order_id" end, case when "d"."tidemark.present" is not null then "d"."a_line_no" end, case when "d"."tidemark.present" is not null then "d"."a_product" end, case when "d"."tidemark.present" is not null then "d"."a_amount" end, case when "d"."tidemark.present" is not null then "d"."a_customer_id" end, case when "d"."tidemark.present" is not null then "d"."a_customer_name" end
from (select distinct "k_order_id", "k_line_no" from "tidemark_scratch"."tm_OWNER_N_keys_fact_line") as "k"
left join (select true as "tidemark.present", "w"."k_order_id", "w"."k_line_no", "w"."a_order_id", "w"."a_line_no", "w"."a_product", "w"."a_amount", "w"."a_customer_id", "w"."a_customer_name", "w"."r#0", "w"."r#1" from "tidemark_scratch"."tm_OWNER_N_desired_fact_line" as "w") as "d" on ("d"."k_order_id" = "k"."k_order_id") and ("d"."k_line_no" = "k"."k_line_no")
left join (select true as "tidemark.present", "c"."order_id", "c"."line_no", "c"."product", "c"."amount", "c"."customer_id", "c"."customer_name" from "tidemark_scratch"."tm_OWNER_N_current_fact_line" as "c") as "t" on ("t"."order_id" = "k"."k_order_id") and ("t"."line_no" = "k"."k_line_no")
where ("d"."tidemark.present" is not null or "t"."tidemark.present" is not null) and ("t"."tidemark.present" is null or "d"."tidemark.present" is null or ("t"."order_id" is distinct from "d"."a_order_id") or ("t"."line_no" is distinct from "d"."a_line_no") or ("t"."product" is distinct from "d"."a_product") or ("t"."amount" is distinct from "d"."a_amount") or ("t"."customer_id" is distinct from "d"."a_customer_id") or ("t"."customer_name" is distinct from "d"."a_customer_name"));

insert into "tidemark_scratch"."tm_OWNER_N_changes_fact_visit" ("seq", "op", "declared", "k_visit_id", "b_customer_name", "a_customer_name", "g_customer_id")
select row_number() over (order by null), case when "t"."tidemark.present" is null then 'I' when "d"."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_visit_id", "t"."customer_name", case when "d"."keep#0" then "t"."customer_name" else "d"."a_customer_name" end, "d"."g_customer_id"
from (select distinct "k_visit_id" from "tidemark_scratch"."tm_OWNER_N_keys_fact_visit") as "k"
left join (select true as "tidemark.present", "w"."k_visit_id", "w"."a_customer_name", "w"."keep#0", "w"."r#0", "w"."g_customer_id" from "tidemark_scratch"."tm_OWNER_N_desired_fact_visit" as "w") as "d" on ("d"."k_visit_id" = "k"."k_visit_id")
left join (select true as "tidemark.present", "c"."visit_id", "c"."customer_name" from "tidemark_scratch"."tm_OWNER_N_root_fact_visit" as "c") as "t" on ("t"."visit_id" = "k"."k_visit_id")
where "t"."tidemark.present" is not null and "d"."tidemark.present" is not null and ("t"."tidemark.present" is null or "d"."tidemark.present" is null or ("t"."customer_name" is distinct from (case when "d"."keep#0" then "t"."customer_name" else "d"."a_customer_name" end)));

insert into "tidemark_scratch"."tm_OWNER_N_changes_line_country" ("seq", "op", "declared", "k_order_id", "k_line_no", "b_order_id", "b_line_no", "b_product", "b_country_name", "a_order_id", "a_line_no", "a_product", "a_country_name")
select row_number() over (order by null), case when "t"."tidemark.present" is null then 'I' when "d"."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_order_id", "k"."k_line_no", "t"."order_id", "t"."line_no", "t"."product", "t"."country_name", case when "d"."tidemark.present" is not null then "d"."a_order_id" end, case when "d"."tidemark.present" is not null then "d"."a_line_no" end, case when "d"."tidemark.present" is not null then "d"."a_product" end, case when "d"."tidemark.present" is not null then "d"."a_country_name" end
from (select distinct "k_order_id", "k_line_no" from "tidemark_scratch"."tm_OWNER_N_keys_line_country") as "k"
left join (select true as "tidemark.present", "w"."k_order_id", "w"."k_line_no", "w"."a_order_id", "w"."a_line_no", "w"."a_product", "w"."a_country_name", "w"."r#0", "w"."r#1" from "tidemark_scratch"."tm_OWNER_N_desired_line_country" as "w") as "d" on ("d"."k_order_id" = "k"."k_order_id") and ("d"."k_line_no" = "k"."k_line_no")
left join (select true as "tidemark.present", "c"."order_id", "c"."line_no", "c"."product", "c"."country_name" from "tidemark_scratch"."tm_OWNER_N_current_line_country" as "c") as "t" on ("t"."order_id" = "k"."k_order_id") and ("t"."line_no" = "k"."k_line_no")
where ("d"."tidemark.present" is not null or "t"."tidemark.present" is not null) and ("t"."tidemark.present" is null or "d"."tidemark.present" is null or ("t"."order_id" is distinct from "d"."a_order_id") or ("t"."line_no" is distinct from "d"."a_line_no") or ("t"."product" is distinct from "d"."a_product") or ("t"."country_name" is distinct from "d"."a_country_name"));

insert into "tidemark_scratch"."tm_OWNER_N_current_dim_customer" ("customer_id", "name", "country_name")
select "c"."customer_id", "c"."name", "c"."country_name" from (select distinct "k_customer_id" from "tidemark_scratch"."tm_OWNER_N_keys_dim_customer") as "k"
join "marts"."dim_customer" as "c" on ("c"."customer_id" = "k"."k_customer_id");

insert into "tidemark_scratch"."tm_OWNER_N_current_fact_line" ("order_id", "line_no", "product", "amount", "customer_id", "customer_name")
select "c"."order_id", "c"."line_no", "c"."product", "c"."amount", "c"."customer_id", "c"."customer_name" from (select distinct "k_order_id", "k_line_no" from "tidemark_scratch"."tm_OWNER_N_keys_fact_line") as "k"
join "marts"."fact_line" as "c" on ("c"."order_id" = "k"."k_order_id") and ("c"."line_no" = "k"."k_line_no");

insert into "tidemark_scratch"."tm_OWNER_N_current_line_country" ("order_id", "line_no", "product", "country_name")
select "c"."order_id", "c"."line_no", "c"."product", "c"."country_name" from (select distinct "k_order_id", "k_line_no" from "tidemark_scratch"."tm_OWNER_N_keys_line_country") as "k"
join "marts"."line_country" as "c" on ("c"."order_id" = "k"."k_order_id") and ("c"."line_no" = "k"."k_line_no");

insert into "tidemark_scratch"."tm_OWNER_N_desired_dim_customer" ("k_customer_id", "a_customer_id", "a_name", "a_country_name", "r#0")
select cast("customers"."id" as NUMBER(38,0)), cast("customers"."id" as NUMBER(38,0)), cast("customers"."name" as varchar), cast("countries"."name" as varchar), "customers"."id"
from (select "r"."id", "r"."name", "r"."country" from "tidemark_scratch"."tm_OWNER_N_root_dim_customer" as "r") as "customers"
left join (select true as "tidemark.present", "m"."name", "m"."code" from "staging_public"."countries" as "m" where "m"."code" in (select "customers"."country" from (select "r"."id", "r"."name", "r"."country" from "tidemark_scratch"."tm_OWNER_N_root_dim_customer" as "r") as "customers") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where ("m"."code" = "i"."k_code"))
union all
select true as "tidemark.present", "i"."a_name" as "name", "i"."a_code" as "code" from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where "i"."op" <> 'D' and "i"."a_code" in (select "customers"."country" from (select "r"."id", "r"."name", "r"."country" from "tidemark_scratch"."tm_OWNER_N_root_dim_customer" as "r") as "customers")) as "countries" on "customers"."country" = "countries"."code";

insert into "tidemark_scratch"."tm_OWNER_N_desired_fact_line" ("k_order_id", "k_line_no", "a_order_id", "a_line_no", "a_product", "a_amount", "a_customer_id", "a_customer_name", "r#0", "r#1")
select cast("order_lines"."order_id" as NUMBER(38,0)), cast("order_lines"."line_no" as NUMBER(38,0)), cast("order_lines"."order_id" as NUMBER(38,0)), cast("order_lines"."line_no" as NUMBER(38,0)), cast("order_lines"."product" as varchar), cast("order_lines"."amount" as NUMBER(12,2)), cast("order_lines"."customer_id" as NUMBER(38,0)), cast("customers"."name" as varchar), "order_lines"."order_id", "order_lines"."line_no"
from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_fact_line" as "r") as "order_lines"
left join (select true as "tidemark.present", "m"."name", "m"."id" from "staging_public"."customers" as "m" where "m"."id" in (select "order_lines"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_fact_line" as "r") as "order_lines") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_name" as "name", "i"."a_id" as "id" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and "i"."a_id" in (select "order_lines"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_fact_line" as "r") as "order_lines")) as "customers" on "order_lines"."customer_id" = "customers"."id";

insert into "tidemark_scratch"."tm_OWNER_N_desired_fact_visit" ("k_visit_id", "a_customer_name", "keep#0", "r#0", "g_customer_id")
select "this"."visit_id", cast("customers"."name" as varchar), ("customers"."tidemark.present" is null), "this"."visit_id", "this"."customer_id"
from (select "r"."visit_id", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_fact_visit" as "r") as "this"
left join (select true as "tidemark.present", "m"."name", "m"."id" from "staging_public"."customers" as "m" where "m"."id" in (select "this"."customer_id" from (select "r"."visit_id", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_fact_visit" as "r") as "this") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_name" as "name", "i"."a_id" as "id" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and "i"."a_id" in (select "this"."customer_id" from (select "r"."visit_id", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_fact_visit" as "r") as "this")) as "customers" on "this"."customer_id" = "customers"."id";

insert into "tidemark_scratch"."tm_OWNER_N_desired_line_country" ("k_order_id", "k_line_no", "a_order_id", "a_line_no", "a_product", "a_country_name", "r#0", "r#1")
select cast("fact_line"."order_id" as NUMBER(38,0)), cast("fact_line"."line_no" as NUMBER(38,0)), cast("fact_line"."order_id" as NUMBER(38,0)), cast("fact_line"."line_no" as NUMBER(38,0)), cast("fact_line"."product" as varchar), cast("dim_customer"."country_name" as varchar), "fact_line"."order_id", "fact_line"."line_no"
from (select "r"."order_id", "r"."line_no", "r"."product", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_line_country" as "r") as "fact_line"
left join (select true as "tidemark.present", "m"."country_name", "m"."customer_id" from "marts"."dim_customer" as "m" where "m"."customer_id" in (select "fact_line"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_line_country" as "r") as "fact_line") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" where ("m"."customer_id" = "i"."k_customer_id"))
union all
select true as "tidemark.present", "i"."a_country_name" as "country_name", "i"."a_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" where "i"."op" <> 'D' and "i"."a_customer_id" in (select "fact_line"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_line_country" as "r") as "fact_line")) as "dim_customer" on "fact_line"."customer_id" = "dim_customer"."customer_id";

insert into "tidemark_scratch"."tm_OWNER_N_images_countries" ("seq", "op", "declared", "k_code", "b_code", "b_name", "a_code", "a_name")
select row_number() over (order by null) + 0, case when "m"."tidemark.present" is null then 'I' when "s"."tidemark.present" is null then 'D' else 'U' end, null, coalesce("s"."code", "m"."code"), "m"."code", "m"."name", "s"."code", "s"."name"
from (select true as "tidemark.present", "countries"."code", "countries"."name"
    from "staging"."countries" as "countries" where true) as "s"
full join (select true as "tidemark.present", "m"."code", "m"."name" from "staging_public"."countries" as "m") as "m" on ("s"."code" = "m"."code")
where ("m"."tidemark.present" is null or "s"."tidemark.present" is null or (("s"."code" is distinct from "m"."code") or ("s"."name" is distinct from "m"."name"))) and true;

insert into "tidemark_scratch"."tm_OWNER_N_images_customers" ("seq", "op", "declared", "k_id", "b_id", "b_name", "b_country", "b_credit", "b_updated_at", "a_id", "a_name", "a_country", "a_credit", "a_updated_at")
select row_number() over (order by null) + (select count(*) from "tidemark_scratch"."tm_OWNER_N_images_customers"), 'D', null, "m"."id", "m"."id", "m"."name", "m"."country", "m"."credit", "m"."updated_at", cast(null as NUMBER(38,0)), cast(null as VARCHAR(40)), cast(null as VARCHAR(2)), cast(null as NUMBER(12,2)), cast(null as TIMESTAMP_NTZ(9))
from (select "d"."id" from "staging_public"."customers" as "d"
  where not exists (select 1 from (select true as "tidemark.present", "customers"."id", "customers"."name", "customers"."country", "customers"."credit", "customers"."updated_at"
    from "staging"."customers" as "customers" where true) as "s" where ("s"."id" = "d"."id"))
    and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("d"."id" = "i"."k_id"))) as "g" join "staging_public"."customers" as "m" on ("g"."id" = "m"."id");

insert into "tidemark_scratch"."tm_OWNER_N_images_customers" ("seq", "op", "declared", "k_id", "b_id", "b_name", "b_country", "b_credit", "b_updated_at", "a_id", "a_name", "a_country", "a_credit", "a_updated_at")
select row_number() over (order by null) + 0, case when not "s"."tidemark.alive" then 'D' when "m"."tidemark.present" is null then 'I' else 'U' end, null, coalesce("s"."id", "m"."id"), "m"."id", "m"."name", "m"."country", "m"."credit", "m"."updated_at", "s"."id", "s"."name", "s"."country", "s"."credit", "s"."updated_at"
from (select true as "tidemark.alive", "customers"."id", "customers"."name", "customers"."country", "customers"."credit", "customers"."updated_at"
  from "staging"."customers" as "customers"
  where "customers"."updated_at" >= dateadd('millisecond', -900000, (cast(? as TIMESTAMP_NTZ(9)))) or "customers"."updated_at" is null) as "s"
left join (select true as "tidemark.present", "m"."id", "m"."name", "m"."country", "m"."credit", "m"."updated_at" from "staging_public"."customers" as "m") as "m" on ("s"."id" = "m"."id")
where case when "s"."tidemark.alive"
  then "m"."tidemark.present" is null or (("s"."id" is distinct from "m"."id") or ("s"."name" is distinct from "m"."name") or ("s"."country" is distinct from "m"."country") or ("s"."credit" is distinct from "m"."credit") or ("s"."updated_at" is distinct from "m"."updated_at"))
  else "m"."tidemark.present" is not null end;

insert into "tidemark_scratch"."tm_OWNER_N_images_order_lines" ("seq", "op", "declared", "k_order_id", "k_line_no", "b_order_id", "b_line_no", "b_customer_id", "b_product", "b_amount", "a_order_id", "a_line_no", "a_customer_id", "a_product", "a_amount")
select row_number() over (order by null) + 0, case when "m"."tidemark.present" is null then 'I' when "s"."tidemark.present" is null then 'D' else 'U' end, null, coalesce("s"."order_id", "m"."order_id"), coalesce("s"."line_no", "m"."line_no"), "m"."order_id", "m"."line_no", "m"."customer_id", "m"."product", "m"."amount", "s"."order_id", "s"."line_no", "s"."customer_id", "s"."product", "s"."amount"
from (select true as "tidemark.present", "order_lines"."order_id", "order_lines"."line_no", "order_lines"."customer_id", "order_lines"."product", "order_lines"."amount"
    from "staging"."order_lines" as "order_lines" where true) as "s"
full join (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."customer_id", "m"."product", "m"."amount" from "staging_public"."order_lines" as "m") as "m" on ("s"."order_id" = "m"."order_id") and ("s"."line_no" = "m"."line_no")
where ("m"."tidemark.present" is null or "s"."tidemark.present" is null or (("s"."order_id" is distinct from "m"."order_id") or ("s"."line_no" is distinct from "m"."line_no") or ("s"."customer_id" is distinct from "m"."customer_id") or ("s"."product" is distinct from "m"."product") or ("s"."amount" is distinct from "m"."amount"))) and true;

insert into "tidemark_scratch"."tm_OWNER_N_keys_dim_customer" ("k_customer_id", "r#0")
select cast("customers"."id" as NUMBER(38,0)), "customers"."id" from (select "r"."id", "r"."name", "r"."country" from "tidemark_scratch"."tm_OWNER_N_root_dim_customer" as "r") as "customers"
union all
select cast("customers"."id" as NUMBER(38,0)), "customers"."id" from (select "i"."b_id" as "id", "i"."b_name" as "name", "i"."b_country" as "country" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'I' and exists (select 1 from "tidemark_scratch"."tm_OWNER_N_affected_dim_customer" as "d" where ("i"."k_id" = "d"."r#0"))) as "customers";

insert into "tidemark_scratch"."tm_OWNER_N_keys_fact_line" ("k_order_id", "k_line_no", "r#0", "r#1")
select cast("order_lines"."order_id" as NUMBER(38,0)), cast("order_lines"."line_no" as NUMBER(38,0)), "order_lines"."order_id", "order_lines"."line_no" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_fact_line" as "r") as "order_lines"
union all
select cast("order_lines"."order_id" as NUMBER(38,0)), cast("order_lines"."line_no" as NUMBER(38,0)), "order_lines"."order_id", "order_lines"."line_no" from (select "i"."b_order_id" as "order_id", "i"."b_line_no" as "line_no", "i"."b_product" as "product", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'I' and exists (select 1 from "tidemark_scratch"."tm_OWNER_N_affected_fact_line" as "d" where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"))) as "order_lines";

insert into "tidemark_scratch"."tm_OWNER_N_keys_fact_visit" ("k_visit_id", "r#0")
select "this"."visit_id", "this"."visit_id" from (select "r"."visit_id", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_fact_visit" as "r") as "this";

insert into "tidemark_scratch"."tm_OWNER_N_keys_line_country" ("k_order_id", "k_line_no", "r#0", "r#1")
select cast("fact_line"."order_id" as NUMBER(38,0)), cast("fact_line"."line_no" as NUMBER(38,0)), "fact_line"."order_id", "fact_line"."line_no" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_line_country" as "r") as "fact_line"
union all
select cast("fact_line"."order_id" as NUMBER(38,0)), cast("fact_line"."line_no" as NUMBER(38,0)), "fact_line"."order_id", "fact_line"."line_no" from (select "i"."b_order_id" as "order_id", "i"."b_line_no" as "line_no", "i"."b_product" as "product", "i"."b_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" where "i"."op" <> 'I' and exists (select 1 from "tidemark_scratch"."tm_OWNER_N_affected_line_country" as "d" where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"))) as "fact_line";

insert into "tidemark_scratch"."tm_OWNER_N_root_dim_customer" ("id", "name", "country")
select "m"."id", "m"."name", "m"."country" from (select distinct "r#0" from "tidemark_scratch"."tm_OWNER_N_affected_dim_customer") as "d" join "staging_public"."customers" as "m" on ("m"."id" = "d"."r#0") where not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("d"."r#0" = "i"."k_id"))
union all
select "i"."a_id", "i"."a_name", "i"."a_country" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and exists (select 1 from (select distinct "r#0" from "tidemark_scratch"."tm_OWNER_N_affected_dim_customer") as "d" where ("i"."k_id" = "d"."r#0"));

insert into "tidemark_scratch"."tm_OWNER_N_root_fact_line" ("order_id", "line_no", "product", "amount", "customer_id")
select "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from (select distinct "r#0", "r#1" from "tidemark_scratch"."tm_OWNER_N_affected_fact_line") as "d" join "staging_public"."order_lines" as "m" on ("m"."order_id" = "d"."r#0") and ("m"."line_no" = "d"."r#1") where not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("d"."r#0" = "i"."k_order_id") and ("d"."r#1" = "i"."k_line_no"))
union all
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_amount", "i"."a_customer_id" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and exists (select 1 from (select distinct "r#0", "r#1" from "tidemark_scratch"."tm_OWNER_N_affected_fact_line") as "d" where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"));

insert into "tidemark_scratch"."tm_OWNER_N_root_fact_visit" ("visit_id", "customer_id", "customer_name")
select "m"."visit_id", "m"."customer_id", "m"."customer_name" from (select distinct "r#0" from "tidemark_scratch"."tm_OWNER_N_affected_fact_visit") as "d" join "marts"."fact_visit" as "m" on ("m"."visit_id" = "d"."r#0");

insert into "tidemark_scratch"."tm_OWNER_N_root_line_country" ("order_id", "line_no", "product", "customer_id")
select "m"."order_id", "m"."line_no", "m"."product", "m"."customer_id" from (select distinct "r#0", "r#1" from "tidemark_scratch"."tm_OWNER_N_affected_line_country") as "d" join "marts"."fact_line" as "m" on ("m"."order_id" = "d"."r#0") and ("m"."line_no" = "d"."r#1") where not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" where ("d"."r#0" = "i"."k_order_id") and ("d"."r#1" = "i"."k_line_no"))
union all
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_customer_id" from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" where "i"."op" <> 'D' and exists (select 1 from (select distinct "r#0", "r#1" from "tidemark_scratch"."tm_OWNER_N_affected_line_country") as "d" where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"));

merge into "tidemark"."lags" as "lags" using (with "fresh" ("relation", "batch", "committed_at", "buckets") as (
select "relation", "batch", "committed_at", "buckets" from "tidemark"."lags" where false
union all select ?, 2, cast(? as timestamp_tz), cast(? as varchar) union all select ?, 2, cast(? as timestamp_tz), cast(? as varchar) union all select ?, 2, cast(? as timestamp_tz), cast(? as varchar) union all select ?, 2, cast(? as timestamp_tz), cast(? as varchar) union all select ?, 2, cast(? as timestamp_tz), cast(? as varchar)
) select * from "fresh") as "excluded"
on "lags"."relation" = "excluded"."relation" and "lags"."batch" = "excluded"."batch"
when not matched then insert ("relation", "batch", "committed_at", "buckets") values ("excluded"."relation", "excluded"."batch", "excluded"."committed_at", "excluded"."buckets");

merge into "tidemark"."positions" as "positions" using (with "fresh" ("source", "watermark", "full_compare_at", "delete_check_at", "batch") as (
select "source", "watermark", "full_compare_at", "delete_check_at", "batch" from "tidemark"."positions" where false
union all select ?, ?, cast(? as timestamp_tz), cast(? as timestamp_tz), ? union all select ?, ?, null, cast(? as timestamp_tz), ? union all select ?, ?, cast(? as timestamp_tz), cast(? as timestamp_tz), ?
) select * from "fresh") as "excluded"
on "positions"."source" = "excluded"."source"
when matched then update set "watermark" = coalesce("excluded"."watermark", "positions"."watermark"),
  "full_compare_at" = coalesce("excluded"."full_compare_at", "positions"."full_compare_at"),
  "delete_check_at" = coalesce("excluded"."delete_check_at", "positions"."delete_check_at"),
  "batch" = coalesce("excluded"."batch", "positions"."batch")
when not matched then insert ("source", "watermark", "full_compare_at", "delete_check_at", "batch") values ("excluded"."source", "excluded"."watermark", "excluded"."full_compare_at", "excluded"."delete_check_at", "excluded"."batch");

select "d"."k_customer_id" as "customer_id", "d"."r#0" as "root id" from "tidemark_scratch"."tm_OWNER_N_desired_dim_customer" as "d" where ("d"."k_customer_id" is null) limit 5;

select "d"."k_customer_id" as "customer_id", count(*) as "tidemark.rows"
from "tidemark_scratch"."tm_OWNER_N_desired_dim_customer" as "d" group by "d"."k_customer_id" having count(*) > 1 limit 5;

select "d"."k_order_id" as "order_id", "d"."k_line_no" as "line_no", "d"."r#0" as "root order_id", "d"."r#1" as "root line_no" from "tidemark_scratch"."tm_OWNER_N_desired_fact_line" as "d" where ("d"."k_order_id" is null or "d"."k_line_no" is null) limit 5;

select "d"."k_order_id" as "order_id", "d"."k_line_no" as "line_no", "d"."r#0" as "root order_id", "d"."r#1" as "root line_no" from "tidemark_scratch"."tm_OWNER_N_desired_line_country" as "d" where ("d"."k_order_id" is null or "d"."k_line_no" is null) limit 5;

select "d"."k_order_id" as "order_id", "d"."k_line_no" as "line_no", count(*) as "tidemark.rows"
from "tidemark_scratch"."tm_OWNER_N_desired_fact_line" as "d" group by "d"."k_order_id", "d"."k_line_no" having count(*) > 1 limit 5;

select "d"."k_order_id" as "order_id", "d"."k_line_no" as "line_no", count(*) as "tidemark.rows"
from "tidemark_scratch"."tm_OWNER_N_desired_line_country" as "d" group by "d"."k_order_id", "d"."k_line_no" having count(*) > 1 limit 5;

select "d"."k_visit_id" as "visit_id", "d"."r#0" as "root visit_id" from "tidemark_scratch"."tm_OWNER_N_desired_fact_visit" as "d" where ("d"."k_visit_id" is null) limit 5;

select "d"."k_visit_id" as "visit_id", count(*) as "tidemark.rows"
from "tidemark_scratch"."tm_OWNER_N_desired_fact_visit" as "d" group by "d"."k_visit_id" having count(*) > 1 limit 5;

select "i"."k_code" as "code" from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where ("i"."k_code" is null) limit 5;

select "i"."k_customer_id" as "customer_id", case when "i"."a_customer_id" is null then 'customer_id' end as "tidemark.column" from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" where "i"."op" <> 'D' and ("i"."a_customer_id" is null) limit 5;

select "i"."k_customer_id" as "customer_id", count(*) as "tidemark.rows" from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" group by "i"."k_customer_id" having count(*) > 1 limit 5;

select "i"."k_id" as "id" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("i"."k_id" is null) limit 5;

select "i"."k_order_id" as "order_id", "i"."k_line_no" as "line_no" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("i"."k_order_id" is null or "i"."k_line_no" is null) limit 5;

select "i"."k_order_id" as "order_id", "i"."k_line_no" as "line_no", count(*) as "tidemark.rows" from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" group by "i"."k_order_id", "i"."k_line_no" having count(*) > 1 limit 5;

select "i"."k_order_id" as "order_id", "i"."k_line_no" as "line_no", count(*) as "tidemark.rows" from "tidemark_scratch"."tm_OWNER_N_changes_line_country" as "i" group by "i"."k_order_id", "i"."k_line_no" having count(*) > 1 limit 5;

select "i"."k_visit_id" as "visit_id", count(*) as "tidemark.rows" from "tidemark_scratch"."tm_OWNER_N_changes_fact_visit" as "i" group by "i"."k_visit_id" having count(*) > 1 limit 5;

select "id", "command", "taken_at", "expires_at" from "tidemark"."shared_lease"
where "expires_at" > cast(sysdate() as timestamp_ltz) order by "taken_at" limit 1;

select "l"."token" from "tidemark"."lease" as "l" where "l"."id" = 1 and not exists (select 1 from "tidemark"."heartbeat");

select "name", "environment" from "tidemark"."project" where "id" = 1;

select "name", "fingerprint" from "tidemark"."relations" where "fingerprint" is not null;

select "name", "kind", "table_name", "mirror_name", "mapping", "first_batch", "made_by_us", "held", "behind_since", "behind_at", "behind_code", "behind_reason", "behind_retryable", "paused_reason"
from "tidemark"."relations";

select "s"."code", count(*) as "tidemark.rows"
from (select true as "tidemark.present", "countries"."code", "countries"."name"
    from "staging"."countries" as "countries" where true) as "s"
where exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where "i"."op" <> 'D' and ("s"."code" = "i"."k_code"))
group by "s"."code" having count(*) > 1 limit 5;

select "s"."id", count(*) as "tidemark.rows"
from (select true as "tidemark.present", "customers"."id", "customers"."name", "customers"."country", "customers"."credit", "customers"."updated_at"
    from "staging"."customers" as "customers" where true) as "s"
where exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and ("s"."id" = "i"."k_id"))
group by "s"."id" having count(*) > 1 limit 5;

select "s"."order_id", "s"."line_no", count(*) as "tidemark.rows"
from (select true as "tidemark.present", "order_lines"."order_id", "order_lines"."line_no", "order_lines"."customer_id", "order_lines"."product", "order_lines"."amount"
    from "staging"."order_lines" as "order_lines" where true) as "s"
where exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and ("s"."order_id" = "i"."k_order_id") and ("s"."line_no" = "i"."k_line_no"))
group by "s"."order_id", "s"."line_no" having count(*) > 1 limit 5;

select "source", "watermark", "full_compare_at", "delete_check_at" from "tidemark"."positions";

select "source", count_if(not "queued") as "held", count_if("queued") as "queued" from "tidemark"."holds" group by "source";

select "target", "events", "shape", "next_number", "fingerprint" as "fingerprint" from "tidemark"."histories";

select "target", "progress" from "tidemark"."parts";

select "token" from "tidemark"."lease" where "id" = 1;

select "token", "owner", "host", "pid", "command", "taken_at", "expires_at", "expires_at" <= cast(sysdate() as timestamp_ltz) as "expired"
from "tidemark"."heartbeat" where "id" = 1;

select (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_code")) || ':' || to_varchar("i"."k_code"), '-'), coalesce(length(to_varchar("i"."b_code")) || ':' || to_varchar("i"."b_code"), '-'), coalesce(length(to_varchar("i"."b_name")) || ':' || to_varchar("i"."b_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where "i"."op" <> 'I') as "taken", (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_code")) || ':' || to_varchar("i"."k_code"), '-'), coalesce(length(to_varchar("i"."a_code")) || ':' || to_varchar("i"."a_code"), '-'), coalesce(length(to_varchar("i"."a_name")) || ':' || to_varchar("i"."a_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where "i"."op" <> 'D') as "added";

select (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_customer_id")) || ':' || to_varchar("i"."k_customer_id"), '-'), coalesce(length(to_varchar("i"."b_customer_id")) || ':' || to_varchar("i"."b_customer_id"), '-'), coalesce(length(to_varchar("i"."b_name")) || ':' || to_varchar("i"."b_name"), '-'), coalesce(length(to_varchar("i"."b_country_name")) || ':' || to_varchar("i"."b_country_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" where "i"."op" <> 'I') as "taken", (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_customer_id")) || ':' || to_varchar("i"."k_customer_id"), '-'), coalesce(length(to_varchar("i"."a_customer_id")) || ':' || to_varchar("i"."a_customer_id"), '-'), coalesce(length(to_varchar("i"."a_name")) || ':' || to_varchar("i"."a_name"), '-'), coalesce(length(to_varchar("i"."a_country_name")) || ':' || to_varchar("i"."a_country_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" where "i"."op" <> 'D') as "added";

select (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_id")) || ':' || to_varchar("i"."k_id"), '-'), coalesce(length(to_varchar("i"."b_id")) || ':' || to_varchar("i"."b_id"), '-'), coalesce(length(to_varchar("i"."b_name")) || ':' || to_varchar("i"."b_name"), '-'), coalesce(length(to_varchar("i"."b_country")) || ':' || to_varchar("i"."b_country"), '-'), coalesce(length(to_varchar("i"."b_credit")) || ':' || to_varchar("i"."b_credit"), '-'), coalesce(length(to_varchar("i"."b_updated_at")) || ':' || to_varchar("i"."b_updated_at"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'I') as "taken", (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_id")) || ':' || to_varchar("i"."k_id"), '-'), coalesce(length(to_varchar("i"."a_id")) || ':' || to_varchar("i"."a_id"), '-'), coalesce(length(to_varchar("i"."a_name")) || ':' || to_varchar("i"."a_name"), '-'), coalesce(length(to_varchar("i"."a_country")) || ':' || to_varchar("i"."a_country"), '-'), coalesce(length(to_varchar("i"."a_credit")) || ':' || to_varchar("i"."a_credit"), '-'), coalesce(length(to_varchar("i"."a_updated_at")) || ':' || to_varchar("i"."a_updated_at"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D') as "added";

select (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_order_id")) || ':' || to_varchar("i"."k_order_id"), '-'), coalesce(length(to_varchar("i"."k_line_no")) || ':' || to_varchar("i"."k_line_no"), '-'), coalesce(length(to_varchar("i"."b_order_id")) || ':' || to_varchar("i"."b_order_id"), '-'), coalesce(length(to_varchar("i"."b_line_no")) || ':' || to_varchar("i"."b_line_no"), '-'), coalesce(length(to_varchar("i"."b_customer_id")) || ':' || to_varchar("i"."b_customer_id"), '-'), coalesce(length(to_varchar("i"."b_product")) || ':' || to_varchar("i"."b_product"), '-'), coalesce(length(to_varchar("i"."b_amount")) || ':' || to_varchar("i"."b_amount"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'I') as "taken", (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_order_id")) || ':' || to_varchar("i"."k_order_id"), '-'), coalesce(length(to_varchar("i"."k_line_no")) || ':' || to_varchar("i"."k_line_no"), '-'), coalesce(length(to_varchar("i"."a_order_id")) || ':' || to_varchar("i"."a_order_id"), '-'), coalesce(length(to_varchar("i"."a_line_no")) || ':' || to_varchar("i"."a_line_no"), '-'), coalesce(length(to_varchar("i"."a_customer_id")) || ':' || to_varchar("i"."a_customer_id"), '-'), coalesce(length(to_varchar("i"."a_product")) || ':' || to_varchar("i"."a_product"), '-'), coalesce(length(to_varchar("i"."a_amount")) || ':' || to_varchar("i"."a_amount"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D') as "added";

select (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_order_id")) || ':' || to_varchar("i"."k_order_id"), '-'), coalesce(length(to_varchar("i"."k_line_no")) || ':' || to_varchar("i"."k_line_no"), '-'), coalesce(length(to_varchar("i"."b_order_id")) || ':' || to_varchar("i"."b_order_id"), '-'), coalesce(length(to_varchar("i"."b_line_no")) || ':' || to_varchar("i"."b_line_no"), '-'), coalesce(length(to_varchar("i"."b_product")) || ':' || to_varchar("i"."b_product"), '-'), coalesce(length(to_varchar("i"."b_amount")) || ':' || to_varchar("i"."b_amount"), '-'), coalesce(length(to_varchar("i"."b_customer_id")) || ':' || to_varchar("i"."b_customer_id"), '-'), coalesce(length(to_varchar("i"."b_customer_name")) || ':' || to_varchar("i"."b_customer_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" where "i"."op" <> 'I') as "taken", (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_order_id")) || ':' || to_varchar("i"."k_order_id"), '-'), coalesce(length(to_varchar("i"."k_line_no")) || ':' || to_varchar("i"."k_line_no"), '-'), coalesce(length(to_varchar("i"."a_order_id")) || ':' || to_varchar("i"."a_order_id"), '-'), coalesce(length(to_varchar("i"."a_line_no")) || ':' || to_varchar("i"."a_line_no"), '-'), coalesce(length(to_varchar("i"."a_product")) || ':' || to_varchar("i"."a_product"), '-'), coalesce(length(to_varchar("i"."a_amount")) || ':' || to_varchar("i"."a_amount"), '-'), coalesce(length(to_varchar("i"."a_customer_id")) || ':' || to_varchar("i"."a_customer_id"), '-'), coalesce(length(to_varchar("i"."a_customer_name")) || ':' || to_varchar("i"."a_customer_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" where "i"."op" <> 'D') as "added";

select (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_order_id")) || ':' || to_varchar("i"."k_order_id"), '-'), coalesce(length(to_varchar("i"."k_line_no")) || ':' || to_varchar("i"."k_line_no"), '-'), coalesce(length(to_varchar("i"."b_order_id")) || ':' || to_varchar("i"."b_order_id"), '-'), coalesce(length(to_varchar("i"."b_line_no")) || ':' || to_varchar("i"."b_line_no"), '-'), coalesce(length(to_varchar("i"."b_product")) || ':' || to_varchar("i"."b_product"), '-'), coalesce(length(to_varchar("i"."b_country_name")) || ':' || to_varchar("i"."b_country_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_line_country" as "i" where "i"."op" <> 'I') as "taken", (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_order_id")) || ':' || to_varchar("i"."k_order_id"), '-'), coalesce(length(to_varchar("i"."k_line_no")) || ':' || to_varchar("i"."k_line_no"), '-'), coalesce(length(to_varchar("i"."a_order_id")) || ':' || to_varchar("i"."a_order_id"), '-'), coalesce(length(to_varchar("i"."a_line_no")) || ':' || to_varchar("i"."a_line_no"), '-'), coalesce(length(to_varchar("i"."a_product")) || ':' || to_varchar("i"."a_product"), '-'), coalesce(length(to_varchar("i"."a_country_name")) || ':' || to_varchar("i"."a_country_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_line_country" as "i" where "i"."op" <> 'D') as "added";

select (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_visit_id")) || ':' || to_varchar("i"."k_visit_id"), '-'), coalesce(length(to_varchar("i"."b_customer_name")) || ':' || to_varchar("i"."b_customer_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_fact_visit" as "i" where "i"."op" <> 'I') as "taken", (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_visit_id")) || ':' || to_varchar("i"."k_visit_id"), '-'), coalesce(length(to_varchar("i"."a_customer_name")) || ':' || to_varchar("i"."a_customer_name"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_fact_visit" as "i" where "i"."op" <> 'D') as "added";

select (select max("batch") from "tidemark"."batches") as "batch", (select max("change_id") from "tidemark"."changes") as "change";

select (select max("batch") from "tidemark"."batches") as "listed",
  (select max("b"."batch") from "tidemark"."batches" as "b" where "b"."changes" > 0 and "b"."kind" <> 'bootstrap' and "b"."pruned_at" is null) as "told",
  (select max("batch") from "tidemark"."changes") as "ledger", (select max("batch") from "tidemark"."audit") as "audit";

select 0 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."code")) || ':' || to_varchar("t"."code"), '-'), coalesce(length(to_varchar("t"."code")) || ':' || to_varchar("t"."code"), '-'), coalesce(length(to_varchar("t"."name")) || ':' || to_varchar("t"."name"), '-')))), 0)) as "cells", '' as "reads" from "staging_public"."countries" as "t") as "s"
union all
select 1 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."id")) || ':' || to_varchar("t"."id"), '-'), coalesce(length(to_varchar("t"."id")) || ':' || to_varchar("t"."id"), '-'), coalesce(length(to_varchar("t"."name")) || ':' || to_varchar("t"."name"), '-'), coalesce(length(to_varchar("t"."country")) || ':' || to_varchar("t"."country"), '-'), coalesce(length(to_varchar("t"."credit")) || ':' || to_varchar("t"."credit"), '-'), coalesce(length(to_varchar("t"."updated_at")) || ':' || to_varchar("t"."updated_at"), '-')))), 0)) as "cells", '' as "reads" from "staging_public"."customers" as "t") as "s"
union all
select 2 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."order_id")) || ':' || to_varchar("t"."order_id"), '-'), coalesce(length(to_varchar("t"."line_no")) || ':' || to_varchar("t"."line_no"), '-'), coalesce(length(to_varchar("t"."order_id")) || ':' || to_varchar("t"."order_id"), '-'), coalesce(length(to_varchar("t"."line_no")) || ':' || to_varchar("t"."line_no"), '-'), coalesce(length(to_varchar("t"."customer_id")) || ':' || to_varchar("t"."customer_id"), '-'), coalesce(length(to_varchar("t"."product")) || ':' || to_varchar("t"."product"), '-'), coalesce(length(to_varchar("t"."amount")) || ':' || to_varchar("t"."amount"), '-')))), 0)) as "cells", '' as "reads" from "staging_public"."order_lines" as "t") as "s"
union all
select 3 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."customer_id")) || ':' || to_varchar("t"."customer_id"), '-'), coalesce(length(to_varchar("t"."customer_id")) || ':' || to_varchar("t"."customer_id"), '-'), coalesce(length(to_varchar("t"."name")) || ':' || to_varchar("t"."name"), '-'), coalesce(length(to_varchar("t"."country_name")) || ':' || to_varchar("t"."country_name"), '-')))), 0)) as "cells", '' as "reads" from "marts"."dim_customer" as "t") as "s"
union all
select 4 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."order_id")) || ':' || to_varchar("t"."order_id"), '-'), coalesce(length(to_varchar("t"."line_no")) || ':' || to_varchar("t"."line_no"), '-'), coalesce(length(to_varchar("t"."order_id")) || ':' || to_varchar("t"."order_id"), '-'), coalesce(length(to_varchar("t"."line_no")) || ':' || to_varchar("t"."line_no"), '-'), coalesce(length(to_varchar("t"."product")) || ':' || to_varchar("t"."product"), '-'), coalesce(length(to_varchar("t"."amount")) || ':' || to_varchar("t"."amount"), '-'), coalesce(length(to_varchar("t"."customer_id")) || ':' || to_varchar("t"."customer_id"), '-'), coalesce(length(to_varchar("t"."customer_name")) || ':' || to_varchar("t"."customer_name"), '-')))), 0)) as "cells", '' as "reads" from "marts"."fact_line" as "t") as "s"
union all
select 5 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."visit_id")) || ':' || to_varchar("t"."visit_id"), '-'), coalesce(length(to_varchar("t"."customer_name")) || ':' || to_varchar("t"."customer_name"), '-')))), 0)) as "cells", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."visit_id")) || ':' || to_varchar("t"."visit_id"), '-'), coalesce(length(to_varchar("t"."customer_id")) || ':' || to_varchar("t"."customer_id"), '-')))), 0)) as "reads" from "marts"."fact_visit" as "t") as "s"
union all
select 6 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."order_id")) || ':' || to_varchar("t"."order_id"), '-'), coalesce(length(to_varchar("t"."line_no")) || ':' || to_varchar("t"."line_no"), '-'), coalesce(length(to_varchar("t"."order_id")) || ':' || to_varchar("t"."order_id"), '-'), coalesce(length(to_varchar("t"."line_no")) || ':' || to_varchar("t"."line_no"), '-'), coalesce(length(to_varchar("t"."product")) || ':' || to_varchar("t"."product"), '-'), coalesce(length(to_varchar("t"."country_name")) || ':' || to_varchar("t"."country_name"), '-')))), 0)) as "cells", '' as "reads" from "marts"."line_country" as "t") as "s";

select 1 as "found" from "tidemark_scratch"."tm_OWNER_N_affected_dim_customer" limit 1;

select 1 as "found" from "tidemark_scratch"."tm_OWNER_N_affected_fact_line" limit 1;

select 1 as "found" from "tidemark_scratch"."tm_OWNER_N_affected_fact_visit" limit 1;

select 1 as "found" from "tidemark_scratch"."tm_OWNER_N_affected_line_country" limit 1;

select 1 as "n", cast(floor(ln(greatest(1, "m"."ms")) * 10.492058687257062) as int) as "bucket", count(*) as "changes"
from (select cast(datediff('microsecond', "t"."at", cast(? as timestamp_tz)) * 0.001 as float) as "ms" from (select cast("i"."a_updated_at" as timestamp_tz) as "at" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i"
where "i"."op" <> 'D' and "i"."a_updated_at" is not null and ("i"."op" = 'I' or "i"."b_updated_at" is distinct from "i"."a_updated_at")) as "t" where ("t"."at" is not null)) as "m"
group by 1, 2;

select cast("committed_at" as varchar) as "at" from "tidemark"."batches" where "batch" = 2;

select cast(cast(sysdate() as timestamp_ltz) as varchar) as "moment";

select cast(cast(sysdate() as timestamp_ltz) as varchar) as "now";

select count(*) as "found" from "marts"."dim_customer" as "t" join "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" on "i"."op" = 'I' and ("t"."customer_id" = "i"."k_customer_id");

select count(*) as "found" from "marts"."fact_line" as "t" join "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" on "i"."op" = 'I' and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no");

select count(*) as "found" from "marts"."line_country" as "t" join "tidemark_scratch"."tm_OWNER_N_changes_line_country" as "i" on "i"."op" = 'I' and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no");

select count_if("i"."op" = 'I') as "inserted", count_if("i"."op" = 'U') as "updated", count_if("i"."op" = 'D') as "deleted", count_if("i"."op" = 'U' and ("i"."b_code" is distinct from "i"."a_code")) as "c0", count_if("i"."op" = 'U' and ("i"."b_name" is distinct from "i"."a_name")) as "c1", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."op")) || ':' || to_varchar("i"."op"), '-'), coalesce(length(to_varchar("i"."k_code")) || ':' || to_varchar("i"."k_code"), '-'), coalesce(length(to_varchar("i"."b_code")) || ':' || to_varchar("i"."b_code"), '-'), coalesce(length(to_varchar("i"."b_name")) || ':' || to_varchar("i"."b_name"), '-'), coalesce(length(to_varchar("i"."a_code")) || ':' || to_varchar("i"."a_code"), '-'), coalesce(length(to_varchar("i"."a_name")) || ':' || to_varchar("i"."a_name"), '-')))), 0)) as "digest", (select count(*) from (select true as "tidemark.present", "countries"."code", "countries"."name"
    from "staging"."countries" as "countries" where true) as "s") as "staged", (select count(*) from (select true as "tidemark.present", "m"."code", "m"."name" from "staging_public"."countries" as "m") as "m") as "mirrored" from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i";

select count_if("i"."op" = 'I') as "inserted", count_if("i"."op" = 'U') as "updated", count_if("i"."op" = 'D') as "deleted", count_if("i"."op" = 'U' and ("i"."b_customer_id" is distinct from "i"."a_customer_id")) as "c0", count_if("i"."op" = 'U' and ("i"."b_name" is distinct from "i"."a_name")) as "c1", count_if("i"."op" = 'U' and ("i"."b_country_name" is distinct from "i"."a_country_name")) as "c2", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."op")) || ':' || to_varchar("i"."op"), '-'), coalesce(length(to_varchar("i"."k_customer_id")) || ':' || to_varchar("i"."k_customer_id"), '-'), coalesce(length(to_varchar("i"."b_customer_id")) || ':' || to_varchar("i"."b_customer_id"), '-'), coalesce(length(to_varchar("i"."b_name")) || ':' || to_varchar("i"."b_name"), '-'), coalesce(length(to_varchar("i"."b_country_name")) || ':' || to_varchar("i"."b_country_name"), '-'), coalesce(length(to_varchar("i"."a_customer_id")) || ':' || to_varchar("i"."a_customer_id"), '-'), coalesce(length(to_varchar("i"."a_name")) || ':' || to_varchar("i"."a_name"), '-'), coalesce(length(to_varchar("i"."a_country_name")) || ':' || to_varchar("i"."a_country_name"), '-')))), 0)) as "digest" from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i";

select count_if("i"."op" = 'I') as "inserted", count_if("i"."op" = 'U') as "updated", count_if("i"."op" = 'D') as "deleted", count_if("i"."op" = 'U' and ("i"."b_customer_name" is distinct from "i"."a_customer_name")) as "c0", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."op")) || ':' || to_varchar("i"."op"), '-'), coalesce(length(to_varchar("i"."k_visit_id")) || ':' || to_varchar("i"."k_visit_id"), '-'), coalesce(length(to_varchar("i"."b_customer_name")) || ':' || to_varchar("i"."b_customer_name"), '-'), coalesce(length(to_varchar("i"."a_customer_name")) || ':' || to_varchar("i"."a_customer_name"), '-')))), 0)) as "digest" from "tidemark_scratch"."tm_OWNER_N_changes_fact_visit" as "i";

select count_if("i"."op" = 'I') as "inserted", count_if("i"."op" = 'U') as "updated", count_if("i"."op" = 'D') as "deleted", count_if("i"."op" = 'U' and ("i"."b_id" is distinct from "i"."a_id")) as "c0", count_if("i"."op" = 'U' and ("i"."b_name" is distinct from "i"."a_name")) as "c1", count_if("i"."op" = 'U' and ("i"."b_country" is distinct from "i"."a_country")) as "c2", count_if("i"."op" = 'U' and ("i"."b_credit" is distinct from "i"."a_credit")) as "c3", count_if("i"."op" = 'U' and ("i"."b_updated_at" is distinct from "i"."a_updated_at")) as "c4", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."op")) || ':' || to_varchar("i"."op"), '-'), coalesce(length(to_varchar("i"."k_id")) || ':' || to_varchar("i"."k_id"), '-'), coalesce(length(to_varchar("i"."b_id")) || ':' || to_varchar("i"."b_id"), '-'), coalesce(length(to_varchar("i"."b_name")) || ':' || to_varchar("i"."b_name"), '-'), coalesce(length(to_varchar("i"."b_country")) || ':' || to_varchar("i"."b_country"), '-'), coalesce(length(to_varchar("i"."b_credit")) || ':' || to_varchar("i"."b_credit"), '-'), coalesce(length(to_varchar("i"."b_updated_at")) || ':' || to_varchar("i"."b_updated_at"), '-'), coalesce(length(to_varchar("i"."a_id")) || ':' || to_varchar("i"."a_id"), '-'), coalesce(length(to_varchar("i"."a_name")) || ':' || to_varchar("i"."a_name"), '-'), coalesce(length(to_varchar("i"."a_country")) || ':' || to_varchar("i"."a_country"), '-'), coalesce(length(to_varchar("i"."a_credit")) || ':' || to_varchar("i"."a_credit"), '-'), coalesce(length(to_varchar("i"."a_updated_at")) || ':' || to_varchar("i"."a_updated_at"), '-')))), 0)) as "digest", cast(case when max("i"."a_updated_at") is null then cast(? as TIMESTAMP_NTZ(9)) when cast(? as TIMESTAMP_NTZ(9)) is null or case when max("i"."a_updated_at") > cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9)) then cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9)) else max("i"."a_updated_at") end > cast(? as TIMESTAMP_NTZ(9)) then case when max("i"."a_updated_at") > cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9)) then cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9)) else max("i"."a_updated_at") end else cast(? as TIMESTAMP_NTZ(9)) end as varchar) as "watermark" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i";

select count_if("i"."op" = 'I') as "inserted", count_if("i"."op" = 'U') as "updated", count_if("i"."op" = 'D') as "deleted", count_if("i"."op" = 'U' and ("i"."b_order_id" is distinct from "i"."a_order_id")) as "c0", count_if("i"."op" = 'U' and ("i"."b_line_no" is distinct from "i"."a_line_no")) as "c1", count_if("i"."op" = 'U' and ("i"."b_customer_id" is distinct from "i"."a_customer_id")) as "c2", count_if("i"."op" = 'U' and ("i"."b_product" is distinct from "i"."a_product")) as "c3", count_if("i"."op" = 'U' and ("i"."b_amount" is distinct from "i"."a_amount")) as "c4", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."op")) || ':' || to_varchar("i"."op"), '-'), coalesce(length(to_varchar("i"."k_order_id")) || ':' || to_varchar("i"."k_order_id"), '-'), coalesce(length(to_varchar("i"."k_line_no")) || ':' || to_varchar("i"."k_line_no"), '-'), coalesce(length(to_varchar("i"."b_order_id")) || ':' || to_varchar("i"."b_order_id"), '-'), coalesce(length(to_varchar("i"."b_line_no")) || ':' || to_varchar("i"."b_line_no"), '-'), coalesce(length(to_varchar("i"."b_customer_id")) || ':' || to_varchar("i"."b_customer_id"), '-'), coalesce(length(to_varchar("i"."b_product")) || ':' || to_varchar("i"."b_product"), '-'), coalesce(length(to_varchar("i"."b_amount")) || ':' || to_varchar("i"."b_amount"), '-'), coalesce(length(to_varchar("i"."a_order_id")) || ':' || to_varchar("i"."a_order_id"), '-'), coalesce(length(to_varchar("i"."a_line_no")) || ':' || to_varchar("i"."a_line_no"), '-'), coalesce(length(to_varchar("i"."a_customer_id")) || ':' || to_varchar("i"."a_customer_id"), '-'), coalesce(length(to_varchar("i"."a_product")) || ':' || to_varchar("i"."a_product"), '-'), coalesce(length(to_varchar("i"."a_amount")) || ':' || to_varchar("i"."a_amount"), '-')))), 0)) as "digest", (select count(*) from (select true as "tidemark.present", "order_lines"."order_id", "order_lines"."line_no", "order_lines"."customer_id", "order_lines"."product", "order_lines"."amount"
    from "staging"."order_lines" as "order_lines" where true) as "s") as "staged", (select count(*) from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."customer_id", "m"."product", "m"."amount" from "staging_public"."order_lines" as "m") as "m") as "mirrored" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i";

select count_if("i"."op" = 'I') as "inserted", count_if("i"."op" = 'U') as "updated", count_if("i"."op" = 'D') as "deleted", count_if("i"."op" = 'U' and ("i"."b_order_id" is distinct from "i"."a_order_id")) as "c0", count_if("i"."op" = 'U' and ("i"."b_line_no" is distinct from "i"."a_line_no")) as "c1", count_if("i"."op" = 'U' and ("i"."b_product" is distinct from "i"."a_product")) as "c2", count_if("i"."op" = 'U' and ("i"."b_amount" is distinct from "i"."a_amount")) as "c3", count_if("i"."op" = 'U' and ("i"."b_customer_id" is distinct from "i"."a_customer_id")) as "c4", count_if("i"."op" = 'U' and ("i"."b_customer_name" is distinct from "i"."a_customer_name")) as "c5", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."op")) || ':' || to_varchar("i"."op"), '-'), coalesce(length(to_varchar("i"."k_order_id")) || ':' || to_varchar("i"."k_order_id"), '-'), coalesce(length(to_varchar("i"."k_line_no")) || ':' || to_varchar("i"."k_line_no"), '-'), coalesce(length(to_varchar("i"."b_order_id")) || ':' || to_varchar("i"."b_order_id"), '-'), coalesce(length(to_varchar("i"."b_line_no")) || ':' || to_varchar("i"."b_line_no"), '-'), coalesce(length(to_varchar("i"."b_product")) || ':' || to_varchar("i"."b_product"), '-'), coalesce(length(to_varchar("i"."b_amount")) || ':' || to_varchar("i"."b_amount"), '-'), coalesce(length(to_varchar("i"."b_customer_id")) || ':' || to_varchar("i"."b_customer_id"), '-'), coalesce(length(to_varchar("i"."b_customer_name")) || ':' || to_varchar("i"."b_customer_name"), '-'), coalesce(length(to_varchar("i"."a_order_id")) || ':' || to_varchar("i"."a_order_id"), '-'), coalesce(length(to_varchar("i"."a_line_no")) || ':' || to_varchar("i"."a_line_no"), '-'), coalesce(length(to_varchar("i"."a_product")) || ':' || to_varchar("i"."a_product"), '-'), coalesce(length(to_varchar("i"."a_amount")) || ':' || to_varchar("i"."a_amount"), '-'), coalesce(length(to_varchar("i"."a_customer_id")) || ':' || to_varchar("i"."a_customer_id"), '-'), coalesce(length(to_varchar("i"."a_customer_name")) || ':' || to_varchar("i"."a_customer_name"), '-')))), 0)) as "digest" from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i";

select count_if("i"."op" = 'I') as "inserted", count_if("i"."op" = 'U') as "updated", count_if("i"."op" = 'D') as "deleted", count_if("i"."op" = 'U' and ("i"."b_order_id" is distinct from "i"."a_order_id")) as "c0", count_if("i"."op" = 'U' and ("i"."b_line_no" is distinct from "i"."a_line_no")) as "c1", count_if("i"."op" = 'U' and ("i"."b_product" is distinct from "i"."a_product")) as "c2", count_if("i"."op" = 'U' and ("i"."b_country_name" is distinct from "i"."a_country_name")) as "c3", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."op")) || ':' || to_varchar("i"."op"), '-'), coalesce(length(to_varchar("i"."k_order_id")) || ':' || to_varchar("i"."k_order_id"), '-'), coalesce(length(to_varchar("i"."k_line_no")) || ':' || to_varchar("i"."k_line_no"), '-'), coalesce(length(to_varchar("i"."b_order_id")) || ':' || to_varchar("i"."b_order_id"), '-'), coalesce(length(to_varchar("i"."b_line_no")) || ':' || to_varchar("i"."b_line_no"), '-'), coalesce(length(to_varchar("i"."b_product")) || ':' || to_varchar("i"."b_product"), '-'), coalesce(length(to_varchar("i"."b_country_name")) || ':' || to_varchar("i"."b_country_name"), '-'), coalesce(length(to_varchar("i"."a_order_id")) || ':' || to_varchar("i"."a_order_id"), '-'), coalesce(length(to_varchar("i"."a_line_no")) || ':' || to_varchar("i"."a_line_no"), '-'), coalesce(length(to_varchar("i"."a_product")) || ':' || to_varchar("i"."a_product"), '-'), coalesce(length(to_varchar("i"."a_country_name")) || ':' || to_varchar("i"."a_country_name"), '-')))), 0)) as "digest" from "tidemark_scratch"."tm_OWNER_N_changes_line_country" as "i";

select max("version") as "version" from "tidemark"."schema_version";

update "marts"."dim_customer" as "t" set "name" = "i"."a_name", "country_name" = "i"."a_country_name"
from "tidemark_scratch"."tm_OWNER_N_changes_dim_customer" as "i" where "i"."op" = 'U' and ("t"."customer_id" = "i"."k_customer_id") and case when (("t"."customer_id" is distinct from "i"."b_customer_id") or ("t"."name" is distinct from "i"."b_name") or ("t"."country_name" is distinct from "i"."b_country_name")) then false else true end;

update "marts"."fact_line" as "t" set "customer_id" = "i"."a_customer_id", "customer_name" = "i"."a_customer_name"
from "tidemark_scratch"."tm_OWNER_N_changes_fact_line" as "i" where "i"."op" = 'U' and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no") and case when (("t"."order_id" is distinct from "i"."b_order_id") or ("t"."line_no" is distinct from "i"."b_line_no") or ("t"."product" is distinct from "i"."b_product") or ("t"."amount" is distinct from "i"."b_amount") or ("t"."customer_id" is distinct from "i"."b_customer_id") or ("t"."customer_name" is distinct from "i"."b_customer_name")) then false else true end;

update "marts"."fact_visit" as "t" set "customer_name" = "i"."a_customer_name", "_updated_at" = cast(cast(? as timestamp_tz) as TIMESTAMP_NTZ(9))
from "tidemark_scratch"."tm_OWNER_N_changes_fact_visit" as "i" where "i"."op" = 'U' and ("t"."visit_id" = "i"."k_visit_id") and case when (("t"."customer_name" is distinct from "i"."b_customer_name") or ("t"."customer_id" is distinct from "i"."g_customer_id")) then false else true end;

update "marts"."line_country" as "t" set "country_name" = "i"."a_country_name"
from "tidemark_scratch"."tm_OWNER_N_changes_line_country" as "i" where "i"."op" = 'U' and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no") and case when (("t"."order_id" is distinct from "i"."b_order_id") or ("t"."line_no" is distinct from "i"."b_line_no") or ("t"."product" is distinct from "i"."b_product") or ("t"."country_name" is distinct from "i"."b_country_name")) then false else true end;

update "staging_public"."countries" as "t" set "name" = "i"."a_name"
from "tidemark_scratch"."tm_OWNER_N_images_countries" as "i" where "i"."op" = 'U' and ("t"."code" = "i"."k_code") and case when (("t"."code" is distinct from "i"."b_code") or ("t"."name" is distinct from "i"."b_name")) then false else true end;

update "staging_public"."customers" as "t" set "name" = "i"."a_name", "country" = "i"."a_country", "credit" = "i"."a_credit", "updated_at" = "i"."a_updated_at"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" = 'U' and ("t"."id" = "i"."k_id") and case when (("t"."id" is distinct from "i"."b_id") or ("t"."name" is distinct from "i"."b_name") or ("t"."country" is distinct from "i"."b_country") or ("t"."credit" is distinct from "i"."b_credit") or ("t"."updated_at" is distinct from "i"."b_updated_at")) then false else true end;

update "staging_public"."order_lines" as "t" set "customer_id" = "i"."a_customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" = 'U' and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no") and case when (("t"."order_id" is distinct from "i"."b_order_id") or ("t"."line_no" is distinct from "i"."b_line_no") or ("t"."customer_id" is distinct from "i"."b_customer_id") or ("t"."product" is distinct from "i"."b_product") or ("t"."amount" is distinct from "i"."b_amount")) then false else true end;

update "tidemark"."lease" set "token" = "token" where "id" = 1;

update "tidemark"."lease" set "token" = 2 where "id" = 1;

update "tidemark"."relations" set "fingerprint" = case "name" when ? then ? when ? then ? when ? then ? when ? then ? when ? then ? when ? then ? when ? then ? end where "name" in (?, ?, ?, ?, ?, ?, ?);
