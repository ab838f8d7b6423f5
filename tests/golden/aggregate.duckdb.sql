create temp table "temp"."main"."tm_OWNER_N_affected_by_product" ("r#0" BIGINT, "r#1" INTEGER, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_affected_customer_metrics" ("r#0" BIGINT, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_causes_customer_metrics" ("k_customer_id" BIGINT, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_changes_by_product" ("seq" bigint, "op" varchar, "declared" varchar, "k_product" VARCHAR, "b_product" VARCHAR, "b_sold" DECIMAL(38,2), "b_buyers" BIGINT, "a_product" VARCHAR, "a_sold" DECIMAL(38,2), "a_buyers" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_changes_customer_metrics" ("seq" bigint, "op" varchar, "declared" varchar, "k_customer_id" BIGINT, "b_customer_id" BIGINT, "b_name" VARCHAR, "b_lines" BIGINT, "b_spent" DECIMAL(38,2), "b_visits" BIGINT, "a_customer_id" BIGINT, "a_name" VARCHAR, "a_lines" BIGINT, "a_spent" DECIMAL(38,2), "a_visits" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_current_by_product" ("product" VARCHAR, "sold" DECIMAL(38,2), "buyers" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_current_customer_metrics" ("customer_id" BIGINT, "name" VARCHAR, "lines" BIGINT, "spent" DECIMAL(38,2), "visits" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_desired_by_product" ("k_product" VARCHAR, "a_product" VARCHAR, "a_sold" DECIMAL(38,2), "a_buyers" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_desired_customer_metrics" ("k_customer_id" BIGINT, "a_customer_id" BIGINT, "a_name" VARCHAR, "a_lines" BIGINT, "a_spent" DECIMAL(38,2), "a_visits" BIGINT, "r#0" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_keys_by_product" ("k_product" VARCHAR, "r#0" BIGINT, "r#1" INTEGER);

create temp table "temp"."main"."tm_OWNER_N_keys_customer_metrics" ("k_customer_id" BIGINT, "r#0" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_root_by_product" ("order_id" BIGINT, "line_no" INTEGER, "product" VARCHAR, "amount" DECIMAL(12,2), "customer_id" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_root_customer_metrics" ("id" BIGINT, "name" VARCHAR, "credit" DECIMAL(12,2));

delete from "marts"."customer_metrics" as t using "temp"."main"."tm_OWNER_N_changes_customer_metrics" as i
where i.op in ('U', 'D') and ("t"."customer_id" = "i"."k_customer_id");

insert into "marts"."customer_metrics" ("customer_id", "name", "lines", "spent", "visits")
select "i"."a_customer_id", "i"."a_name", "i"."a_lines", "i"."a_spent", "i"."a_visits" from "temp"."main"."tm_OWNER_N_changes_customer_metrics" as i
where i.op = 'U' or (i.op = 'I' and not exists (select 1 from "marts"."customer_metrics" as t where ("t"."customer_id" = "i"."k_customer_id")));

insert into "temp"."main"."tm_OWNER_N_affected_by_product" ("r#0", "r#1", "cause")
select "i"."k_order_id", "i"."k_line_no", i.seq + 1
from "temp"."main"."tm_OWNER_N_images_order_lines" as i where (i.op <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")));

insert into "temp"."main"."tm_OWNER_N_affected_by_product" ("r#0", "r#1", "cause")
select "order_lines"."order_id", "order_lines"."line_no", "customers"."tidemark.cause"
from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from "staging_public"."order_lines" as m where "m"."customer_id" in (select "x"."id" from (select i.seq + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as x) and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_order_lines" as i where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_order_id" as "order_id", "i"."a_line_no" as "line_no", "i"."a_product" as "product", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and "i"."a_customer_id" in (select "x"."id" from (select i.seq + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as x)) as "order_lines"
join (select i.seq + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "customers" on "order_lines"."customer_id" = "customers"."id";

insert into "temp"."main"."tm_OWNER_N_affected_customer_metrics" ("r#0", "cause")
select "customers"."id", "order_lines"."tidemark.cause"
from (select true as "tidemark.present", "m"."id", "m"."name", "m"."credit" from "staging_public"."customers" as m where "m"."id" in (select "x"."customer_id" from (select i.seq + 1 as "tidemark.cause", "i"."b_line_no" as "line_no", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_order_lines" as i where (i.op = 'D' or (i.op = 'U' and (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) and (i.op <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))
union all
select i.seq + 1 as "tidemark.cause", "i"."a_line_no" as "line_no", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) as x) and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_id" as "id", "i"."a_name" as "name", "i"."a_credit" as "credit" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and "i"."a_id" in (select "x"."customer_id" from (select i.seq + 1 as "tidemark.cause", "i"."b_line_no" as "line_no", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_order_lines" as i where (i.op = 'D' or (i.op = 'U' and (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) and (i.op <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))
union all
select i.seq + 1 as "tidemark.cause", "i"."a_line_no" as "line_no", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) as x)) as "customers"
join (select i.seq + 1 as "tidemark.cause", "i"."b_line_no" as "line_no", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_order_lines" as i where (i.op = 'D' or (i.op = 'U' and (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) and (i.op <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))
union all
select i.seq + 1 as "tidemark.cause", "i"."a_line_no" as "line_no", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")))) as "order_lines" on "order_lines"."customer_id" = "customers"."id";

insert into "temp"."main"."tm_OWNER_N_affected_customer_metrics" ("r#0", "cause")
select "customers"."id", "visits"."tidemark.cause"
from (select true as "tidemark.present", "m"."id", "m"."name", "m"."credit" from "staging_public"."customers" as m where "m"."id" in (select "x"."customer_id" from (select i.seq + 2 as "tidemark.cause", "i"."b_id" as "id", "i"."b_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_visits" as i where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or false)
union all
select i.seq + 2 as "tidemark.cause", "i"."a_id" as "id", "i"."a_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_visits" as i where i.op <> 'D' and (i.op <> 'U' or false)) as x) and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_id" as "id", "i"."a_name" as "name", "i"."a_credit" as "credit" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and "i"."a_id" in (select "x"."customer_id" from (select i.seq + 2 as "tidemark.cause", "i"."b_id" as "id", "i"."b_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_visits" as i where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or false)
union all
select i.seq + 2 as "tidemark.cause", "i"."a_id" as "id", "i"."a_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_visits" as i where i.op <> 'D' and (i.op <> 'U' or false)) as x)) as "customers"
join (select i.seq + 2 as "tidemark.cause", "i"."b_id" as "id", "i"."b_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_visits" as i where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or false)
union all
select i.seq + 2 as "tidemark.cause", "i"."a_id" as "id", "i"."a_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_images_visits" as i where i.op <> 'D' and (i.op <> 'U' or false)) as "visits" on "visits"."customer_id" = "customers"."id";

insert into "temp"."main"."tm_OWNER_N_affected_customer_metrics" ("r#0", "cause")
select "i"."k_id", i.seq + 0
from "temp"."main"."tm_OWNER_N_images_customers" as i where (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")));

insert into "temp"."main"."tm_OWNER_N_causes_customer_metrics" ("k_customer_id", "cause")
select distinct "k"."k_customer_id", "a"."cause"
from "temp"."main"."tm_OWNER_N_keys_customer_metrics" as k join "temp"."main"."tm_OWNER_N_affected_customer_metrics" as a on ("k"."r#0" = "a"."r#0")
where a.cause is not null;

insert into "temp"."main"."tm_OWNER_N_changes_by_product" ("seq", "op", "declared", "k_product", "b_product", "b_sold", "b_buyers", "a_product", "a_sold", "a_buyers")
select row_number() over (), case when t."tidemark.present" is null then 'I' when d."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_product", "t"."product", "t"."sold", "t"."buyers", case when d."tidemark.present" is not null then "d"."a_product" end, case when d."tidemark.present" is not null then "d"."a_sold" end, case when d."tidemark.present" is not null then "d"."a_buyers" end
from (select distinct "k_product" from "temp"."main"."tm_OWNER_N_keys_by_product") as k
left join (select true as "tidemark.present", "w"."k_product", "w"."a_product", "w"."a_sold", "w"."a_buyers" from "temp"."main"."tm_OWNER_N_desired_by_product" as w) as d on ("d"."k_product" = "k"."k_product")
left join (select true as "tidemark.present", "c"."product", "c"."sold", "c"."buyers" from "temp"."main"."tm_OWNER_N_current_by_product" as c) as t on ("t"."product" = "k"."k_product")
where (d."tidemark.present" is not null or t."tidemark.present" is not null) and (t."tidemark.present" is null or d."tidemark.present" is null or ("t"."product" is distinct from "d"."a_product") or ("t"."sold" is distinct from "d"."a_sold") or ("t"."buyers" is distinct from "d"."a_buyers"));

insert into "temp"."main"."tm_OWNER_N_changes_customer_metrics" ("seq", "op", "declared", "k_customer_id", "b_customer_id", "b_name", "b_lines", "b_spent", "b_visits", "a_customer_id", "a_name", "a_lines", "a_spent", "a_visits")
select row_number() over (), case when t."tidemark.present" is null then 'I' when d."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_customer_id", "t"."customer_id", "t"."name", "t"."lines", "t"."spent", "t"."visits", case when d."tidemark.present" is not null then "d"."a_customer_id" end, case when d."tidemark.present" is not null then "d"."a_name" end, case when d."tidemark.present" is not null then "d"."a_lines" end, case when d."tidemark.present" is not null then "d"."a_spent" end, case when d."tidemark.present" is not null then "d"."a_visits" end
from (select distinct "k_customer_id" from "temp"."main"."tm_OWNER_N_keys_customer_metrics") as k
left join (select true as "tidemark.present", "w"."k_customer_id", "w"."a_customer_id", "w"."a_name", "w"."a_lines", "w"."a_spent", "w"."a_visits", "w"."r#0" from "temp"."main"."tm_OWNER_N_desired_customer_metrics" as w) as d on ("d"."k_customer_id" = "k"."k_customer_id")
left join (select true as "tidemark.present", "c"."customer_id", "c"."name", "c"."lines", "c"."spent", "c"."visits" from "temp"."main"."tm_OWNER_N_current_customer_metrics" as c) as t on ("t"."customer_id" = "k"."k_customer_id")
where (d."tidemark.present" is not null or t."tidemark.present" is not null) and (t."tidemark.present" is null or d."tidemark.present" is null or ("t"."customer_id" is distinct from "d"."a_customer_id") or ("t"."name" is distinct from "d"."a_name") or ("t"."lines" is distinct from "d"."a_lines") or ("t"."spent" is distinct from "d"."a_spent") or ("t"."visits" is distinct from "d"."a_visits"));

insert into "temp"."main"."tm_OWNER_N_current_by_product" ("product", "sold", "buyers")
select "c"."product", "c"."sold", "c"."buyers" from (select distinct "k_product" from "temp"."main"."tm_OWNER_N_keys_by_product") as k
join "marts"."by_product" as c on ("c"."product" = "k"."k_product");

insert into "temp"."main"."tm_OWNER_N_current_customer_metrics" ("customer_id", "name", "lines", "spent", "visits")
select "c"."customer_id", "c"."name", "c"."lines", "c"."spent", "c"."visits" from (select distinct "k_customer_id" from "temp"."main"."tm_OWNER_N_keys_customer_metrics") as k
join "marts"."customer_metrics" as c on ("c"."customer_id" = "k"."k_customer_id");

insert into "temp"."main"."tm_OWNER_N_desired_by_product" ("k_product", "a_product", "a_sold", "a_buyers")
select "many#0"."g#0", cast("many#0"."g#0" as VARCHAR), cast("many#0"."x#0#0" as DECIMAL(38,2)), cast("many#0"."x#0#1" as BIGINT)
from (select cast("order_lines"."product" as VARCHAR) as "g#0", sum("order_lines"."amount") as "x#0#0", count(distinct "customers"."name") as "x#0#1"
from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_by_product" as r) as "order_lines"
left join (select true as "tidemark.present", "m"."name", "m"."id" from "staging_public"."customers" as m where "m"."id" in (select "order_lines"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_by_product" as r) as "order_lines") and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_name" as "name", "i"."a_id" as "id" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and "i"."a_id" in (select "order_lines"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_by_product" as r) as "order_lines")) as "customers" on "order_lines"."customer_id" = "customers"."id"
group by cast("order_lines"."product" as VARCHAR)) as "many#0";

insert into "temp"."main"."tm_OWNER_N_desired_customer_metrics" ("k_customer_id", "a_customer_id", "a_name", "a_lines", "a_spent", "a_visits", "r#0")
select cast("customers"."id" as BIGINT), cast("customers"."id" as BIGINT), cast("customers"."name" as VARCHAR), cast("many#0"."x#0#0" as BIGINT), cast(coalesce("many#0"."x#0#1", 0) + "customers"."credit" as DECIMAL(38,2)), cast("many#1"."x#1#0" as BIGINT), "customers"."id"
from (select "r"."id", "r"."name", "r"."credit" from "temp"."main"."tm_OWNER_N_root_customer_metrics" as r) as "customers"
join (select "customers"."id" as "g#0", count("order_lines"."line_no") as "x#0#0", sum("order_lines"."amount") as "x#0#1"
from (select "r"."id", "r"."name", "r"."credit" from "temp"."main"."tm_OWNER_N_root_customer_metrics" as r) as "customers"
left join (select true as "tidemark.present", "m"."line_no", "m"."amount", "m"."customer_id" from "staging_public"."order_lines" as m where "m"."customer_id" in (select "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "temp"."main"."tm_OWNER_N_root_customer_metrics" as r) as "customers") and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_order_lines" as i where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_line_no" as "line_no", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and "i"."a_customer_id" in (select "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "temp"."main"."tm_OWNER_N_root_customer_metrics" as r) as "customers")) as "order_lines" on "order_lines"."customer_id" = "customers"."id"
group by "customers"."id") as "many#0" on ("customers"."id" = "many#0"."g#0")
join (select "customers"."id" as "g#0", count("visits"."id") as "x#1#0"
from (select "r"."id", "r"."name", "r"."credit" from "temp"."main"."tm_OWNER_N_root_customer_metrics" as r) as "customers"
left join (select true as "tidemark.present", "m"."id", "m"."customer_id" from "staging_public"."visits" as m where "m"."customer_id" in (select "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "temp"."main"."tm_OWNER_N_root_customer_metrics" as r) as "customers") and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_visits" as i where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_id" as "id", "i"."a_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_images_visits" as i where i.op <> 'D' and "i"."a_customer_id" in (select "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "temp"."main"."tm_OWNER_N_root_customer_metrics" as r) as "customers")) as "visits" on "visits"."customer_id" = "customers"."id"
group by "customers"."id") as "many#1" on ("customers"."id" = "many#1"."g#0");

insert into "temp"."main"."tm_OWNER_N_keys_by_product" ("k_product", "r#0", "r#1")
select cast("order_lines"."product" as VARCHAR), "order_lines"."order_id", "order_lines"."line_no" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_by_product" as r) as "order_lines"
union all
select cast("order_lines"."product" as VARCHAR), "order_lines"."order_id", "order_lines"."line_no" from (select "i"."b_order_id" as "order_id", "i"."b_line_no" as "line_no", "i"."b_product" as "product", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'I' and exists (select 1 from "temp"."main"."tm_OWNER_N_affected_by_product" as d where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"))) as "order_lines";

insert into "temp"."main"."tm_OWNER_N_keys_customer_metrics" ("k_customer_id", "r#0")
select cast("customers"."id" as BIGINT), "customers"."id" from (select "r"."id", "r"."name", "r"."credit" from "temp"."main"."tm_OWNER_N_root_customer_metrics" as r) as "customers"
union all
select cast("customers"."id" as BIGINT), "customers"."id" from (select "i"."b_id" as "id", "i"."b_name" as "name", "i"."b_credit" as "credit" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'I' and exists (select 1 from "temp"."main"."tm_OWNER_N_affected_customer_metrics" as d where ("i"."k_id" = "d"."r#0"))) as "customers";

insert into "temp"."main"."tm_OWNER_N_root_by_product" ("order_id", "line_no", "product", "amount", "customer_id")
select "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from (select distinct "r#0", "r#1" from "temp"."main"."tm_OWNER_N_affected_by_product") as d join "staging_public"."order_lines" as m on ("m"."order_id" = "d"."r#0") and ("m"."line_no" = "d"."r#1") where not exists (select 1 from "temp"."main"."tm_OWNER_N_images_order_lines" as i where ("d"."r#0" = "i"."k_order_id") and ("d"."r#1" = "i"."k_line_no"))
union all
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_amount", "i"."a_customer_id" from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and exists (select 1 from (select distinct "r#0", "r#1" from "temp"."main"."tm_OWNER_N_affected_by_product") as d where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"));

insert into "temp"."main"."tm_OWNER_N_root_by_product" ("order_id", "line_no", "product", "amount", "customer_id")
select "order_lines"."order_id", "order_lines"."line_no", "order_lines"."product", "order_lines"."amount", "order_lines"."customer_id" from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from "staging_public"."order_lines" as m where "m"."product" in (select "k"."k_product" from "temp"."main"."tm_OWNER_N_keys_by_product" as k) and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_order_lines" as i where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_order_id" as "order_id", "i"."a_line_no" as "line_no", "i"."a_product" as "product", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and "i"."a_product" in (select "k"."k_product" from "temp"."main"."tm_OWNER_N_keys_by_product" as k)) as "order_lines"
where exists (select 1 from "temp"."main"."tm_OWNER_N_keys_by_product" as k where ("k"."k_product" = (cast(cast("order_lines"."product" as VARCHAR) as VARCHAR))))
  and not exists (select 1 from "temp"."main"."tm_OWNER_N_root_by_product" as r where ("r"."order_id" = "order_lines"."order_id") and ("r"."line_no" = "order_lines"."line_no"));

insert into "temp"."main"."tm_OWNER_N_root_customer_metrics" ("id", "name", "credit")
select "m"."id", "m"."name", "m"."credit" from (select distinct "r#0" from "temp"."main"."tm_OWNER_N_affected_customer_metrics") as d join "staging_public"."customers" as m on ("m"."id" = "d"."r#0") where not exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where ("d"."r#0" = "i"."k_id"))
union all
select "i"."a_id", "i"."a_name", "i"."a_credit" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and exists (select 1 from (select distinct "r#0" from "temp"."main"."tm_OWNER_N_affected_customer_metrics") as d where ("i"."k_id" = "d"."r#0"));

insert into "tidemark"."audit" (batch, target, operation, key, before, after, causes)
select 2, 'customer_metrics', i.op, cast('{' || concat_ws(',', '"customer_id":' || coalesce(cast(to_json(cast(("i"."k_customer_id") as varchar)) as varchar), 'null')) || '}' as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(cast(to_json(cast(("i"."b_name") as varchar)) as varchar), 'null') end, case when ("i"."b_lines" is distinct from "i"."a_lines") then '"lines":' || coalesce(cast(to_json(cast(("i"."b_lines") as varchar)) as varchar), 'null') end, case when ("i"."b_spent" is distinct from "i"."a_spent") then '"spent":' || coalesce(cast(to_json(cast(("i"."b_spent") as varchar)) as varchar), 'null') end, case when ("i"."b_visits" is distinct from "i"."a_visits") then '"visits":' || coalesce(cast(to_json(cast(("i"."b_visits") as varchar)) as varchar), 'null') end) || '}' end as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(cast(to_json(cast(("i"."a_name") as varchar)) as varchar), 'null') end, case when ("i"."b_lines" is distinct from "i"."a_lines") then '"lines":' || coalesce(cast(to_json(cast(("i"."a_lines") as varchar)) as varchar), 'null') end, case when ("i"."b_spent" is distinct from "i"."a_spent") then '"spent":' || coalesce(cast(to_json(cast(("i"."a_spent") as varchar)) as varchar), 'null') end, case when ("i"."b_visits" is distinct from "i"."a_visits") then '"visits":' || coalesce(cast(to_json(cast(("i"."a_visits") as varchar)) as varchar), 'null') end) || '}' when 'I' then '{' || concat_ws(',', '"customer_id":' || coalesce(cast(to_json(cast(("i"."a_customer_id") as varchar)) as varchar), 'null'), '"name":' || coalesce(cast(to_json(cast(("i"."a_name") as varchar)) as varchar), 'null'), '"lines":' || coalesce(cast(to_json(cast(("i"."a_lines") as varchar)) as varchar), 'null'), '"spent":' || coalesce(cast(to_json(cast(("i"."a_spent") as varchar)) as varchar), 'null'), '"visits":' || coalesce(cast(to_json(cast(("i"."a_visits") as varchar)) as varchar), 'null')) || '}' end as json), cast(c.causes as json) from "temp"."main"."tm_OWNER_N_changes_customer_metrics" as i
left join (select "x"."k_customer_id", '[' || string_agg(distinct cast(x.cause + 0 as varchar), ',') || ']' as causes
  from "temp"."main"."tm_OWNER_N_causes_customer_metrics" as x group by "x"."k_customer_id") as c on ("i"."k_customer_id" = "c"."k_customer_id");

select "d"."k_customer_id" as "customer_id", "d"."r#0" as "root id" from "temp"."main"."tm_OWNER_N_desired_customer_metrics" as d where ("d"."k_customer_id" is null) limit 5;

select "d"."k_customer_id" as "customer_id", count(*) as "tidemark.rows"
from "temp"."main"."tm_OWNER_N_desired_customer_metrics" as d group by "d"."k_customer_id" having count(*) > 1 limit 5;

select "d"."k_product" as "product" from "temp"."main"."tm_OWNER_N_desired_by_product" as d where ("d"."k_product" is null) limit 5;

select "d"."k_product" as "product", count(*) as "tidemark.rows"
from "temp"."main"."tm_OWNER_N_desired_by_product" as d group by "d"."k_product" having count(*) > 1 limit 5;

select "i"."k_customer_id" as "customer_id", count(*) as "tidemark.rows" from "temp"."main"."tm_OWNER_N_changes_customer_metrics" as i group by "i"."k_customer_id" having count(*) > 1 limit 5;

select (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_customer_id", "i"."b_customer_id", "i"."b_name", "i"."b_lines", "i"."b_spent", "i"."b_visits") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_customer_metrics" as i where i.op <> 'I') as taken, (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_customer_id", "i"."a_customer_id", "i"."a_name", "i"."a_lines", "i"."a_spent", "i"."a_visits") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_customer_metrics" as i where i.op <> 'D') as added;

select 0 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "staging_public"."countries")) end as said
from pragma_storage_info('"staging_public"."countries"') as s
union all
select 1 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "staging_public"."customers")) end as said
from pragma_storage_info('"staging_public"."customers"') as s
union all
select 2 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "staging_public"."order_lines")) end as said
from pragma_storage_info('"staging_public"."order_lines"') as s
union all
select 3 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "staging_public"."visits")) end as said
from pragma_storage_info('"staging_public"."visits"') as s
union all
select 4 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "marts"."by_product")) end as said
from pragma_storage_info('"marts"."by_product"') as s
union all
select 5 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "marts"."customer_metrics")) end as said
from pragma_storage_info('"marts"."customer_metrics"') as s;

select 0 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."code", "t"."code", "t"."name") as hugeint)), 0)) as cells, '' as reads from "staging_public"."countries" as t) as s
union all
select 1 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."id", "t"."id", "t"."name", "t"."country", "t"."credit", "t"."updated_at") as hugeint)), 0)) as cells, '' as reads from "staging_public"."customers" as t) as s
union all
select 2 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."order_id", "t"."line_no", "t"."order_id", "t"."line_no", "t"."customer_id", "t"."product", "t"."amount") as hugeint)), 0)) as cells, '' as reads from "staging_public"."order_lines" as t) as s
union all
select 3 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."id", "t"."id", "t"."customer_id") as hugeint)), 0)) as cells, '' as reads from "staging_public"."visits" as t) as s
union all
select 4 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."product", "t"."product", "t"."sold", "t"."buyers") as hugeint)), 0)) as cells, '' as reads from "marts"."by_product" as t) as s
union all
select 5 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."customer_id", "t"."customer_id", "t"."name", "t"."lines", "t"."spent", "t"."visits") as hugeint)), 0)) as cells, '' as reads from "marts"."customer_metrics" as t) as s;

select 1 as found from "temp"."main"."tm_OWNER_N_affected_by_product" limit 1;

select 1 as found from "temp"."main"."tm_OWNER_N_affected_customer_metrics" limit 1;

select count(*) filter (where i.op = 'I') as inserted, count(*) filter (where i.op = 'U') as updated, count(*) filter (where i.op = 'D') as deleted, count(*) filter (where i.op = 'U' and ("i"."b_customer_id" is distinct from "i"."a_customer_id")) as "c0", count(*) filter (where i.op = 'U' and ("i"."b_name" is distinct from "i"."a_name")) as "c1", count(*) filter (where i.op = 'U' and ("i"."b_lines" is distinct from "i"."a_lines")) as "c2", count(*) filter (where i.op = 'U' and ("i"."b_spent" is distinct from "i"."a_spent")) as "c3", count(*) filter (where i.op = 'U' and ("i"."b_visits" is distinct from "i"."a_visits")) as "c4", (count(*) || ':' || coalesce(sum(cast(hash("i"."op", "i"."k_customer_id", "i"."b_customer_id", "i"."b_name", "i"."b_lines", "i"."b_spent", "i"."b_visits", "i"."a_customer_id", "i"."a_name", "i"."a_lines", "i"."a_spent", "i"."a_visits") as hugeint)), 0)) as digest from "temp"."main"."tm_OWNER_N_changes_customer_metrics" as i;

select count(*) filter (where i.op = 'I') as inserted, count(*) filter (where i.op = 'U') as updated, count(*) filter (where i.op = 'D') as deleted, count(*) filter (where i.op = 'U' and ("i"."b_product" is distinct from "i"."a_product")) as "c0", count(*) filter (where i.op = 'U' and ("i"."b_sold" is distinct from "i"."a_sold")) as "c1", count(*) filter (where i.op = 'U' and ("i"."b_buyers" is distinct from "i"."a_buyers")) as "c2", (count(*) || ':' || coalesce(sum(cast(hash("i"."op", "i"."k_product", "i"."b_product", "i"."b_sold", "i"."b_buyers", "i"."a_product", "i"."a_sold", "i"."a_buyers") as hugeint)), 0)) as digest from "temp"."main"."tm_OWNER_N_changes_by_product" as i;
