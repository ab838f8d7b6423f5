create transient table "tidemark_scratch"."tm_OWNER_N_affected_by_product" ("r#0" NUMBER(38,0), "r#1" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_affected_customer_metrics" ("r#0" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_causes_customer_metrics" ("k_customer_id" NUMBER(38,0), "cause" bigint);

create transient table "tidemark_scratch"."tm_OWNER_N_changes_by_product" ("seq" bigint, "op" varchar, "declared" varchar, "k_product" VARCHAR(16777216), "b_product" VARCHAR(16777216), "b_sold" NUMBER(38,2), "b_buyers" NUMBER(19,0), "a_product" VARCHAR(16777216), "a_sold" NUMBER(38,2), "a_buyers" NUMBER(19,0));

create transient table "tidemark_scratch"."tm_OWNER_N_changes_customer_metrics" ("seq" bigint, "op" varchar, "declared" varchar, "k_customer_id" NUMBER(38,0), "b_customer_id" NUMBER(38,0), "b_name" VARCHAR(16777216), "b_lines" NUMBER(19,0), "b_spent" NUMBER(38,2), "b_visits" NUMBER(19,0), "a_customer_id" NUMBER(38,0), "a_name" VARCHAR(16777216), "a_lines" NUMBER(19,0), "a_spent" NUMBER(38,2), "a_visits" NUMBER(19,0));

create transient table "tidemark_scratch"."tm_OWNER_N_current_by_product" ("product" VARCHAR(16777216), "sold" NUMBER(38,2), "buyers" NUMBER(19,0));

create transient table "tidemark_scratch"."tm_OWNER_N_current_customer_metrics" ("customer_id" NUMBER(38,0), "name" VARCHAR(16777216), "lines" NUMBER(19,0), "spent" NUMBER(38,2), "visits" NUMBER(19,0));

create transient table "tidemark_scratch"."tm_OWNER_N_desired_by_product" ("k_product" VARCHAR(16777216), "a_product" VARCHAR(16777216), "a_sold" NUMBER(38,2), "a_buyers" NUMBER(19,0));

create transient table "tidemark_scratch"."tm_OWNER_N_desired_customer_metrics" ("k_customer_id" NUMBER(38,0), "a_customer_id" NUMBER(38,0), "a_name" VARCHAR(16777216), "a_lines" NUMBER(19,0), "a_spent" NUMBER(38,2), "a_visits" NUMBER(19,0), "r#0" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_keys_by_product" ("k_product" VARCHAR(16777216), "r#0" NUMBER(38,0), "r#1" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_keys_customer_metrics" ("k_customer_id" NUMBER(38,0), "r#0" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_root_by_product" ("order_id" NUMBER(38,0), "line_no" NUMBER(38,0), "product" VARCHAR(40), "amount" NUMBER(12,2), "customer_id" NUMBER(38,0));

create transient table "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" ("id" NUMBER(38,0), "name" VARCHAR(40), "credit" NUMBER(12,2));

insert into "tidemark"."audit" ("batch", "target", "operation", "key", "before", "after", "causes")
select 2, 'customer_metrics', "i"."op", cast('{' || array_to_string(array_construct_compact('"customer_id":' || coalesce('"' || to_varchar(("i"."k_customer_id")) || '"', 'null')), ',') || '}' as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."b_name")))), 'null') end, case when ("i"."b_lines" is distinct from "i"."a_lines") then '"lines":' || coalesce('"' || to_varchar(("i"."b_lines")) || '"', 'null') end, case when ("i"."b_spent" is distinct from "i"."a_spent") then '"spent":' || coalesce('"' || to_varchar(("i"."b_spent")) || '"', 'null') end, case when ("i"."b_visits" is distinct from "i"."a_visits") then '"visits":' || coalesce('"' || to_varchar(("i"."b_visits")) || '"', 'null') end), ',') || '}' end as varchar), cast(case "i"."op" when 'U' then '{' || array_to_string(array_construct_compact(case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_name")))), 'null') end, case when ("i"."b_lines" is distinct from "i"."a_lines") then '"lines":' || coalesce('"' || to_varchar(("i"."a_lines")) || '"', 'null') end, case when ("i"."b_spent" is distinct from "i"."a_spent") then '"spent":' || coalesce('"' || to_varchar(("i"."a_spent")) || '"', 'null') end, case when ("i"."b_visits" is distinct from "i"."a_visits") then '"visits":' || coalesce('"' || to_varchar(("i"."a_visits")) || '"', 'null') end), ',') || '}' when 'I' then '{' || array_to_string(array_construct_compact('"customer_id":' || coalesce('"' || to_varchar(("i"."a_customer_id")) || '"', 'null'), '"name":' || coalesce(to_json(to_variant(to_varchar(("i"."a_name")))), 'null'), '"lines":' || coalesce('"' || to_varchar(("i"."a_lines")) || '"', 'null'), '"spent":' || coalesce('"' || to_varchar(("i"."a_spent")) || '"', 'null'), '"visits":' || coalesce('"' || to_varchar(("i"."a_visits")) || '"', 'null')), ',') || '}' end as varchar), cast("c"."causes" as varchar) from "tidemark_scratch"."tm_OWNER_N_changes_customer_metrics" as "i"
left join (select "x"."k_customer_id", '[' || listagg(distinct cast("x"."cause" + 0 as varchar), ',') || ']' as "causes"
  from "tidemark_scratch"."tm_OWNER_N_causes_customer_metrics" as "x" group by "x"."k_customer_id") as "c" on ("i"."k_customer_id" = "c"."k_customer_id");

insert into "tidemark_scratch"."tm_OWNER_N_affected_by_product" ("r#0", "r#1", "cause")
select "i"."k_order_id", "i"."k_line_no", "i"."seq" + 1
from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("i"."op" <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")));

insert into "tidemark_scratch"."tm_OWNER_N_affected_by_product" ("r#0", "r#1", "cause")
select "order_lines"."order_id", "order_lines"."line_no", "customers"."tidemark.cause"
from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from "staging_public"."order_lines" as "m" where "m"."customer_id" in (select "x"."id" from (select "i"."seq" + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "x") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_order_id" as "order_id", "i"."a_line_no" as "line_no", "i"."a_product" as "product", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and "i"."a_customer_id" in (select "x"."id" from (select "i"."seq" + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "x")) as "order_lines"
join (select "i"."seq" + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "customers" on "order_lines"."customer_id" = "customers"."id";

insert into "tidemark_scratch"."tm_OWNER_N_affected_customer_metrics" ("r#0", "cause")
select "customers"."id", "order_lines"."tidemark.cause"
from (select true as "tidemark.present", "m"."id", "m"."name", "m"."credit" from "staging_public"."customers" as "m" where "m"."id" in (select "x"."customer_id" from (select "i"."seq" + 1 as "tidemark.cause", "i"."b_line_no" as "line_no", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) and ("i"."op" <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))
union all
select "i"."seq" + 1 as "tidemark.cause", "i"."a_line_no" as "line_no", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) as "x") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_id" as "id", "i"."a_name" as "name", "i"."a_credit" as "credit" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and "i"."a_id" in (select "x"."customer_id" from (select "i"."seq" + 1 as "tidemark.cause", "i"."b_line_no" as "line_no", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) and ("i"."op" <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))
union all
select "i"."seq" + 1 as "tidemark.cause", "i"."a_line_no" as "line_no", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) as "x")) as "customers"
join (select "i"."seq" + 1 as "tidemark.cause", "i"."b_line_no" as "line_no", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) and ("i"."op" <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))
union all
select "i"."seq" + 1 as "tidemark.cause", "i"."a_line_no" as "line_no", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) as "order_lines" on "order_lines"."customer_id" = "customers"."id";

insert into "tidemark_scratch"."tm_OWNER_N_affected_customer_metrics" ("r#0", "cause")
select "customers"."id", "visits"."tidemark.cause"
from (select true as "tidemark.present", "m"."id", "m"."name", "m"."credit" from "staging_public"."customers" as "m" where "m"."id" in (select "x"."customer_id" from (select "i"."seq" + 2 as "tidemark.cause", "i"."b_id" as "id", "i"."b_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_visits" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or false)
union all
select "i"."seq" + 2 as "tidemark.cause", "i"."a_id" as "id", "i"."a_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_visits" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or false)) as "x") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_id" as "id", "i"."a_name" as "name", "i"."a_credit" as "credit" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and "i"."a_id" in (select "x"."customer_id" from (select "i"."seq" + 2 as "tidemark.cause", "i"."b_id" as "id", "i"."b_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_visits" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or false)
union all
select "i"."seq" + 2 as "tidemark.cause", "i"."a_id" as "id", "i"."a_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_visits" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or false)) as "x")) as "customers"
join (select "i"."seq" + 2 as "tidemark.cause", "i"."b_id" as "id", "i"."b_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_visits" as "i" where ("i"."op" = 'D' or ("i"."op" = 'U' and false)) and ("i"."op" <> 'U' or false)
union all
select "i"."seq" + 2 as "tidemark.cause", "i"."a_id" as "id", "i"."a_customer_id" as "customer_id"
from "tidemark_scratch"."tm_OWNER_N_images_visits" as "i" where "i"."op" <> 'D' and ("i"."op" <> 'U' or false)) as "visits" on "visits"."customer_id" = "customers"."id";

insert into "tidemark_scratch"."tm_OWNER_N_affected_customer_metrics" ("r#0", "cause")
select "i"."k_id", "i"."seq" + 0
from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("i"."op" <> 'U' or (("i"."b_name" is distinct from "i"."a_name")));

insert into "tidemark_scratch"."tm_OWNER_N_causes_customer_metrics" ("k_customer_id", "cause")
select distinct "k"."k_customer_id", "a"."cause"
from "tidemark_scratch"."tm_OWNER_N_keys_customer_metrics" as "k" join "tidemark_scratch"."tm_OWNER_N_affected_customer_metrics" as "a" on ("k"."r#0" = "a"."r#0")
where "a"."cause" is not null;

insert into "tidemark_scratch"."tm_OWNER_N_changes_by_product" ("seq", "op", "declared", "k_product", "b_product", "b_sold", "b_buyers", "a_product", "a_sold", "a_buyers")
select row_number() over (order by null), case when "t"."tidemark.present" is null then 'I' when "d"."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_product", "t"."product", "t"."sold", "t"."buyers", case when "d"."tidemark.present" is not null then "d"."a_product" end, case when "d"."tidemark.present" is not null then "d"."a_sold" end, case when "d"."tidemark.present" is not null then "d"."a_buyers" end
from (select distinct "k_product" from "tidemark_scratch"."tm_OWNER_N_keys_by_product") as "k"
left join (select true as "tidemark.present", "w"."k_product", "w"."a_product", "w"."a_sold", "w"."a_buyers" from "tidemark_scratch"."tm_OWNER_N_desired_by_product" as "w") as "d" on ("d"."k_product" = "k"."k_product")
left join (select true as "tidemark.present", "c"."product", "c"."sold", "c"."buyers" from "tidemark_scratch"."tm_OWNER_N_current_by_product" as "c") as "t" on ("t"."product" = "k"."k_product")
where ("d"."tidemark.present" is not null or "t"."tidemark.present" is not null) and ("t"."tidemark.present" is null or "d"."tidemark.present" is null or ("t"."product" is distinct from "d"."a_product") or ("t"."sold" is distinct from "d"."a_sold") or ("t"."buyers" is distinct from "d"."a_buyers"));

insert into "tidemark_scratch"."tm_OWNER_N_changes_customer_metrics" ("seq", "op", "declared", "k_customer_id", "b_customer_id", "b_name", "b_lines", "b_spent", "b_visits", "a_customer_id", "a_name", "a_lines", "a_spent", "a_visits")
select row_number() over (order by null), case when "t"."tidemark.present" is null then 'I' when "d"."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_customer_id", "t"."customer_id", "t"."name", "t"."lines", "t"."spent", "t"."visits", case when "d"."tidemark.present" is not null then "d"."a_customer_id" end, case when "d"."tidemark.present" is not null then "d"."a_name" end, case when "d"."tidemark.present" is not null then "d"."a_lines" end, case when "d"."tidemark.present" is not null then "d"."a_spent" end, case when "d"."tidemark.present" is not null then "d"."a_visits" end
from (select distinct "k_customer_id" from "tidemark_scratch"."tm_OWNER_N_keys_customer_metrics") as "k"
left join (select true as "tidemark.present", "w"."k_customer_id", "w"."a_customer_id", "w"."a_name", "w"."a_lines", "w"."a_spent", "w"."a_visits", "w"."r#0" from "tidemark_scratch"."tm_OWNER_N_desired_customer_metrics" as "w") as "d" on ("d"."k_customer_id" = "k"."k_customer_id")
left join (select true as "tidemark.present", "c"."customer_id", "c"."name", "c"."lines", "c"."spent", "c"."visits" from "tidemark_scratch"."tm_OWNER_N_current_customer_metrics" as "c") as "t" on ("t"."customer_id" = "k"."k_customer_id")
where ("d"."tidemark.present" is not null or "t"."tidemark.present" is not null) and ("t"."tidemark.present" is null or "d"."tidemark.present" is null or ("t"."customer_id" is distinct from "d"."a_customer_id") or ("t"."name" is distinct from "d"."a_name") or ("t"."lines" is distinct from "d"."a_lines") or ("t"."spent" is distinct from "d"."a_spent") or ("t"."visits" is distinct from "d"."a_visits"));

insert into "tidemark_scratch"."tm_OWNER_N_current_by_product" ("product", "sold", "buyers")
select "c"."product", "c"."sold", "c"."buyers" from (select distinct "k_product" from "tidemark_scratch"."tm_OWNER_N_keys_by_product") as "k"
join "marts"."by_product" as "c" on ("c"."product" = "k"."k_product");

insert into "tidemark_scratch"."tm_OWNER_N_current_customer_metrics" ("customer_id", "name", "lines", "spent", "visits")
select "c"."customer_id", "c"."name", "c"."lines", "c"."spent", "c"."visits" from (select distinct "k_customer_id" from "tidemark_scratch"."tm_OWNER_N_keys_customer_metrics") as "k"
join "marts"."customer_metrics" as "c" on ("c"."customer_id" = "k"."k_customer_id");

insert into "tidemark_scratch"."tm_OWNER_N_desired_by_product" ("k_product", "a_product", "a_sold", "a_buyers")
select "many#0"."g#0", cast("many#0"."g#0" as varchar), cast("many#0"."x#0#0" as NUMBER(38,2)), cast("many#0"."x#0#1" as NUMBER(19,0))
from (select cast("order_lines"."product" as varchar) as "g#0", sum("order_lines"."amount") as "x#0#0", count(distinct "customers"."name") as "x#0#1"
from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_by_product" as "r") as "order_lines"
left join (select true as "tidemark.present", "m"."name", "m"."id" from "staging_public"."customers" as "m" where "m"."id" in (select "order_lines"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_by_product" as "r") as "order_lines") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_name" as "name", "i"."a_id" as "id" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and "i"."a_id" in (select "order_lines"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_by_product" as "r") as "order_lines")) as "customers" on "order_lines"."customer_id" = "customers"."id"
group by cast("order_lines"."product" as varchar)) as "many#0";

insert into "tidemark_scratch"."tm_OWNER_N_desired_customer_metrics" ("k_customer_id", "a_customer_id", "a_name", "a_lines", "a_spent", "a_visits", "r#0")
select cast("customers"."id" as NUMBER(38,0)), cast("customers"."id" as NUMBER(38,0)), cast("customers"."name" as varchar), cast("many#0"."x#0#0" as NUMBER(19,0)), cast(coalesce("many#0"."x#0#1", 0) + "customers"."credit" as NUMBER(38,2)), cast("many#1"."x#1#0" as NUMBER(19,0)), "customers"."id"
from (select "r"."id", "r"."name", "r"."credit" from "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" as "r") as "customers"
join (select "customers"."id" as "g#0", count("order_lines"."line_no") as "x#0#0", sum("order_lines"."amount") as "x#0#1"
from (select "r"."id", "r"."name", "r"."credit" from "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" as "r") as "customers"
left join (select true as "tidemark.present", "m"."line_no", "m"."amount", "m"."customer_id" from "staging_public"."order_lines" as "m" where "m"."customer_id" in (select "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" as "r") as "customers") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_line_no" as "line_no", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and "i"."a_customer_id" in (select "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" as "r") as "customers")) as "order_lines" on "order_lines"."customer_id" = "customers"."id"
group by "customers"."id") as "many#0" on ("customers"."id" = "many#0"."g#0")
join (select "customers"."id" as "g#0", count("visits"."id") as "x#1#0"
from (select "r"."id", "r"."name", "r"."credit" from "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" as "r") as "customers"
left join (select true as "tidemark.present", "m"."id", "m"."customer_id" from "staging_public"."visits" as "m" where "m"."customer_id" in (select "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" as "r") as "customers") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_visits" as "i" where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_id" as "id", "i"."a_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_images_visits" as "i" where "i"."op" <> 'D' and "i"."a_customer_id" in (select "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" as "r") as "customers")) as "visits" on "visits"."customer_id" = "customers"."id"
group by "customers"."id") as "many#1" on ("customers"."id" = "many#1"."g#0");

insert into "tidemark_scratch"."tm_OWNER_N_keys_by_product" ("k_product", "r#0", "r#1")
select cast("order_lines"."product" as varchar), "order_lines"."order_id", "order_lines"."line_no" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "tidemark_scratch"."tm_OWNER_N_root_by_product" as "r") as "order_lines"
union all
select cast("order_lines"."product" as varchar), "order_lines"."order_id", "order_lines"."line_no" from (select "i"."b_order_id" as "order_id", "i"."b_line_no" as "line_no", "i"."b_product" as "product", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'I' and exists (select 1 from "tidemark_scratch"."tm_OWNER_N_affected_by_product" as "d" where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"))) as "order_lines";

insert into "tidemark_scratch"."tm_OWNER_N_keys_customer_metrics" ("k_customer_id", "r#0")
select cast("customers"."id" as NUMBER(38,0)), "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" as "r") as "customers"
union all
select cast("customers"."id" as NUMBER(38,0)), "customers"."id" from (select "i"."b_id" as "id", "i"."b_name" as "name", "i"."b_credit" as "credit" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'I' and exists (select 1 from "tidemark_scratch"."tm_OWNER_N_affected_customer_metrics" as "d" where ("i"."k_id" = "d"."r#0"))) as "customers";

insert into "tidemark_scratch"."tm_OWNER_N_root_by_product" ("order_id", "line_no", "product", "amount", "customer_id")
select "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from (select distinct "r#0", "r#1" from "tidemark_scratch"."tm_OWNER_N_affected_by_product") as "d" join "staging_public"."order_lines" as "m" on ("m"."order_id" = "d"."r#0") and ("m"."line_no" = "d"."r#1") where not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("d"."r#0" = "i"."k_order_id") and ("d"."r#1" = "i"."k_line_no"))
union all
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_amount", "i"."a_customer_id" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and exists (select 1 from (select distinct "r#0", "r#1" from "tidemark_scratch"."tm_OWNER_N_affected_by_product") as "d" where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"));

insert into "tidemark_scratch"."tm_OWNER_N_root_by_product" ("order_id", "line_no", "product", "amount", "customer_id")
select "order_lines"."order_id", "order_lines"."line_no", "order_lines"."product", "order_lines"."amount", "order_lines"."customer_id" from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from "staging_public"."order_lines" as "m" where "m"."product" in (select "k"."k_product" from "tidemark_scratch"."tm_OWNER_N_keys_by_product" as "k") and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_order_id" as "order_id", "i"."a_line_no" as "line_no", "i"."a_product" as "product", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id" from "tidemark_scratch"."tm_OWNER_N_images_order_lines" as "i" where "i"."op" <> 'D' and "i"."a_product" in (select "k"."k_product" from "tidemark_scratch"."tm_OWNER_N_keys_by_product" as "k")) as "order_lines"
where exists (select 1 from "tidemark_scratch"."tm_OWNER_N_keys_by_product" as "k" where ("k"."k_product" = (cast(cast("order_lines"."product" as varchar) as varchar))))
  and not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_root_by_product" as "r" where ("r"."order_id" = "order_lines"."order_id") and ("r"."line_no" = "order_lines"."line_no"));

insert into "tidemark_scratch"."tm_OWNER_N_root_customer_metrics" ("id", "name", "credit")
select "m"."id", "m"."name", "m"."credit" from (select distinct "r#0" from "tidemark_scratch"."tm_OWNER_N_affected_customer_metrics") as "d" join "staging_public"."customers" as "m" on ("m"."id" = "d"."r#0") where not exists (select 1 from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where ("d"."r#0" = "i"."k_id"))
union all
select "i"."a_id", "i"."a_name", "i"."a_credit" from "tidemark_scratch"."tm_OWNER_N_images_customers" as "i" where "i"."op" <> 'D' and exists (select 1 from (select distinct "r#0" from "tidemark_scratch"."tm_OWNER_N_affected_customer_metrics") as "d" where ("i"."k_id" = "d"."r#0"));

select "d"."k_customer_id" as "customer_id", "d"."r#0" as "root id" from "tidemark_scratch"."tm_OWNER_N_desired_customer_metrics" as "d" where ("d"."k_customer_id" is null) limit 5;

select "d"."k_customer_id" as "customer_id", count(*) as "tidemark.rows"
from "tidemark_scratch"."tm_OWNER_N_desired_customer_metrics" as "d" group by "d"."k_customer_id" having count(*) > 1 limit 5;

select "d"."k_product" as "product" from "tidemark_scratch"."tm_OWNER_N_desired_by_product" as "d" where ("d"."k_product" is null) limit 5;

select "d"."k_product" as "product", count(*) as "tidemark.rows"
from "tidemark_scratch"."tm_OWNER_N_desired_by_product" as "d" group by "d"."k_product" having count(*) > 1 limit 5;

select "i"."k_customer_id" as "customer_id", count(*) as "tidemark.rows" from "tidemark_scratch"."tm_OWNER_N_changes_customer_metrics" as "i" group by "i"."k_customer_id" having count(*) > 1 limit 5;

select (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_customer_id")) || ':' || to_varchar("i"."k_customer_id"), '-'), coalesce(length(to_varchar("i"."b_customer_id")) || ':' || to_varchar("i"."b_customer_id"), '-'), coalesce(length(to_varchar("i"."b_name")) || ':' || to_varchar("i"."b_name"), '-'), coalesce(length(to_varchar("i"."b_lines")) || ':' || to_varchar("i"."b_lines"), '-'), coalesce(length(to_varchar("i"."b_spent")) || ':' || to_varchar("i"."b_spent"), '-'), coalesce(length(to_varchar("i"."b_visits")) || ':' || to_varchar("i"."b_visits"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_customer_metrics" as "i" where "i"."op" <> 'I') as "taken", (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."k_customer_id")) || ':' || to_varchar("i"."k_customer_id"), '-'), coalesce(length(to_varchar("i"."a_customer_id")) || ':' || to_varchar("i"."a_customer_id"), '-'), coalesce(length(to_varchar("i"."a_name")) || ':' || to_varchar("i"."a_name"), '-'), coalesce(length(to_varchar("i"."a_lines")) || ':' || to_varchar("i"."a_lines"), '-'), coalesce(length(to_varchar("i"."a_spent")) || ':' || to_varchar("i"."a_spent"), '-'), coalesce(length(to_varchar("i"."a_visits")) || ':' || to_varchar("i"."a_visits"), '-')))), 0)) from "tidemark_scratch"."tm_OWNER_N_changes_customer_metrics" as "i" where "i"."op" <> 'D') as "added";

select 0 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."code")) || ':' || to_varchar("t"."code"), '-'), coalesce(length(to_varchar("t"."code")) || ':' || to_varchar("t"."code"), '-'), coalesce(length(to_varchar("t"."name")) || ':' || to_varchar("t"."name"), '-')))), 0)) as "cells", '' as "reads" from "staging_public"."countries" as "t") as "s"
union all
select 1 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."id")) || ':' || to_varchar("t"."id"), '-'), coalesce(length(to_varchar("t"."id")) || ':' || to_varchar("t"."id"), '-'), coalesce(length(to_varchar("t"."name")) || ':' || to_varchar("t"."name"), '-'), coalesce(length(to_varchar("t"."country")) || ':' || to_varchar("t"."country"), '-'), coalesce(length(to_varchar("t"."credit")) || ':' || to_varchar("t"."credit"), '-'), coalesce(length(to_varchar("t"."updated_at")) || ':' || to_varchar("t"."updated_at"), '-')))), 0)) as "cells", '' as "reads" from "staging_public"."customers" as "t") as "s"
union all
select 2 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."order_id")) || ':' || to_varchar("t"."order_id"), '-'), coalesce(length(to_varchar("t"."line_no")) || ':' || to_varchar("t"."line_no"), '-'), coalesce(length(to_varchar("t"."order_id")) || ':' || to_varchar("t"."order_id"), '-'), coalesce(length(to_varchar("t"."line_no")) || ':' || to_varchar("t"."line_no"), '-'), coalesce(length(to_varchar("t"."customer_id")) || ':' || to_varchar("t"."customer_id"), '-'), coalesce(length(to_varchar("t"."product")) || ':' || to_varchar("t"."product"), '-'), coalesce(length(to_varchar("t"."amount")) || ':' || to_varchar("t"."amount"), '-')))), 0)) as "cells", '' as "reads" from "staging_public"."order_lines" as "t") as "s"
union all
select 3 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."id")) || ':' || to_varchar("t"."id"), '-'), coalesce(length(to_varchar("t"."id")) || ':' || to_varchar("t"."id"), '-'), coalesce(length(to_varchar("t"."customer_id")) || ':' || to_varchar("t"."customer_id"), '-')))), 0)) as "cells", '' as "reads" from "staging_public"."visits" as "t") as "s"
union all
select 4 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."product")) || ':' || to_varchar("t"."product"), '-'), coalesce(length(to_varchar("t"."product")) || ':' || to_varchar("t"."product"), '-'), coalesce(length(to_varchar("t"."sold")) || ':' || to_varchar("t"."sold"), '-'), coalesce(length(to_varchar("t"."buyers")) || ':' || to_varchar("t"."buyers"), '-')))), 0)) as "cells", '' as "reads" from "marts"."by_product" as "t") as "s"
union all
select 5 as "n", "s"."cells", "s"."reads" from (select (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("t"."customer_id")) || ':' || to_varchar("t"."customer_id"), '-'), coalesce(length(to_varchar("t"."customer_id")) || ':' || to_varchar("t"."customer_id"), '-'), coalesce(length(to_varchar("t"."name")) || ':' || to_varchar("t"."name"), '-'), coalesce(length(to_varchar("t"."lines")) || ':' || to_varchar("t"."lines"), '-'), coalesce(length(to_varchar("t"."spent")) || ':' || to_varchar("t"."spent"), '-'), coalesce(length(to_varchar("t"."visits")) || ':' || to_varchar("t"."visits"), '-')))), 0)) as "cells", '' as "reads" from "marts"."customer_metrics" as "t") as "s";

select 1 as "found" from "tidemark_scratch"."tm_OWNER_N_affected_by_product" limit 1;

select 1 as "found" from "tidemark_scratch"."tm_OWNER_N_affected_customer_metrics" limit 1;

select count_if("i"."op" = 'I') as "inserted", count_if("i"."op" = 'U') as "updated", count_if("i"."op" = 'D') as "deleted", count_if("i"."op" = 'U' and ("i"."b_customer_id" is distinct from "i"."a_customer_id")) as "c0", count_if("i"."op" = 'U' and ("i"."b_name" is distinct from "i"."a_name")) as "c1", count_if("i"."op" = 'U' and ("i"."b_lines" is distinct from "i"."a_lines")) as "c2", count_if("i"."op" = 'U' and ("i"."b_spent" is distinct from "i"."a_spent")) as "c3", count_if("i"."op" = 'U' and ("i"."b_visits" is distinct from "i"."a_visits")) as "c4", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."op")) || ':' || to_varchar("i"."op"), '-'), coalesce(length(to_varchar("i"."k_customer_id")) || ':' || to_varchar("i"."k_customer_id"), '-'), coalesce(length(to_varchar("i"."b_customer_id")) || ':' || to_varchar("i"."b_customer_id"), '-'), coalesce(length(to_varchar("i"."b_name")) || ':' || to_varchar("i"."b_name"), '-'), coalesce(length(to_varchar("i"."b_lines")) || ':' || to_varchar("i"."b_lines"), '-'), coalesce(length(to_varchar("i"."b_spent")) || ':' || to_varchar("i"."b_spent"), '-'), coalesce(length(to_varchar("i"."b_visits")) || ':' || to_varchar("i"."b_visits"), '-'), coalesce(length(to_varchar("i"."a_customer_id")) || ':' || to_varchar("i"."a_customer_id"), '-'), coalesce(length(to_varchar("i"."a_name")) || ':' || to_varchar("i"."a_name"), '-'), coalesce(length(to_varchar("i"."a_lines")) || ':' || to_varchar("i"."a_lines"), '-'), coalesce(length(to_varchar("i"."a_spent")) || ':' || to_varchar("i"."a_spent"), '-'), coalesce(length(to_varchar("i"."a_visits")) || ':' || to_varchar("i"."a_visits"), '-')))), 0)) as "digest" from "tidemark_scratch"."tm_OWNER_N_changes_customer_metrics" as "i";

select count_if("i"."op" = 'I') as "inserted", count_if("i"."op" = 'U') as "updated", count_if("i"."op" = 'D') as "deleted", count_if("i"."op" = 'U' and ("i"."b_product" is distinct from "i"."a_product")) as "c0", count_if("i"."op" = 'U' and ("i"."b_sold" is distinct from "i"."a_sold")) as "c1", count_if("i"."op" = 'U' and ("i"."b_buyers" is distinct from "i"."a_buyers")) as "c2", (count(*) || ':' || coalesce(sum(md5_number_lower64(concat(coalesce(length(to_varchar("i"."op")) || ':' || to_varchar("i"."op"), '-'), coalesce(length(to_varchar("i"."k_product")) || ':' || to_varchar("i"."k_product"), '-'), coalesce(length(to_varchar("i"."b_product")) || ':' || to_varchar("i"."b_product"), '-'), coalesce(length(to_varchar("i"."b_sold")) || ':' || to_varchar("i"."b_sold"), '-'), coalesce(length(to_varchar("i"."b_buyers")) || ':' || to_varchar("i"."b_buyers"), '-'), coalesce(length(to_varchar("i"."a_product")) || ':' || to_varchar("i"."a_product"), '-'), coalesce(length(to_varchar("i"."a_sold")) || ':' || to_varchar("i"."a_sold"), '-'), coalesce(length(to_varchar("i"."a_buyers")) || ':' || to_varchar("i"."a_buyers"), '-')))), 0)) as "digest" from "tidemark_scratch"."tm_OWNER_N_changes_by_product" as "i";

update "marts"."customer_metrics" as "t" set "name" = "i"."a_name", "lines" = "i"."a_lines", "spent" = "i"."a_spent", "visits" = "i"."a_visits"
from "tidemark_scratch"."tm_OWNER_N_changes_customer_metrics" as "i" where "i"."op" = 'U' and ("t"."customer_id" = "i"."k_customer_id") and case when (("t"."customer_id" is distinct from "i"."b_customer_id") or ("t"."name" is distinct from "i"."b_name") or ("t"."lines" is distinct from "i"."b_lines") or ("t"."spent" is distinct from "i"."b_spent") or ("t"."visits" is distinct from "i"."b_visits")) then false else true end;
