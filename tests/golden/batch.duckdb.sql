checkpoint;

create temp table "temp"."main"."tm_OWNER_N_affected_dim_customer" ("r#0" BIGINT, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_affected_fact_line" ("r#0" BIGINT, "r#1" INTEGER, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_affected_fact_visit" ("r#0" BIGINT, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_affected_line_country" ("r#0" BIGINT, "r#1" INTEGER, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_causes_dim_customer" ("k_customer_id" BIGINT, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_causes_fact_line" ("k_order_id" BIGINT, "k_line_no" INTEGER, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_causes_fact_visit" ("k_visit_id" BIGINT, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_causes_line_country" ("k_order_id" BIGINT, "k_line_no" INTEGER, "cause" bigint);

create temp table "temp"."main"."tm_OWNER_N_changes_dim_customer" ("seq" bigint, "op" varchar, "declared" varchar, "k_customer_id" BIGINT, "b_customer_id" BIGINT, "b_name" VARCHAR, "b_country_name" VARCHAR, "a_customer_id" BIGINT, "a_name" VARCHAR, "a_country_name" VARCHAR);

create temp table "temp"."main"."tm_OWNER_N_changes_fact_line" ("seq" bigint, "op" varchar, "declared" varchar, "k_order_id" BIGINT, "k_line_no" INTEGER, "b_order_id" BIGINT, "b_line_no" INTEGER, "b_product" VARCHAR, "b_amount" DECIMAL(12,2), "b_customer_id" BIGINT, "b_customer_name" VARCHAR, "a_order_id" BIGINT, "a_line_no" INTEGER, "a_product" VARCHAR, "a_amount" DECIMAL(12,2), "a_customer_id" BIGINT, "a_customer_name" VARCHAR);

create temp table "temp"."main"."tm_OWNER_N_changes_fact_visit" ("seq" bigint, "op" varchar, "declared" varchar, "k_visit_id" BIGINT, "b_customer_name" VARCHAR, "a_customer_name" VARCHAR);

create temp table "temp"."main"."tm_OWNER_N_changes_line_country" ("seq" bigint, "op" varchar, "declared" varchar, "k_order_id" BIGINT, "k_line_no" INTEGER, "b_order_id" BIGINT, "b_line_no" INTEGER, "b_product" VARCHAR, "b_country_name" VARCHAR, "a_order_id" BIGINT, "a_line_no" INTEGER, "a_product" VARCHAR, "a_country_name" VARCHAR);

create temp table "temp"."main"."tm_OWNER_N_current_dim_customer" ("customer_id" BIGINT, "name" VARCHAR, "country_name" VARCHAR, "note" VARCHAR);

create temp table "temp"."main"."tm_OWNER_N_current_fact_line" ("order_id" BIGINT, "line_no" INTEGER, "product" VARCHAR, "amount" DECIMAL(12,2), "customer_id" BIGINT, "customer_name" VARCHAR);

create temp table "temp"."main"."tm_OWNER_N_current_line_country" ("order_id" BIGINT, "line_no" INTEGER, "product" VARCHAR, "country_name" VARCHAR);

create temp table "temp"."main"."tm_OWNER_N_desired_dim_customer" ("k_customer_id" BIGINT, "a_customer_id" BIGINT, "a_name" VARCHAR, "a_country_name" VARCHAR, "r#0" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_desired_fact_line" ("k_order_id" BIGINT, "k_line_no" INTEGER, "a_order_id" BIGINT, "a_line_no" INTEGER, "a_product" VARCHAR, "a_amount" DECIMAL(12,2), "a_customer_id" BIGINT, "a_customer_name" VARCHAR, "r#0" BIGINT, "r#1" INTEGER);

create temp table "temp"."main"."tm_OWNER_N_desired_fact_visit" ("k_visit_id" BIGINT, "a_customer_name" VARCHAR, "keep#0" boolean, "r#0" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_desired_line_country" ("k_order_id" BIGINT, "k_line_no" INTEGER, "a_order_id" BIGINT, "a_line_no" INTEGER, "a_product" VARCHAR, "a_country_name" VARCHAR, "r#0" BIGINT, "r#1" INTEGER);

create temp table "temp"."main"."tm_OWNER_N_images_countries" ("seq" bigint, "op" varchar, "declared" varchar, "k_code" VARCHAR, "b_code" VARCHAR, "b_name" VARCHAR, "a_code" VARCHAR, "a_name" VARCHAR);

create temp table "temp"."main"."tm_OWNER_N_images_customers" ("seq" bigint, "op" varchar, "declared" varchar, "k_id" BIGINT, "b_id" BIGINT, "b_name" VARCHAR, "b_country" VARCHAR, "b_credit" DECIMAL(12,2), "b_updated_at" TIMESTAMP, "a_id" BIGINT, "a_name" VARCHAR, "a_country" VARCHAR, "a_credit" DECIMAL(12,2), "a_updated_at" TIMESTAMP);

create temp table "temp"."main"."tm_OWNER_N_images_order_lines" ("seq" bigint, "op" varchar, "declared" varchar, "k_order_id" BIGINT, "k_line_no" INTEGER, "b_order_id" BIGINT, "b_line_no" INTEGER, "b_customer_id" BIGINT, "b_product" VARCHAR, "b_amount" DECIMAL(12,2), "a_order_id" BIGINT, "a_line_no" INTEGER, "a_customer_id" BIGINT, "a_product" VARCHAR, "a_amount" DECIMAL(12,2));

create temp table "temp"."main"."tm_OWNER_N_keys_dim_customer" ("k_customer_id" BIGINT, "r#0" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_keys_fact_line" ("k_order_id" BIGINT, "k_line_no" INTEGER, "r#0" BIGINT, "r#1" INTEGER);

create temp table "temp"."main"."tm_OWNER_N_keys_fact_visit" ("k_visit_id" BIGINT, "r#0" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_keys_line_country" ("k_order_id" BIGINT, "k_line_no" INTEGER, "r#0" BIGINT, "r#1" INTEGER);

create temp table "temp"."main"."tm_OWNER_N_rewritten_fact_visit" ("visit_id" BIGINT, "customer_id" BIGINT, "customer_name" VARCHAR, "seen_by" VARCHAR, "_updated_at" TIMESTAMP);

create temp table "temp"."main"."tm_OWNER_N_root_dim_customer" ("id" BIGINT, "name" VARCHAR, "country" VARCHAR);

create temp table "temp"."main"."tm_OWNER_N_root_fact_line" ("order_id" BIGINT, "line_no" INTEGER, "product" VARCHAR, "amount" DECIMAL(12,2), "customer_id" BIGINT);

create temp table "temp"."main"."tm_OWNER_N_root_fact_visit" ("visit_id" BIGINT, "customer_id" BIGINT, "customer_name" VARCHAR, "seen_by" VARCHAR, "_updated_at" TIMESTAMP);

create temp table "temp"."main"."tm_OWNER_N_root_line_country" ("order_id" BIGINT, "line_no" INTEGER, "product" VARCHAR, "customer_id" BIGINT);

delete from "marts"."dim_customer" as t using "temp"."main"."tm_OWNER_N_changes_dim_customer" as i
where i.op in ('D') and ("t"."customer_id" = "i"."k_customer_id");

delete from "marts"."fact_line" as t using "temp"."main"."tm_OWNER_N_changes_fact_line" as i
where i.op in ('U', 'D') and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no");

delete from "marts"."fact_visit" as t using "temp"."main"."tm_OWNER_N_changes_fact_visit" as i
where i.op in ('U', 'D') and ("t"."visit_id" = "i"."k_visit_id");

delete from "marts"."line_country" as t using "temp"."main"."tm_OWNER_N_changes_line_country" as i
where i.op in ('D') and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no");

delete from "staging_public"."countries" as t using "temp"."main"."tm_OWNER_N_images_countries" as i
where i.op in ('U', 'D') and ("t"."code" = "i"."k_code");

delete from "staging_public"."customers" as t using "temp"."main"."tm_OWNER_N_images_customers" as i
where i.op in ('U', 'D') and ("t"."id" = "i"."k_id");

delete from "staging_public"."order_lines" as t using "temp"."main"."tm_OWNER_N_images_order_lines" as i
where i.op in ('U', 'D') and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no");

delete from "tidemark"."heartbeat" where id = 1;

delete from "tidemark"."heartbeat" where id = 1 and token = 2;

insert into "marts"."dim_customer" ("customer_id", "name", "country_name")
select "i"."a_customer_id", "i"."a_name", "i"."a_country_name" from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i
where i.op = 'I' and not exists (select 1 from "marts"."dim_customer" as t where ("t"."customer_id" = "i"."k_customer_id"));

insert into "marts"."fact_line" ("order_id", "line_no", "product", "amount", "customer_id", "customer_name")
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_amount", "i"."a_customer_id", "i"."a_customer_name" from "temp"."main"."tm_OWNER_N_changes_fact_line" as i
where i.op = 'U' or (i.op = 'I' and not exists (select 1 from "marts"."fact_line" as t where ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no")));

insert into "marts"."fact_visit" ("customer_name", "visit_id", "customer_id", "seen_by", "_updated_at") select "customer_name", "visit_id", "customer_id", "seen_by", "_updated_at" from "temp"."main"."tm_OWNER_N_rewritten_fact_visit";

insert into "marts"."line_country" ("order_id", "line_no", "product", "country_name")
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_country_name" from "temp"."main"."tm_OWNER_N_changes_line_country" as i
where i.op = 'I' and not exists (select 1 from "marts"."line_country" as t where ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no"));

insert into "staging_public"."countries" ("code", "name")
select "i"."a_code", "i"."a_name" from "temp"."main"."tm_OWNER_N_images_countries" as i
where i.op = 'U' or (i.op = 'I' and not exists (select 1 from "staging_public"."countries" as t where ("t"."code" = "i"."k_code")));

insert into "staging_public"."customers" ("id", "name", "country", "credit", "updated_at")
select "i"."a_id", "i"."a_name", "i"."a_country", "i"."a_credit", "i"."a_updated_at" from "temp"."main"."tm_OWNER_N_images_customers" as i
where i.op = 'U' or (i.op = 'I' and not exists (select 1 from "staging_public"."customers" as t where ("t"."id" = "i"."k_id")));

insert into "staging_public"."order_lines" ("order_id", "line_no", "customer_id", "product", "amount")
select "i"."a_order_id", "i"."a_line_no", "i"."a_customer_id", "i"."a_product", "i"."a_amount" from "temp"."main"."tm_OWNER_N_images_order_lines" as i
where i.op = 'U' or (i.op = 'I' and not exists (select 1 from "staging_public"."order_lines" as t where ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no")));

insert into "temp"."main"."tm_OWNER_N_affected_dim_customer" ("r#0", "cause")
select "customers"."id", "countries"."tidemark.cause"
from (select true as "tidemark.present", "m"."id", "m"."name", "m"."country" from "staging_public"."customers" as m where "m"."country" in (select "x"."code" from (select i.seq + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_code" as "code"
from "temp"."main"."tm_OWNER_N_images_countries" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as x) and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_id" as "id", "i"."a_name" as "name", "i"."a_country" as "country" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and "i"."a_country" in (select "x"."code" from (select i.seq + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_code" as "code"
from "temp"."main"."tm_OWNER_N_images_countries" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as x)) as "customers"
join (select i.seq + 0 as "tidemark.cause", "i"."a_name" as "name", "i"."a_code" as "code"
from "temp"."main"."tm_OWNER_N_images_countries" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "countries" on "customers"."country" = "countries"."code";

insert into "temp"."main"."tm_OWNER_N_affected_dim_customer" ("r#0", "cause")
select "i"."k_id", i.seq + 2
from "temp"."main"."tm_OWNER_N_images_customers" as i where (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name") or ("i"."b_country" is distinct from "i"."a_country")));

insert into "temp"."main"."tm_OWNER_N_affected_fact_line" ("r#0", "r#1", "cause")
select "i"."k_order_id", "i"."k_line_no", i.seq + 6
from "temp"."main"."tm_OWNER_N_images_order_lines" as i where (i.op <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")));

insert into "temp"."main"."tm_OWNER_N_affected_fact_line" ("r#0", "r#1", "cause")
select "order_lines"."order_id", "order_lines"."line_no", "customers"."tidemark.cause"
from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from "staging_public"."order_lines" as m where "m"."customer_id" in (select "x"."id" from (select i.seq + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select i.seq + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as x) and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_order_lines" as i where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_order_id" as "order_id", "i"."a_line_no" as "line_no", "i"."a_product" as "product", "i"."a_amount" as "amount", "i"."a_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and "i"."a_customer_id" in (select "x"."id" from (select i.seq + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select i.seq + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as x)) as "order_lines"
join (select i.seq + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select i.seq + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "customers" on "order_lines"."customer_id" = "customers"."id";

insert into "temp"."main"."tm_OWNER_N_affected_fact_visit" ("r#0", "cause")
select "this"."visit_id", "customers"."tidemark.cause"
from (select true as "tidemark.present", "m"."visit_id", "m"."customer_id" from "marts"."fact_visit" as m where "m"."customer_id" in (select "x"."id" from (select i.seq + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select i.seq + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as x)) as "this"
join (select i.seq + 2 as "tidemark.cause", "i"."b_name" as "name", "i"."b_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))
union all
select i.seq + 2 as "tidemark.cause", "i"."a_name" as "name", "i"."a_id" as "id"
from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and (i.op <> 'U' or (("i"."b_name" is distinct from "i"."a_name")))) as "customers" on "this"."customer_id" = "customers"."id";

insert into "temp"."main"."tm_OWNER_N_affected_line_country" ("r#0", "r#1", "cause")
select "fact_line"."order_id", "fact_line"."line_no", "dim_customer"."tidemark.cause"
from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."product", "m"."customer_id" from "marts"."fact_line" as m where "m"."customer_id" in (select "x"."customer_id" from (select c.cause as "tidemark.cause", "i"."b_country_name" as "country_name", "i"."b_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i left join "temp"."main"."tm_OWNER_N_causes_dim_customer" as c on ("i"."k_customer_id" = "c"."k_customer_id") where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))
union all
select c.cause as "tidemark.cause", "i"."a_country_name" as "country_name", "i"."a_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i left join "temp"."main"."tm_OWNER_N_causes_dim_customer" as c on ("i"."k_customer_id" = "c"."k_customer_id") where i.op <> 'D' and (i.op <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))) as x) and not exists (select 1 from "temp"."main"."tm_OWNER_N_changes_fact_line" as i where ("m"."order_id" = "i"."k_order_id") and ("m"."line_no" = "i"."k_line_no"))
union all
select true as "tidemark.present", "i"."a_order_id" as "order_id", "i"."a_line_no" as "line_no", "i"."a_product" as "product", "i"."a_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_changes_fact_line" as i where i.op <> 'D' and "i"."a_customer_id" in (select "x"."customer_id" from (select c.cause as "tidemark.cause", "i"."b_country_name" as "country_name", "i"."b_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i left join "temp"."main"."tm_OWNER_N_causes_dim_customer" as c on ("i"."k_customer_id" = "c"."k_customer_id") where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))
union all
select c.cause as "tidemark.cause", "i"."a_country_name" as "country_name", "i"."a_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i left join "temp"."main"."tm_OWNER_N_causes_dim_customer" as c on ("i"."k_customer_id" = "c"."k_customer_id") where i.op <> 'D' and (i.op <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))) as x)) as "fact_line"
join (select c.cause as "tidemark.cause", "i"."b_country_name" as "country_name", "i"."b_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i left join "temp"."main"."tm_OWNER_N_causes_dim_customer" as c on ("i"."k_customer_id" = "c"."k_customer_id") where (i.op = 'D' or (i.op = 'U' and false)) and (i.op <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))
union all
select c.cause as "tidemark.cause", "i"."a_country_name" as "country_name", "i"."a_customer_id" as "customer_id"
from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i left join "temp"."main"."tm_OWNER_N_causes_dim_customer" as c on ("i"."k_customer_id" = "c"."k_customer_id") where i.op <> 'D' and (i.op <> 'U' or (("i"."b_country_name" is distinct from "i"."a_country_name")))) as "dim_customer" on "fact_line"."customer_id" = "dim_customer"."customer_id";

insert into "temp"."main"."tm_OWNER_N_affected_line_country" ("r#0", "r#1", "cause")
select "i"."k_order_id", "i"."k_line_no", c.cause
from "temp"."main"."tm_OWNER_N_changes_fact_line" as i left join "temp"."main"."tm_OWNER_N_causes_fact_line" as c on ("i"."k_order_id" = "c"."k_order_id") and ("i"."k_line_no" = "c"."k_line_no") where (i.op <> 'U' or (("i"."b_customer_id" is distinct from "i"."a_customer_id")));

insert into "temp"."main"."tm_OWNER_N_causes_dim_customer" ("k_customer_id", "cause")
select distinct "k"."k_customer_id", "a"."cause"
from "temp"."main"."tm_OWNER_N_keys_dim_customer" as k join "temp"."main"."tm_OWNER_N_affected_dim_customer" as a on ("k"."r#0" = "a"."r#0")
where a.cause is not null;

insert into "temp"."main"."tm_OWNER_N_causes_fact_line" ("k_order_id", "k_line_no", "cause")
select distinct "k"."k_order_id", "k"."k_line_no", "a"."cause"
from "temp"."main"."tm_OWNER_N_keys_fact_line" as k join "temp"."main"."tm_OWNER_N_affected_fact_line" as a on ("k"."r#0" = "a"."r#0") and ("k"."r#1" = "a"."r#1")
where a.cause is not null;

insert into "temp"."main"."tm_OWNER_N_causes_fact_visit" ("k_visit_id", "cause")
select distinct "k"."k_visit_id", "a"."cause"
from "temp"."main"."tm_OWNER_N_keys_fact_visit" as k join "temp"."main"."tm_OWNER_N_affected_fact_visit" as a on ("k"."r#0" = "a"."r#0")
where a.cause is not null;

insert into "temp"."main"."tm_OWNER_N_causes_line_country" ("k_order_id", "k_line_no", "cause")
select distinct "k"."k_order_id", "k"."k_line_no", "a"."cause"
from "temp"."main"."tm_OWNER_N_keys_line_country" as k join "temp"."main"."tm_OWNER_N_affected_line_country" as a on ("k"."r#0" = "a"."r#0") and ("k"."r#1" = "a"."r#1")
where a.cause is not null;

insert into "temp"."main"."tm_OWNER_N_changes_dim_customer" ("seq", "op", "declared", "k_customer_id", "b_customer_id", "b_name", "b_country_name", "a_customer_id", "a_name", "a_country_name")
select row_number() over (), case when t."tidemark.present" is null then 'I' when d."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_customer_id", "t"."customer_id", "t"."name", "t"."country_name", case when d."tidemark.present" is not null then "d"."a_customer_id" end, case when d."tidemark.present" is not null then "d"."a_name" end, case when d."tidemark.present" is not null then "d"."a_country_name" end
from (select distinct "k_customer_id" from "temp"."main"."tm_OWNER_N_keys_dim_customer") as k
left join (select true as "tidemark.present", "w"."k_customer_id", "w"."a_customer_id", "w"."a_name", "w"."a_country_name", "w"."r#0" from "temp"."main"."tm_OWNER_N_desired_dim_customer" as w) as d on ("d"."k_customer_id" = "k"."k_customer_id")
left join (select true as "tidemark.present", "c"."customer_id", "c"."name", "c"."country_name", "c"."note" from "temp"."main"."tm_OWNER_N_current_dim_customer" as c) as t on ("t"."customer_id" = "k"."k_customer_id")
where (d."tidemark.present" is not null or t."tidemark.present" is not null) and (t."tidemark.present" is null or d."tidemark.present" is null or ("t"."customer_id" is distinct from "d"."a_customer_id") or ("t"."name" is distinct from "d"."a_name") or ("t"."country_name" is distinct from "d"."a_country_name"));

insert into "temp"."main"."tm_OWNER_N_changes_fact_line" ("seq", "op", "declared", "k_order_id", "k_line_no", "b_order_id", "b_line_no", "b_product", "b_amount", "b_customer_id", "b_customer_name", "a_order_id", "a_line_no", "a_product", "a_amount", "a_customer_id", "a_customer_name")
select row_number() over (), case when t."tidemark.present" is null then 'I' when d."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_order_id", "k"."k_line_no", "t"."order_id", "t"."line_no", "t"."product", "t"."amount", "t"."customer_id", "t"."customer_name", case when d."tidemark.present" is not null then "d"."a_order_id" end, case when d."tidemark.present" is not null then "d"."a_line_no" end, case when d."tidemark.present" is not null then "d"."a_product" end, case when d."tidemark.present" is not null then "d"."a_amount" end, case when d."tidemark.present" is not null then "d"."a_customer_id" end, case when d."tidemark.present" is not null then "d"."a_customer_name" end
from (select distinct "k_order_id", "k_line_no" from "temp"."main"."tm_OWNER_N_keys_fact_line") as k
left join (select true as "tidemark.present", "w"."k_order_id", "w"."k_line_no", "w"."a_order_id", "w"."a_line_no", "w"."a_product", "w"."a_amount", "w"."a_customer_id", "w"."a_customer_name", "w"."r#0", "w"."r#1" from "temp"."main"."tm_OWNER_N_desired_fact_line" as w) as d on ("d"."k_order_id" = "k"."k_order_id") and ("d"."k_line_no" = "k"."k_line_no")
left join (select true as "tidemark.present", "c"."order_id", "c"."line_no", "c"."product", "c"."amount", "c"."customer_id", "c"."customer_name" from "temp"."main"."tm_OWNER_N_current_fact_line" as c) as t on ("t"."order_id" = "k"."k_order_id") and ("t"."line_no" = "k"."k_line_no")
where (d."tidemark.present" is not null or t."tidemark.present" is not null) and (t."tidemark.present" is null or d."tidemark.present" is null or ("t"."order_id" is distinct from "d"."a_order_id") or ("t"."line_no" is distinct from "d"."a_line_no") or ("t"."product" is distinct from "d"."a_product") or ("t"."amount" is distinct from "d"."a_amount") or ("t"."customer_id" is distinct from "d"."a_customer_id") or ("t"."customer_name" is distinct from "d"."a_customer_name"));

insert into "temp"."main"."tm_OWNER_N_changes_fact_visit" ("seq", "op", "declared", "k_visit_id", "b_customer_name", "a_customer_name")
select row_number() over (), case when t."tidemark.present" is null then 'I' when d."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_visit_id", "t"."customer_name", case when "d"."keep#0" then "t"."customer_name" else "d"."a_customer_name" end
from (select distinct "k_visit_id" from "temp"."main"."tm_OWNER_N_keys_fact_visit") as k
left join (select true as "tidemark.present", "w"."k_visit_id", "w"."a_customer_name", "w"."keep#0", "w"."r#0" from "temp"."main"."tm_OWNER_N_desired_fact_visit" as w) as d on ("d"."k_visit_id" = "k"."k_visit_id")
left join (select true as "tidemark.present", "c"."visit_id", "c"."customer_id", "c"."customer_name", "c"."seen_by", "c"."_updated_at" from "temp"."main"."tm_OWNER_N_root_fact_visit" as c) as t on ("t"."visit_id" = "k"."k_visit_id")
where t."tidemark.present" is not null and d."tidemark.present" is not null and (t."tidemark.present" is null or d."tidemark.present" is null or ("t"."customer_name" is distinct from (case when "d"."keep#0" then "t"."customer_name" else "d"."a_customer_name" end)));

insert into "temp"."main"."tm_OWNER_N_changes_line_country" ("seq", "op", "declared", "k_order_id", "k_line_no", "b_order_id", "b_line_no", "b_product", "b_country_name", "a_order_id", "a_line_no", "a_product", "a_country_name")
select row_number() over (), case when t."tidemark.present" is null then 'I' when d."tidemark.present" is null then 'D' else 'U' end, null, "k"."k_order_id", "k"."k_line_no", "t"."order_id", "t"."line_no", "t"."product", "t"."country_name", case when d."tidemark.present" is not null then "d"."a_order_id" end, case when d."tidemark.present" is not null then "d"."a_line_no" end, case when d."tidemark.present" is not null then "d"."a_product" end, case when d."tidemark.present" is not null then "d"."a_country_name" end
from (select distinct "k_order_id", "k_line_no" from "temp"."main"."tm_OWNER_N_keys_line_country") as k
left join (select true as "tidemark.present", "w"."k_order_id", "w"."k_line_no", "w"."a_order_id", "w"."a_line_no", "w"."a_product", "w"."a_country_name", "w"."r#0", "w"."r#1" from "temp"."main"."tm_OWNER_N_desired_line_country" as w) as d on ("d"."k_order_id" = "k"."k_order_id") and ("d"."k_line_no" = "k"."k_line_no")
left join (select true as "tidemark.present", "c"."order_id", "c"."line_no", "c"."product", "c"."country_name" from "temp"."main"."tm_OWNER_N_current_line_country" as c) as t on ("t"."order_id" = "k"."k_order_id") and ("t"."line_no" = "k"."k_line_no")
where (d."tidemark.present" is not null or t."tidemark.present" is not null) and (t."tidemark.present" is null or d."tidemark.present" is null or ("t"."order_id" is distinct from "d"."a_order_id") or ("t"."line_no" is distinct from "d"."a_line_no") or ("t"."product" is distinct from "d"."a_product") or ("t"."country_name" is distinct from "d"."a_country_name"));

insert into "temp"."main"."tm_OWNER_N_current_dim_customer" ("customer_id", "name", "country_name", "note")
select "c"."customer_id", "c"."name", "c"."country_name", "c"."note" from (select distinct "k_customer_id" from "temp"."main"."tm_OWNER_N_keys_dim_customer") as k
join "marts"."dim_customer" as c on ("c"."customer_id" = "k"."k_customer_id");

insert into "temp"."main"."tm_OWNER_N_current_fact_line" ("order_id", "line_no", "product", "amount", "customer_id", "customer_name")
select "c"."order_id", "c"."line_no", "c"."product", "c"."amount", "c"."customer_id", "c"."customer_name" from (select distinct "k_order_id", "k_line_no" from "temp"."main"."tm_OWNER_N_keys_fact_line") as k
join "marts"."fact_line" as c on ("c"."order_id" = "k"."k_order_id") and ("c"."line_no" = "k"."k_line_no");

insert into "temp"."main"."tm_OWNER_N_current_line_country" ("order_id", "line_no", "product", "country_name")
select "c"."order_id", "c"."line_no", "c"."product", "c"."country_name" from (select distinct "k_order_id", "k_line_no" from "temp"."main"."tm_OWNER_N_keys_line_country") as k
join "marts"."line_country" as c on ("c"."order_id" = "k"."k_order_id") and ("c"."line_no" = "k"."k_line_no");

insert into "temp"."main"."tm_OWNER_N_desired_dim_customer" ("k_customer_id", "a_customer_id", "a_name", "a_country_name", "r#0")
select cast("customers"."id" as BIGINT), cast("customers"."id" as BIGINT), cast("customers"."name" as VARCHAR), cast("countries"."name" as VARCHAR), "customers"."id"
from (select "r"."id", "r"."name", "r"."country" from "temp"."main"."tm_OWNER_N_root_dim_customer" as r) as "customers"
left join (select true as "tidemark.present", "m"."name", "m"."code" from "staging_public"."countries" as m where "m"."code" in (select "customers"."country" from (select "r"."id", "r"."name", "r"."country" from "temp"."main"."tm_OWNER_N_root_dim_customer" as r) as "customers") and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_countries" as i where ("m"."code" = "i"."k_code"))
union all
select true as "tidemark.present", "i"."a_name" as "name", "i"."a_code" as "code" from "temp"."main"."tm_OWNER_N_images_countries" as i where i.op <> 'D' and "i"."a_code" in (select "customers"."country" from (select "r"."id", "r"."name", "r"."country" from "temp"."main"."tm_OWNER_N_root_dim_customer" as r) as "customers")) as "countries" on "customers"."country" = "countries"."code";

insert into "temp"."main"."tm_OWNER_N_desired_fact_line" ("k_order_id", "k_line_no", "a_order_id", "a_line_no", "a_product", "a_amount", "a_customer_id", "a_customer_name", "r#0", "r#1")
select cast("order_lines"."order_id" as BIGINT), cast("order_lines"."line_no" as INTEGER), cast("order_lines"."order_id" as BIGINT), cast("order_lines"."line_no" as INTEGER), cast("order_lines"."product" as VARCHAR), cast("order_lines"."amount" as DECIMAL(12,2)), cast("order_lines"."customer_id" as BIGINT), cast("customers"."name" as VARCHAR), "order_lines"."order_id", "order_lines"."line_no"
from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_fact_line" as r) as "order_lines"
left join (select true as "tidemark.present", "m"."name", "m"."id" from "staging_public"."customers" as m where "m"."id" in (select "order_lines"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_fact_line" as r) as "order_lines") and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_name" as "name", "i"."a_id" as "id" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and "i"."a_id" in (select "order_lines"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_fact_line" as r) as "order_lines")) as "customers" on "order_lines"."customer_id" = "customers"."id";

insert into "temp"."main"."tm_OWNER_N_desired_fact_visit" ("k_visit_id", "a_customer_name", "keep#0", "r#0")
select "this"."visit_id", cast("customers"."name" as VARCHAR), ("customers"."tidemark.present" is null), "this"."visit_id"
from (select "r"."visit_id", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_fact_visit" as r) as "this"
left join (select true as "tidemark.present", "m"."name", "m"."id" from "staging_public"."customers" as m where "m"."id" in (select "this"."customer_id" from (select "r"."visit_id", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_fact_visit" as r) as "this") and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where ("m"."id" = "i"."k_id"))
union all
select true as "tidemark.present", "i"."a_name" as "name", "i"."a_id" as "id" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and "i"."a_id" in (select "this"."customer_id" from (select "r"."visit_id", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_fact_visit" as r) as "this")) as "customers" on "this"."customer_id" = "customers"."id";

insert into "temp"."main"."tm_OWNER_N_desired_line_country" ("k_order_id", "k_line_no", "a_order_id", "a_line_no", "a_product", "a_country_name", "r#0", "r#1")
select cast("fact_line"."order_id" as BIGINT), cast("fact_line"."line_no" as INTEGER), cast("fact_line"."order_id" as BIGINT), cast("fact_line"."line_no" as INTEGER), cast("fact_line"."product" as VARCHAR), cast("dim_customer"."country_name" as VARCHAR), "fact_line"."order_id", "fact_line"."line_no"
from (select "r"."order_id", "r"."line_no", "r"."product", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_line_country" as r) as "fact_line"
left join (select true as "tidemark.present", "m"."country_name", "m"."customer_id" from "marts"."dim_customer" as m where "m"."customer_id" in (select "fact_line"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_line_country" as r) as "fact_line") and not exists (select 1 from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i where ("m"."customer_id" = "i"."k_customer_id"))
union all
select true as "tidemark.present", "i"."a_country_name" as "country_name", "i"."a_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i where i.op <> 'D' and "i"."a_customer_id" in (select "fact_line"."customer_id" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_line_country" as r) as "fact_line")) as "dim_customer" on "fact_line"."customer_id" = "dim_customer"."customer_id";

insert into "temp"."main"."tm_OWNER_N_images_countries" ("seq", "op", "declared", "k_code", "b_code", "b_name", "a_code", "a_name")
select row_number() over () + 0, case when m."tidemark.present" is null then 'I' when s."tidemark.present" is null then 'D' else 'U' end, null, coalesce("s"."code", "m"."code"), "m"."code", "m"."name", "s"."code", "s"."name"
from (select true as "tidemark.present", "countries"."code", "countries"."name"
    from "staging"."countries" as "countries" where true) as s
full join (select true as "tidemark.present", "m"."code", "m"."name" from "staging_public"."countries" as m) as m on ("s"."code" = "m"."code")
where (m."tidemark.present" is null or s."tidemark.present" is null or (("s"."code" is distinct from "m"."code") or ("s"."name" is distinct from "m"."name"))) and true;

insert into "temp"."main"."tm_OWNER_N_images_customers" ("seq", "op", "declared", "k_id", "b_id", "b_name", "b_country", "b_credit", "b_updated_at", "a_id", "a_name", "a_country", "a_credit", "a_updated_at")
select row_number() over () + (select count(*) from "temp"."main"."tm_OWNER_N_images_customers"), 'D', null, "m"."id", "m"."id", "m"."name", "m"."country", "m"."credit", "m"."updated_at", cast(null as BIGINT), cast(null as VARCHAR), cast(null as VARCHAR), cast(null as DECIMAL(12,2)), cast(null as TIMESTAMP)
from (select "d"."id" from "staging_public"."customers" as d
  where not exists (select 1 from (select true as "tidemark.present", "customers"."id", "customers"."name", "customers"."country", "customers"."credit", "customers"."updated_at"
    from "staging"."customers" as "customers" where true) as s where ("s"."id" = "d"."id"))
    and not exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where ("d"."id" = "i"."k_id"))) as g join "staging_public"."customers" as m on ("g"."id" = "m"."id");

insert into "temp"."main"."tm_OWNER_N_images_customers" ("seq", "op", "declared", "k_id", "b_id", "b_name", "b_country", "b_credit", "b_updated_at", "a_id", "a_name", "a_country", "a_credit", "a_updated_at")
select row_number() over () + 0, case when not s."tidemark.alive" then 'D' when m."tidemark.present" is null then 'I' else 'U' end, null, coalesce("s"."id", "m"."id"), "m"."id", "m"."name", "m"."country", "m"."credit", "m"."updated_at", "s"."id", "s"."name", "s"."country", "s"."credit", "s"."updated_at"
from (select true as "tidemark.alive", "customers"."id", "customers"."name", "customers"."country", "customers"."credit", "customers"."updated_at"
  from "staging"."customers" as "customers"
  where "customers"."updated_at" >= ((cast($1 as TIMESTAMP)) - to_milliseconds(cast($2 as bigint))) or "customers"."updated_at" is null) as s
left join (select true as "tidemark.present", "m"."id", "m"."name", "m"."country", "m"."credit", "m"."updated_at" from "staging_public"."customers" as m) as m on ("s"."id" = "m"."id")
where case when s."tidemark.alive"
  then m."tidemark.present" is null or (("s"."id" is distinct from "m"."id") or ("s"."name" is distinct from "m"."name") or ("s"."country" is distinct from "m"."country") or ("s"."credit" is distinct from "m"."credit") or ("s"."updated_at" is distinct from "m"."updated_at"))
  else m."tidemark.present" is not null end;

insert into "temp"."main"."tm_OWNER_N_images_order_lines" ("seq", "op", "declared", "k_order_id", "k_line_no", "b_order_id", "b_line_no", "b_customer_id", "b_product", "b_amount", "a_order_id", "a_line_no", "a_customer_id", "a_product", "a_amount")
select row_number() over () + 0, case when m."tidemark.present" is null then 'I' when s."tidemark.present" is null then 'D' else 'U' end, null, coalesce("s"."order_id", "m"."order_id"), coalesce("s"."line_no", "m"."line_no"), "m"."order_id", "m"."line_no", "m"."customer_id", "m"."product", "m"."amount", "s"."order_id", "s"."line_no", "s"."customer_id", "s"."product", "s"."amount"
from (select true as "tidemark.present", "order_lines"."order_id", "order_lines"."line_no", "order_lines"."customer_id", "order_lines"."product", "order_lines"."amount"
    from "staging"."order_lines" as "order_lines" where true) as s
full join (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."customer_id", "m"."product", "m"."amount" from "staging_public"."order_lines" as m) as m on ("s"."order_id" = "m"."order_id") and ("s"."line_no" = "m"."line_no")
where (m."tidemark.present" is null or s."tidemark.present" is null or (("s"."order_id" is distinct from "m"."order_id") or ("s"."line_no" is distinct from "m"."line_no") or ("s"."customer_id" is distinct from "m"."customer_id") or ("s"."product" is distinct from "m"."product") or ("s"."amount" is distinct from "m"."amount"))) and true;

insert into "temp"."main"."tm_OWNER_N_keys_dim_customer" ("k_customer_id", "r#0")
select cast("customers"."id" as BIGINT), "customers"."id" from (select "r"."id", "r"."name", "r"."country" from "temp"."main"."tm_OWNER_N_root_dim_customer" as r) as "customers"
union all
select cast("customers"."id" as BIGINT), "customers"."id" from (select "i"."b_id" as "id", "i"."b_name" as "name", "i"."b_country" as "country" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'I' and exists (select 1 from "temp"."main"."tm_OWNER_N_affected_dim_customer" as d where ("i"."k_id" = "d"."r#0"))) as "customers";

insert into "temp"."main"."tm_OWNER_N_keys_fact_line" ("k_order_id", "k_line_no", "r#0", "r#1")
select cast("order_lines"."order_id" as BIGINT), cast("order_lines"."line_no" as INTEGER), "order_lines"."order_id", "order_lines"."line_no" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."amount", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_fact_line" as r) as "order_lines"
union all
select cast("order_lines"."order_id" as BIGINT), cast("order_lines"."line_no" as INTEGER), "order_lines"."order_id", "order_lines"."line_no" from (select "i"."b_order_id" as "order_id", "i"."b_line_no" as "line_no", "i"."b_product" as "product", "i"."b_amount" as "amount", "i"."b_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'I' and exists (select 1 from "temp"."main"."tm_OWNER_N_affected_fact_line" as d where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"))) as "order_lines";

insert into "temp"."main"."tm_OWNER_N_keys_fact_visit" ("k_visit_id", "r#0")
select "this"."visit_id", "this"."visit_id" from (select "r"."visit_id", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_fact_visit" as r) as "this";

insert into "temp"."main"."tm_OWNER_N_keys_line_country" ("k_order_id", "k_line_no", "r#0", "r#1")
select cast("fact_line"."order_id" as BIGINT), cast("fact_line"."line_no" as INTEGER), "fact_line"."order_id", "fact_line"."line_no" from (select "r"."order_id", "r"."line_no", "r"."product", "r"."customer_id" from "temp"."main"."tm_OWNER_N_root_line_country" as r) as "fact_line"
union all
select cast("fact_line"."order_id" as BIGINT), cast("fact_line"."line_no" as INTEGER), "fact_line"."order_id", "fact_line"."line_no" from (select "i"."b_order_id" as "order_id", "i"."b_line_no" as "line_no", "i"."b_product" as "product", "i"."b_customer_id" as "customer_id" from "temp"."main"."tm_OWNER_N_changes_fact_line" as i where i.op <> 'I' and exists (select 1 from "temp"."main"."tm_OWNER_N_affected_line_country" as d where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"))) as "fact_line";

insert into "temp"."main"."tm_OWNER_N_rewritten_fact_visit" ("customer_name", "visit_id", "customer_id", "seen_by", "_updated_at")
select "i"."a_customer_name", "t"."visit_id", "t"."customer_id", "t"."seen_by", cast(cast($1 as timestamptz) as TIMESTAMP) from "temp"."main"."tm_OWNER_N_root_fact_visit" as t
join "temp"."main"."tm_OWNER_N_changes_fact_visit" as i on i.op = 'U' and ("t"."visit_id" = "i"."k_visit_id");

insert into "temp"."main"."tm_OWNER_N_root_dim_customer" ("id", "name", "country")
select "m"."id", "m"."name", "m"."country" from (select distinct "r#0" from "temp"."main"."tm_OWNER_N_affected_dim_customer") as d join "staging_public"."customers" as m on ("m"."id" = "d"."r#0") where not exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where ("d"."r#0" = "i"."k_id"))
union all
select "i"."a_id", "i"."a_name", "i"."a_country" from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and exists (select 1 from (select distinct "r#0" from "temp"."main"."tm_OWNER_N_affected_dim_customer") as d where ("i"."k_id" = "d"."r#0"));

insert into "temp"."main"."tm_OWNER_N_root_fact_line" ("order_id", "line_no", "product", "amount", "customer_id")
select "m"."order_id", "m"."line_no", "m"."product", "m"."amount", "m"."customer_id" from (select distinct "r#0", "r#1" from "temp"."main"."tm_OWNER_N_affected_fact_line") as d join "staging_public"."order_lines" as m on ("m"."order_id" = "d"."r#0") and ("m"."line_no" = "d"."r#1") where not exists (select 1 from "temp"."main"."tm_OWNER_N_images_order_lines" as i where ("d"."r#0" = "i"."k_order_id") and ("d"."r#1" = "i"."k_line_no"))
union all
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_amount", "i"."a_customer_id" from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and exists (select 1 from (select distinct "r#0", "r#1" from "temp"."main"."tm_OWNER_N_affected_fact_line") as d where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"));

insert into "temp"."main"."tm_OWNER_N_root_fact_visit" ("visit_id", "customer_id", "customer_name", "seen_by", "_updated_at")
select "m"."visit_id", "m"."customer_id", "m"."customer_name", "m"."seen_by", "m"."_updated_at" from (select distinct "r#0" from "temp"."main"."tm_OWNER_N_affected_fact_visit") as d join "marts"."fact_visit" as m on ("m"."visit_id" = "d"."r#0");

insert into "temp"."main"."tm_OWNER_N_root_line_country" ("order_id", "line_no", "product", "customer_id")
select "m"."order_id", "m"."line_no", "m"."product", "m"."customer_id" from (select distinct "r#0", "r#1" from "temp"."main"."tm_OWNER_N_affected_line_country") as d join "marts"."fact_line" as m on ("m"."order_id" = "d"."r#0") and ("m"."line_no" = "d"."r#1") where not exists (select 1 from "temp"."main"."tm_OWNER_N_changes_fact_line" as i where ("d"."r#0" = "i"."k_order_id") and ("d"."r#1" = "i"."k_line_no"))
union all
select "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_customer_id" from "temp"."main"."tm_OWNER_N_changes_fact_line" as i where i.op <> 'D' and exists (select 1 from (select distinct "r#0", "r#1" from "temp"."main"."tm_OWNER_N_affected_line_country") as d where ("i"."k_order_id" = "d"."r#0") and ("i"."k_line_no" = "d"."r#1"));

insert into "tidemark"."audit" (batch, target, operation, key, before, after, causes)
select 2, 'dim_customer', i.op, cast('{' || concat_ws(',', '"customer_id":' || coalesce(cast(to_json(cast(("i"."k_customer_id") as varchar)) as varchar), 'null')) || '}' as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(cast(to_json(cast(("i"."b_name") as varchar)) as varchar), 'null') end, case when ("i"."b_country_name" is distinct from "i"."a_country_name") then '"country_name":' || coalesce(cast(to_json(cast(("i"."b_country_name") as varchar)) as varchar), 'null') end) || '}' when 'D' then '{' || concat_ws(',', '"customer_id":' || coalesce(cast(to_json(cast(("t"."customer_id") as varchar)) as varchar), 'null'), '"name":' || coalesce(cast(to_json(cast(("t"."name") as varchar)) as varchar), 'null'), '"country_name":' || coalesce(cast(to_json(cast(("t"."country_name") as varchar)) as varchar), 'null'), '"note":' || coalesce(cast(to_json(cast(("t"."note") as varchar)) as varchar), 'null')) || '}' end as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(cast(to_json(cast(("i"."a_name") as varchar)) as varchar), 'null') end, case when ("i"."b_country_name" is distinct from "i"."a_country_name") then '"country_name":' || coalesce(cast(to_json(cast(("i"."a_country_name") as varchar)) as varchar), 'null') end) || '}' when 'I' then '{' || concat_ws(',', '"customer_id":' || coalesce(cast(to_json(cast(("i"."a_customer_id") as varchar)) as varchar), 'null'), '"name":' || coalesce(cast(to_json(cast(("i"."a_name") as varchar)) as varchar), 'null'), '"country_name":' || coalesce(cast(to_json(cast(("i"."a_country_name") as varchar)) as varchar), 'null')) || '}' end as json), cast(c.causes as json) from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i
left join "temp"."main"."tm_OWNER_N_current_dim_customer" as t on ("t"."customer_id" = "i"."k_customer_id")
left join (select "x"."k_customer_id", '[' || string_agg(distinct cast(x.cause + 0 as varchar), ',') || ']' as causes
  from "temp"."main"."tm_OWNER_N_causes_dim_customer" as x group by "x"."k_customer_id") as c on ("i"."k_customer_id" = "c"."k_customer_id");

insert into "tidemark"."audit" (batch, target, operation, key, before, after, causes)
select 2, 'fact_line', i.op, cast('{' || concat_ws(',', '"order_id":' || coalesce(cast(to_json(cast(("i"."k_order_id") as varchar)) as varchar), 'null'), '"line_no":' || coalesce(cast(("i"."k_line_no") as varchar), 'null')) || '}' as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id":' || coalesce(cast(to_json(cast(("i"."b_customer_id") as varchar)) as varchar), 'null') end, case when ("i"."b_customer_name" is distinct from "i"."a_customer_name") then '"customer_name":' || coalesce(cast(to_json(cast(("i"."b_customer_name") as varchar)) as varchar), 'null') end) || '}' when 'D' then '{' || concat_ws(',', '"order_id":' || coalesce(cast(to_json(cast(("t"."order_id") as varchar)) as varchar), 'null'), '"line_no":' || coalesce(cast(("t"."line_no") as varchar), 'null'), '"product":' || coalesce(cast(to_json(cast(("t"."product") as varchar)) as varchar), 'null'), '"amount":' || coalesce(cast(to_json(cast(("t"."amount") as varchar)) as varchar), 'null'), '"customer_id":' || coalesce(cast(to_json(cast(("t"."customer_id") as varchar)) as varchar), 'null'), '"customer_name":' || coalesce(cast(to_json(cast(("t"."customer_name") as varchar)) as varchar), 'null')) || '}' end as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id":' || coalesce(cast(to_json(cast(("i"."a_customer_id") as varchar)) as varchar), 'null') end, case when ("i"."b_customer_name" is distinct from "i"."a_customer_name") then '"customer_name":' || coalesce(cast(to_json(cast(("i"."a_customer_name") as varchar)) as varchar), 'null') end) || '}' when 'I' then '{' || concat_ws(',', '"order_id":' || coalesce(cast(to_json(cast(("i"."a_order_id") as varchar)) as varchar), 'null'), '"line_no":' || coalesce(cast(("i"."a_line_no") as varchar), 'null'), '"product":' || coalesce(cast(to_json(cast(("i"."a_product") as varchar)) as varchar), 'null'), '"amount":' || coalesce(cast(to_json(cast(("i"."a_amount") as varchar)) as varchar), 'null'), '"customer_id":' || coalesce(cast(to_json(cast(("i"."a_customer_id") as varchar)) as varchar), 'null'), '"customer_name":' || coalesce(cast(to_json(cast(("i"."a_customer_name") as varchar)) as varchar), 'null')) || '}' end as json), cast(c.causes as json) from "temp"."main"."tm_OWNER_N_changes_fact_line" as i
left join "temp"."main"."tm_OWNER_N_current_fact_line" as t on ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no")
left join (select "x"."k_order_id", "x"."k_line_no", '[' || string_agg(distinct cast(x.cause + 0 as varchar), ',') || ']' as causes
  from "temp"."main"."tm_OWNER_N_causes_fact_line" as x group by "x"."k_order_id", "x"."k_line_no") as c on ("i"."k_order_id" = "c"."k_order_id") and ("i"."k_line_no" = "c"."k_line_no");

insert into "tidemark"."audit" (batch, target, operation, key, before, after, causes)
select 2, 'fact_visit', i.op, cast('{' || concat_ws(',', '"visit_id":' || coalesce(cast(to_json(cast(("i"."k_visit_id") as varchar)) as varchar), 'null')) || '}' as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_customer_name" is distinct from "i"."a_customer_name") then '"customer_name":' || coalesce(cast(to_json(cast(("i"."b_customer_name") as varchar)) as varchar), 'null') end, '"_updated_at":' || coalesce(case when cast(("t"."_updated_at") as timestamp) between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
 then strftime(cast(("t"."_updated_at") as timestamp), '"%Y-%m-%dT%H:%M:%S.%f"') else cast(to_json(cast(("t"."_updated_at") as varchar)) as varchar) end, 'null')) || '}' end as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_customer_name" is distinct from "i"."a_customer_name") then '"customer_name":' || coalesce(cast(to_json(cast(("i"."a_customer_name") as varchar)) as varchar), 'null') end, '"_updated_at":' || coalesce(case when cast((cast(cast($1 as timestamptz) as TIMESTAMP)) as timestamp) between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
 then strftime(cast((cast(cast($2 as timestamptz) as TIMESTAMP)) as timestamp), '"%Y-%m-%dT%H:%M:%S.%f"') else cast(to_json(cast((cast(cast($3 as timestamptz) as TIMESTAMP)) as varchar)) as varchar) end, 'null')) || '}' when 'I' then '{' || concat_ws(',', '"customer_name":' || coalesce(cast(to_json(cast(("i"."a_customer_name") as varchar)) as varchar), 'null'), '"_updated_at":' || coalesce(case when cast((cast(cast($4 as timestamptz) as TIMESTAMP)) as timestamp) between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
 then strftime(cast((cast(cast($5 as timestamptz) as TIMESTAMP)) as timestamp), '"%Y-%m-%dT%H:%M:%S.%f"') else cast(to_json(cast((cast(cast($6 as timestamptz) as TIMESTAMP)) as varchar)) as varchar) end, 'null')) || '}' end as json), cast(c.causes as json) from "temp"."main"."tm_OWNER_N_changes_fact_visit" as i
left join "temp"."main"."tm_OWNER_N_root_fact_visit" as t on ("t"."visit_id" = "i"."k_visit_id")
left join (select "x"."k_visit_id", '[' || string_agg(distinct cast(x.cause + 0 as varchar), ',') || ']' as causes
  from "temp"."main"."tm_OWNER_N_causes_fact_visit" as x group by "x"."k_visit_id") as c on ("i"."k_visit_id" = "c"."k_visit_id");

insert into "tidemark"."audit" (batch, target, operation, key, before, after, causes)
select 2, 'line_country', i.op, cast('{' || concat_ws(',', '"order_id":' || coalesce(cast(to_json(cast(("i"."k_order_id") as varchar)) as varchar), 'null'), '"line_no":' || coalesce(cast(("i"."k_line_no") as varchar), 'null')) || '}' as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_country_name" is distinct from "i"."a_country_name") then '"country_name":' || coalesce(cast(to_json(cast(("i"."b_country_name") as varchar)) as varchar), 'null') end) || '}' when 'D' then '{' || concat_ws(',', '"order_id":' || coalesce(cast(to_json(cast(("t"."order_id") as varchar)) as varchar), 'null'), '"line_no":' || coalesce(cast(("t"."line_no") as varchar), 'null'), '"product":' || coalesce(cast(to_json(cast(("t"."product") as varchar)) as varchar), 'null'), '"country_name":' || coalesce(cast(to_json(cast(("t"."country_name") as varchar)) as varchar), 'null')) || '}' end as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_country_name" is distinct from "i"."a_country_name") then '"country_name":' || coalesce(cast(to_json(cast(("i"."a_country_name") as varchar)) as varchar), 'null') end) || '}' when 'I' then '{' || concat_ws(',', '"order_id":' || coalesce(cast(to_json(cast(("i"."a_order_id") as varchar)) as varchar), 'null'), '"line_no":' || coalesce(cast(("i"."a_line_no") as varchar), 'null'), '"product":' || coalesce(cast(to_json(cast(("i"."a_product") as varchar)) as varchar), 'null'), '"country_name":' || coalesce(cast(to_json(cast(("i"."a_country_name") as varchar)) as varchar), 'null')) || '}' end as json), cast(c.causes as json) from "temp"."main"."tm_OWNER_N_changes_line_country" as i
left join "temp"."main"."tm_OWNER_N_current_line_country" as t on ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no")
left join (select "x"."k_order_id", "x"."k_line_no", '[' || string_agg(distinct cast(x.cause + 0 as varchar), ',') || ']' as causes
  from "temp"."main"."tm_OWNER_N_causes_line_country" as x group by "x"."k_order_id", "x"."k_line_no") as c on ("i"."k_order_id" = "c"."k_order_id") and ("i"."k_line_no" = "c"."k_line_no");

insert into "tidemark"."batches" (batch, run_id, kind, status, started_at, moment,
  committed_at, duration_ms, digest, changes, rows, cells, sources, targets, mapping, actor, host, meta)
select 2, $1, $2, $3, cast($4 as timestamptz), cast($5 as timestamptz),
  uuid_extract_timestamp(uuidv7()), cast(cast(extract(epoch from (uuid_extract_timestamp(uuidv7())) - (cast($6 as timestamptz))) * 1000 as double precision) as bigint), $7,
  10, 20, 14,
  cast($8 as json), cast($9 as json), $10, $11, $12, cast($13 as json);

insert into "tidemark"."changes" (change_id, batch, source, operation, declared, key, before, after, columns)
select 0 + i.seq, 2, 'countries', i.op, i.declared, cast('{' || concat_ws(',', '"code":' || coalesce(cast(to_json(cast(("i"."k_code") as varchar)) as varchar), 'null')) || '}' as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(cast(to_json(cast(("i"."b_name") as varchar)) as varchar), 'null') end) || '}' when 'D' then '{' || concat_ws(',', '"code":' || coalesce(cast(to_json(cast(("i"."b_code") as varchar)) as varchar), 'null'), '"name":' || coalesce(cast(to_json(cast(("i"."b_name") as varchar)) as varchar), 'null')) || '}' end as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(cast(to_json(cast(("i"."a_name") as varchar)) as varchar), 'null') end) || '}' when 'I' then '{' || concat_ws(',', '"code":' || coalesce(cast(to_json(cast(("i"."a_code") as varchar)) as varchar), 'null'), '"name":' || coalesce(cast(to_json(cast(("i"."a_name") as varchar)) as varchar), 'null')) || '}' end as json), cast(case when i.op = 'U' then '[' || concat_ws(',', nullif(concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name"' end), '')) || ']' end as json) from "temp"."main"."tm_OWNER_N_images_countries" as i;

insert into "tidemark"."changes" (change_id, batch, source, operation, declared, key, before, after, columns)
select 2 + i.seq, 2, 'customers', i.op, i.declared, cast('{' || concat_ws(',', '"id":' || coalesce(cast(to_json(cast(("i"."k_id") as varchar)) as varchar), 'null')) || '}' as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(cast(to_json(cast(("i"."b_name") as varchar)) as varchar), 'null') end, case when ("i"."b_country" is distinct from "i"."a_country") then '"country":' || coalesce(cast(to_json(cast(("i"."b_country") as varchar)) as varchar), 'null') end, case when ("i"."b_credit" is distinct from "i"."a_credit") then '"credit":' || coalesce(cast(to_json(cast(("i"."b_credit") as varchar)) as varchar), 'null') end, case when ("i"."b_updated_at" is distinct from "i"."a_updated_at") then '"updated_at":' || coalesce(case when cast(("i"."b_updated_at") as timestamp) between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
 then strftime(cast(("i"."b_updated_at") as timestamp), '"%Y-%m-%dT%H:%M:%S.%f"') else cast(to_json(cast(("i"."b_updated_at") as varchar)) as varchar) end, 'null') end) || '}' when 'D' then '{' || concat_ws(',', '"id":' || coalesce(cast(to_json(cast(("i"."b_id") as varchar)) as varchar), 'null'), '"name":' || coalesce(cast(to_json(cast(("i"."b_name") as varchar)) as varchar), 'null'), '"country":' || coalesce(cast(to_json(cast(("i"."b_country") as varchar)) as varchar), 'null'), '"credit":' || coalesce(cast(to_json(cast(("i"."b_credit") as varchar)) as varchar), 'null'), '"updated_at":' || coalesce(case when cast(("i"."b_updated_at") as timestamp) between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
 then strftime(cast(("i"."b_updated_at") as timestamp), '"%Y-%m-%dT%H:%M:%S.%f"') else cast(to_json(cast(("i"."b_updated_at") as varchar)) as varchar) end, 'null')) || '}' end as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name":' || coalesce(cast(to_json(cast(("i"."a_name") as varchar)) as varchar), 'null') end, case when ("i"."b_country" is distinct from "i"."a_country") then '"country":' || coalesce(cast(to_json(cast(("i"."a_country") as varchar)) as varchar), 'null') end, case when ("i"."b_credit" is distinct from "i"."a_credit") then '"credit":' || coalesce(cast(to_json(cast(("i"."a_credit") as varchar)) as varchar), 'null') end, case when ("i"."b_updated_at" is distinct from "i"."a_updated_at") then '"updated_at":' || coalesce(case when cast(("i"."a_updated_at") as timestamp) between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
 then strftime(cast(("i"."a_updated_at") as timestamp), '"%Y-%m-%dT%H:%M:%S.%f"') else cast(to_json(cast(("i"."a_updated_at") as varchar)) as varchar) end, 'null') end) || '}' when 'I' then '{' || concat_ws(',', '"id":' || coalesce(cast(to_json(cast(("i"."a_id") as varchar)) as varchar), 'null'), '"name":' || coalesce(cast(to_json(cast(("i"."a_name") as varchar)) as varchar), 'null'), '"country":' || coalesce(cast(to_json(cast(("i"."a_country") as varchar)) as varchar), 'null'), '"credit":' || coalesce(cast(to_json(cast(("i"."a_credit") as varchar)) as varchar), 'null'), '"updated_at":' || coalesce(case when cast(("i"."a_updated_at") as timestamp) between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
 then strftime(cast(("i"."a_updated_at") as timestamp), '"%Y-%m-%dT%H:%M:%S.%f"') else cast(to_json(cast(("i"."a_updated_at") as varchar)) as varchar) end, 'null')) || '}' end as json), cast(case when i.op = 'U' then '[' || concat_ws(',', nullif(concat_ws(',', case when ("i"."b_name" is distinct from "i"."a_name") then '"name"' end, case when ("i"."b_country" is distinct from "i"."a_country") then '"country"' end, case when ("i"."b_credit" is distinct from "i"."a_credit") then '"credit"' end, case when ("i"."b_updated_at" is distinct from "i"."a_updated_at") then '"updated_at"' end), '')) || ']' end as json) from "temp"."main"."tm_OWNER_N_images_customers" as i;

insert into "tidemark"."changes" (change_id, batch, source, operation, declared, key, before, after, columns)
select 6 + i.seq, 2, 'order_lines', i.op, i.declared, cast('{' || concat_ws(',', '"order_id":' || coalesce(cast(to_json(cast(("i"."k_order_id") as varchar)) as varchar), 'null'), '"line_no":' || coalesce(cast(("i"."k_line_no") as varchar), 'null')) || '}' as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id":' || coalesce(cast(to_json(cast(("i"."b_customer_id") as varchar)) as varchar), 'null') end) || '}' when 'D' then '{' || concat_ws(',', '"order_id":' || coalesce(cast(to_json(cast(("i"."b_order_id") as varchar)) as varchar), 'null'), '"line_no":' || coalesce(cast(("i"."b_line_no") as varchar), 'null'), '"customer_id":' || coalesce(cast(to_json(cast(("i"."b_customer_id") as varchar)) as varchar), 'null'), '"product":' || coalesce(cast(to_json(cast(("i"."b_product") as varchar)) as varchar), 'null'), '"amount":' || coalesce(cast(to_json(cast(("i"."b_amount") as varchar)) as varchar), 'null')) || '}' end as json), cast(case i.op when 'U' then '{' || concat_ws(',', case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id":' || coalesce(cast(to_json(cast(("i"."a_customer_id") as varchar)) as varchar), 'null') end) || '}' when 'I' then '{' || concat_ws(',', '"order_id":' || coalesce(cast(to_json(cast(("i"."a_order_id") as varchar)) as varchar), 'null'), '"line_no":' || coalesce(cast(("i"."a_line_no") as varchar), 'null'), '"customer_id":' || coalesce(cast(to_json(cast(("i"."a_customer_id") as varchar)) as varchar), 'null'), '"product":' || coalesce(cast(to_json(cast(("i"."a_product") as varchar)) as varchar), 'null'), '"amount":' || coalesce(cast(to_json(cast(("i"."a_amount") as varchar)) as varchar), 'null')) || '}' end as json), cast(case when i.op = 'U' then '[' || concat_ws(',', nullif(concat_ws(',', case when ("i"."b_customer_id" is distinct from "i"."a_customer_id") then '"customer_id"' end), '')) || ']' end as json) from "temp"."main"."tm_OWNER_N_images_order_lines" as i;

insert into "tidemark"."heartbeat" (id, token, owner, host, pid, command, taken_at, expires_at)
select 1, 2, $1, $2, PID, $3, uuid_extract_timestamp(uuidv7()), ((uuid_extract_timestamp(uuidv7())) - to_milliseconds(cast($4 as bigint)));

insert into "tidemark"."lags" (relation, batch, committed_at, buckets) values ($1, 2, cast($2 as timestamptz), cast($3 as json)), ($4, 2, cast($5 as timestamptz), cast($6 as json)), ($7, 2, cast($8 as timestamptz), cast($9 as json)), ($10, 2, cast($11 as timestamptz), cast($12 as json)), ($13, 2, cast($14 as timestamptz), cast($15 as json)) on conflict (relation, batch) do nothing;

insert into "tidemark"."positions" (source, watermark, full_compare_at, delete_check_at, batch)
values ($1, $2, cast($3 as timestamptz), cast($4 as timestamptz), $5), ($6, $7, null, cast($8 as timestamptz), $9), ($10, $11, cast($12 as timestamptz), cast($13 as timestamptz), $14)
on conflict (source) do update set
  watermark = coalesce(excluded.watermark, positions.watermark),
  full_compare_at = coalesce(excluded.full_compare_at, positions.full_compare_at),
  delete_check_at = coalesce(excluded.delete_check_at, positions.delete_check_at),
  batch = coalesce(excluded.batch, positions.batch);

insert into "tidemark"."runs" (run_id, command, status, started_at, finished_at, batch, error_code, error, phases, actor, host, pid, meta, repeats)
values ($1, $2, $3, cast($4 as timestamptz), uuid_extract_timestamp(uuidv7()), $5,
  $6, $7, cast($8 as json), $9, $10, PID, cast($11 as json), 0);

select "d"."k_customer_id" as "customer_id", "d"."r#0" as "root id" from "temp"."main"."tm_OWNER_N_desired_dim_customer" as d where ("d"."k_customer_id" is null) limit 5;

select "d"."k_customer_id" as "customer_id", count(*) as "tidemark.rows"
from "temp"."main"."tm_OWNER_N_desired_dim_customer" as d group by "d"."k_customer_id" having count(*) > 1 limit 5;

select "d"."k_order_id" as "order_id", "d"."k_line_no" as "line_no", "d"."r#0" as "root order_id", "d"."r#1" as "root line_no" from "temp"."main"."tm_OWNER_N_desired_fact_line" as d where ("d"."k_order_id" is null or "d"."k_line_no" is null) limit 5;

select "d"."k_order_id" as "order_id", "d"."k_line_no" as "line_no", "d"."r#0" as "root order_id", "d"."r#1" as "root line_no" from "temp"."main"."tm_OWNER_N_desired_line_country" as d where ("d"."k_order_id" is null or "d"."k_line_no" is null) limit 5;

select "d"."k_order_id" as "order_id", "d"."k_line_no" as "line_no", count(*) as "tidemark.rows"
from "temp"."main"."tm_OWNER_N_desired_fact_line" as d group by "d"."k_order_id", "d"."k_line_no" having count(*) > 1 limit 5;

select "d"."k_order_id" as "order_id", "d"."k_line_no" as "line_no", count(*) as "tidemark.rows"
from "temp"."main"."tm_OWNER_N_desired_line_country" as d group by "d"."k_order_id", "d"."k_line_no" having count(*) > 1 limit 5;

select "d"."k_visit_id" as "visit_id", "d"."r#0" as "root visit_id" from "temp"."main"."tm_OWNER_N_desired_fact_visit" as d where ("d"."k_visit_id" is null) limit 5;

select "d"."k_visit_id" as "visit_id", count(*) as "tidemark.rows"
from "temp"."main"."tm_OWNER_N_desired_fact_visit" as d group by "d"."k_visit_id" having count(*) > 1 limit 5;

select "i"."k_code" as "code" from "temp"."main"."tm_OWNER_N_images_countries" as i where ("i"."k_code" is null) limit 5;

select "i"."k_customer_id" as "customer_id", case when "i"."a_customer_id" is null then 'customer_id' end as "tidemark.column" from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i where i.op <> 'D' and ("i"."a_customer_id" is null) limit 5;

select "i"."k_customer_id" as "customer_id", count(*) as "tidemark.rows" from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i group by "i"."k_customer_id" having count(*) > 1 limit 5;

select "i"."k_id" as "id" from "temp"."main"."tm_OWNER_N_images_customers" as i where ("i"."k_id" is null) limit 5;

select "i"."k_order_id" as "order_id", "i"."k_line_no" as "line_no" from "temp"."main"."tm_OWNER_N_images_order_lines" as i where ("i"."k_order_id" is null or "i"."k_line_no" is null) limit 5;

select "i"."k_order_id" as "order_id", "i"."k_line_no" as "line_no", case when "i"."a_order_id" is null then 'order_id' when "i"."a_line_no" is null then 'line_no' end as "tidemark.column" from "temp"."main"."tm_OWNER_N_changes_line_country" as i where i.op <> 'D' and ("i"."a_order_id" is null or "i"."a_line_no" is null) limit 5;

select "i"."k_order_id" as "order_id", "i"."k_line_no" as "line_no", count(*) as "tidemark.rows" from "temp"."main"."tm_OWNER_N_changes_fact_line" as i group by "i"."k_order_id", "i"."k_line_no" having count(*) > 1 limit 5;

select "i"."k_order_id" as "order_id", "i"."k_line_no" as "line_no", count(*) as "tidemark.rows" from "temp"."main"."tm_OWNER_N_changes_line_country" as i group by "i"."k_order_id", "i"."k_line_no" having count(*) > 1 limit 5;

select "i"."k_visit_id" as "visit_id", count(*) as "tidemark.rows" from "temp"."main"."tm_OWNER_N_changes_fact_visit" as i group by "i"."k_visit_id" having count(*) > 1 limit 5;

select "s"."code", count(*) as "tidemark.rows"
from (select true as "tidemark.present", "countries"."code", "countries"."name"
    from "staging"."countries" as "countries" where true) as s
where exists (select 1 from "temp"."main"."tm_OWNER_N_images_countries" as i where i.op <> 'D' and ("s"."code" = "i"."k_code"))
group by "s"."code" having count(*) > 1 limit 5;

select "s"."id", count(*) as "tidemark.rows"
from (select true as "tidemark.present", "customers"."id", "customers"."name", "customers"."country", "customers"."credit", "customers"."updated_at"
    from "staging"."customers" as "customers" where true) as s
where exists (select 1 from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D' and ("s"."id" = "i"."k_id"))
group by "s"."id" having count(*) > 1 limit 5;

select "s"."n" = "m"."n" + "x"."n" and "s"."s0" = "m"."s0" + "x"."s0" as same
from (select count(*) as n, coalesce(sum(cast(hash("k"."id") as hugeint)), 0) as "s0" from (select true as "tidemark.present", "customers"."id", "customers"."name", "customers"."country", "customers"."credit", "customers"."updated_at"
    from "staging"."customers" as "customers" where true) as k) as s,
  (select count(*) as n, coalesce(sum(cast(hash("k"."id") as hugeint)), 0) as "s0" from "staging_public"."customers" as k) as m,
  (select count(*) filter (where i.op = 'I') - count(*) filter (where i.op = 'D') as n, coalesce(sum(cast(hash("i"."k_id") as hugeint)) filter (where i.op = 'I'), 0) - coalesce(sum(cast(hash("i"."k_id") as hugeint)) filter (where i.op = 'D'), 0) as "s0" from "temp"."main"."tm_OWNER_N_images_customers" as i) as x;

select "s"."order_id", "s"."line_no", count(*) as "tidemark.rows"
from (select true as "tidemark.present", "order_lines"."order_id", "order_lines"."line_no", "order_lines"."customer_id", "order_lines"."product", "order_lines"."amount"
    from "staging"."order_lines" as "order_lines" where true) as s
where exists (select 1 from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D' and ("s"."order_id" = "i"."k_order_id") and ("s"."line_no" = "i"."k_line_no"))
group by "s"."order_id", "s"."line_no" having count(*) > 1 limit 5;

select (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_code", "i"."b_code", "i"."b_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_images_countries" as i where i.op <> 'I') as taken, (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_code", "i"."a_code", "i"."a_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_images_countries" as i where i.op <> 'D') as added;

select (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_customer_id", "i"."b_customer_id", "i"."b_name", "i"."b_country_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i where i.op <> 'I') as taken, (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_customer_id", "i"."a_customer_id", "i"."a_name", "i"."a_country_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i where i.op <> 'D') as added;

select (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_id", "i"."b_id", "i"."b_name", "i"."b_country", "i"."b_credit", "i"."b_updated_at") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'I') as taken, (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_id", "i"."a_id", "i"."a_name", "i"."a_country", "i"."a_credit", "i"."a_updated_at") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_images_customers" as i where i.op <> 'D') as added;

select (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_order_id", "i"."k_line_no", "i"."b_order_id", "i"."b_line_no", "i"."b_customer_id", "i"."b_product", "i"."b_amount") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'I') as taken, (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_order_id", "i"."k_line_no", "i"."a_order_id", "i"."a_line_no", "i"."a_customer_id", "i"."a_product", "i"."a_amount") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_images_order_lines" as i where i.op <> 'D') as added;

select (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_order_id", "i"."k_line_no", "i"."b_order_id", "i"."b_line_no", "i"."b_product", "i"."b_amount", "i"."b_customer_id", "i"."b_customer_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_fact_line" as i where i.op <> 'I') as taken, (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_order_id", "i"."k_line_no", "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_amount", "i"."a_customer_id", "i"."a_customer_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_fact_line" as i where i.op <> 'D') as added;

select (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_order_id", "i"."k_line_no", "i"."b_order_id", "i"."b_line_no", "i"."b_product", "i"."b_country_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_line_country" as i where i.op <> 'I') as taken, (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_order_id", "i"."k_line_no", "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_country_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_line_country" as i where i.op <> 'D') as added;

select (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_visit_id", "i"."b_customer_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_fact_visit" as i where i.op <> 'I') as taken, (select (count(*) || ':' || coalesce(sum(cast(hash("i"."k_visit_id", "i"."a_customer_name") as hugeint)), 0)) from "temp"."main"."tm_OWNER_N_changes_fact_visit" as i where i.op <> 'D') as added;

select (select max(batch) from "tidemark"."batches") as batch, (select max(change_id) from "tidemark"."changes") as change;

select (select max(batch) from "tidemark"."batches") as listed,
  (select max(b.batch) from "tidemark"."batches" as b where b.changes > 0 and b.kind <> 'bootstrap' and b.pruned_at is null) as told,
  (select max(batch) from "tidemark"."changes") as ledger, (select max(batch) from "tidemark"."audit") as audit;

select 0 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "marts"."dim_customer")) end as said
from pragma_storage_info('"marts"."dim_customer"') as s
union all
select 1 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "marts"."fact_visit")) end as said
from pragma_storage_info('"marts"."fact_visit"') as s
union all
select 2 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "marts"."line_country")) end as said
from pragma_storage_info('"marts"."line_country"') as s;

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
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "marts"."dim_customer")) end as said
from pragma_storage_info('"marts"."dim_customer"') as s
union all
select 4 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "marts"."fact_line")) end as said
from pragma_storage_info('"marts"."fact_line"') as s
union all
select 5 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "marts"."fact_visit")) end as said
from pragma_storage_info('"marts"."fact_visit"') as s
union all
select 6 as n, case when coalesce(bool_and(s.persistent and not s.has_updates), true)
  then concat_ws(':', count(*), sum(cast(hash(s) as hugeint)), (select count(*) from "marts"."line_country")) end as said
from pragma_storage_info('"marts"."line_country"') as s;

select 0 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."code", "t"."code", "t"."name") as hugeint)), 0)) as cells, '' as reads from "staging_public"."countries" as t) as s
union all
select 1 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."id", "t"."id", "t"."name", "t"."country", "t"."credit", "t"."updated_at") as hugeint)), 0)) as cells, '' as reads from "staging_public"."customers" as t) as s
union all
select 2 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."order_id", "t"."line_no", "t"."order_id", "t"."line_no", "t"."customer_id", "t"."product", "t"."amount") as hugeint)), 0)) as cells, '' as reads from "staging_public"."order_lines" as t) as s
union all
select 3 as n, s.cells, s.reads from (select (count(*) || ':' || coalesce(sum(cast(hash("t"."order_id", "t"."line_no", "t"."order_id", "t"."line_no", "t"."product", "t"."amount", "t"."customer_id", "t"."customer_name") as hugeint)), 0)) as cells, '' as reads from "marts"."fact_line" as t) as s;

select 1 as found from "temp"."main"."tm_OWNER_N_affected_dim_customer" limit 1;

select 1 as found from "temp"."main"."tm_OWNER_N_affected_fact_line" limit 1;

select 1 as found from "temp"."main"."tm_OWNER_N_affected_fact_visit" limit 1;

select 1 as found from "temp"."main"."tm_OWNER_N_affected_line_country" limit 1;

select 1 as n, cast(floor(ln(greatest(1, m.ms)) * 10.492058687257062) as int) as bucket, count(*) as changes
from (select cast(extract(epoch from (cast($1 as timestamptz)) - (t.at)) * 1000 as double precision) as ms from (select cast("i"."a_updated_at" as timestamptz) as at from "temp"."main"."tm_OWNER_N_images_customers" as i
where i.op <> 'D' and "i"."a_updated_at" is not null and (i.op = 'I' or "i"."b_updated_at" is distinct from "i"."a_updated_at")) as t where isfinite(t.at)) as m
group by 1, 2;

select cast(committed_at as varchar) as at from "tidemark"."batches" where batch = 2;

select cast(uuid_extract_timestamp(uuidv7()) as varchar) as moment;

select cast(uuid_extract_timestamp(uuidv7()) as varchar) as now;

select count(*) filter (where i.op = 'I') as inserted, count(*) filter (where i.op = 'U') as updated, count(*) filter (where i.op = 'D') as deleted, count(*) filter (where i.op = 'U' and ("i"."b_code" is distinct from "i"."a_code")) as "c0", count(*) filter (where i.op = 'U' and ("i"."b_name" is distinct from "i"."a_name")) as "c1", (count(*) || ':' || coalesce(sum(cast(hash("i"."op", "i"."k_code", "i"."b_code", "i"."b_name", "i"."a_code", "i"."a_name") as hugeint)), 0)) as digest, (select count(*) from (select true as "tidemark.present", "countries"."code", "countries"."name"
    from "staging"."countries" as "countries" where true) as s) as staged, (select count(*) from (select true as "tidemark.present", "m"."code", "m"."name" from "staging_public"."countries" as m) as m) as mirrored from "temp"."main"."tm_OWNER_N_images_countries" as i;

select count(*) filter (where i.op = 'I') as inserted, count(*) filter (where i.op = 'U') as updated, count(*) filter (where i.op = 'D') as deleted, count(*) filter (where i.op = 'U' and ("i"."b_customer_id" is distinct from "i"."a_customer_id")) as "c0", count(*) filter (where i.op = 'U' and ("i"."b_name" is distinct from "i"."a_name")) as "c1", count(*) filter (where i.op = 'U' and ("i"."b_country_name" is distinct from "i"."a_country_name")) as "c2", (count(*) || ':' || coalesce(sum(cast(hash("i"."op", "i"."k_customer_id", "i"."b_customer_id", "i"."b_name", "i"."b_country_name", "i"."a_customer_id", "i"."a_name", "i"."a_country_name") as hugeint)), 0)) as digest from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i;

select count(*) filter (where i.op = 'I') as inserted, count(*) filter (where i.op = 'U') as updated, count(*) filter (where i.op = 'D') as deleted, count(*) filter (where i.op = 'U' and ("i"."b_customer_name" is distinct from "i"."a_customer_name")) as "c0", (count(*) || ':' || coalesce(sum(cast(hash("i"."op", "i"."k_visit_id", "i"."b_customer_name", "i"."a_customer_name") as hugeint)), 0)) as digest from "temp"."main"."tm_OWNER_N_changes_fact_visit" as i;

select count(*) filter (where i.op = 'I') as inserted, count(*) filter (where i.op = 'U') as updated, count(*) filter (where i.op = 'D') as deleted, count(*) filter (where i.op = 'U' and ("i"."b_id" is distinct from "i"."a_id")) as "c0", count(*) filter (where i.op = 'U' and ("i"."b_name" is distinct from "i"."a_name")) as "c1", count(*) filter (where i.op = 'U' and ("i"."b_country" is distinct from "i"."a_country")) as "c2", count(*) filter (where i.op = 'U' and ("i"."b_credit" is distinct from "i"."a_credit")) as "c3", count(*) filter (where i.op = 'U' and ("i"."b_updated_at" is distinct from "i"."a_updated_at")) as "c4", (count(*) || ':' || coalesce(sum(cast(hash("i"."op", "i"."k_id", "i"."b_id", "i"."b_name", "i"."b_country", "i"."b_credit", "i"."b_updated_at", "i"."a_id", "i"."a_name", "i"."a_country", "i"."a_credit", "i"."a_updated_at") as hugeint)), 0)) as digest, cast(case when max("i"."a_updated_at") is null then cast($1 as TIMESTAMP) when cast($2 as TIMESTAMP) is null or case when max("i"."a_updated_at") > cast(cast($3 as timestamptz) as TIMESTAMP) then cast(cast($4 as timestamptz) as TIMESTAMP) else max("i"."a_updated_at") end > cast($5 as TIMESTAMP) then case when max("i"."a_updated_at") > cast(cast($6 as timestamptz) as TIMESTAMP) then cast(cast($7 as timestamptz) as TIMESTAMP) else max("i"."a_updated_at") end else cast($8 as TIMESTAMP) end as varchar) as watermark from "temp"."main"."tm_OWNER_N_images_customers" as i;

select count(*) filter (where i.op = 'I') as inserted, count(*) filter (where i.op = 'U') as updated, count(*) filter (where i.op = 'D') as deleted, count(*) filter (where i.op = 'U' and ("i"."b_order_id" is distinct from "i"."a_order_id")) as "c0", count(*) filter (where i.op = 'U' and ("i"."b_line_no" is distinct from "i"."a_line_no")) as "c1", count(*) filter (where i.op = 'U' and ("i"."b_customer_id" is distinct from "i"."a_customer_id")) as "c2", count(*) filter (where i.op = 'U' and ("i"."b_product" is distinct from "i"."a_product")) as "c3", count(*) filter (where i.op = 'U' and ("i"."b_amount" is distinct from "i"."a_amount")) as "c4", (count(*) || ':' || coalesce(sum(cast(hash("i"."op", "i"."k_order_id", "i"."k_line_no", "i"."b_order_id", "i"."b_line_no", "i"."b_customer_id", "i"."b_product", "i"."b_amount", "i"."a_order_id", "i"."a_line_no", "i"."a_customer_id", "i"."a_product", "i"."a_amount") as hugeint)), 0)) as digest, (select count(*) from (select true as "tidemark.present", "order_lines"."order_id", "order_lines"."line_no", "order_lines"."customer_id", "order_lines"."product", "order_lines"."amount"
    from "staging"."order_lines" as "order_lines" where true) as s) as staged, (select count(*) from (select true as "tidemark.present", "m"."order_id", "m"."line_no", "m"."customer_id", "m"."product", "m"."amount" from "staging_public"."order_lines" as m) as m) as mirrored from "temp"."main"."tm_OWNER_N_images_order_lines" as i;

select count(*) filter (where i.op = 'I') as inserted, count(*) filter (where i.op = 'U') as updated, count(*) filter (where i.op = 'D') as deleted, count(*) filter (where i.op = 'U' and ("i"."b_order_id" is distinct from "i"."a_order_id")) as "c0", count(*) filter (where i.op = 'U' and ("i"."b_line_no" is distinct from "i"."a_line_no")) as "c1", count(*) filter (where i.op = 'U' and ("i"."b_product" is distinct from "i"."a_product")) as "c2", count(*) filter (where i.op = 'U' and ("i"."b_amount" is distinct from "i"."a_amount")) as "c3", count(*) filter (where i.op = 'U' and ("i"."b_customer_id" is distinct from "i"."a_customer_id")) as "c4", count(*) filter (where i.op = 'U' and ("i"."b_customer_name" is distinct from "i"."a_customer_name")) as "c5", (count(*) || ':' || coalesce(sum(cast(hash("i"."op", "i"."k_order_id", "i"."k_line_no", "i"."b_order_id", "i"."b_line_no", "i"."b_product", "i"."b_amount", "i"."b_customer_id", "i"."b_customer_name", "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_amount", "i"."a_customer_id", "i"."a_customer_name") as hugeint)), 0)) as digest from "temp"."main"."tm_OWNER_N_changes_fact_line" as i;

select count(*) filter (where i.op = 'I') as inserted, count(*) filter (where i.op = 'U') as updated, count(*) filter (where i.op = 'D') as deleted, count(*) filter (where i.op = 'U' and ("i"."b_order_id" is distinct from "i"."a_order_id")) as "c0", count(*) filter (where i.op = 'U' and ("i"."b_line_no" is distinct from "i"."a_line_no")) as "c1", count(*) filter (where i.op = 'U' and ("i"."b_product" is distinct from "i"."a_product")) as "c2", count(*) filter (where i.op = 'U' and ("i"."b_country_name" is distinct from "i"."a_country_name")) as "c3", (count(*) || ':' || coalesce(sum(cast(hash("i"."op", "i"."k_order_id", "i"."k_line_no", "i"."b_order_id", "i"."b_line_no", "i"."b_product", "i"."b_country_name", "i"."a_order_id", "i"."a_line_no", "i"."a_product", "i"."a_country_name") as hugeint)), 0)) as digest from "temp"."main"."tm_OWNER_N_changes_line_country" as i;

select database_name as db, database_name = current_database() as here, schema_name as sch, "table_name" as tab, 'key' as kind, cast(to_json(constraint_column_names) as varchar) as parts
from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'UNIQUE') and contains(lower($1), ';' || lower(schema_name) || '.' || lower("table_name") || ';')
union all
select database_name, database_name = current_database(), null, referenced_table, 'reference', '[]'
from duckdb_constraints() where constraint_type = 'FOREIGN KEY'
union all
select database_name as db, database_name = current_database() as here, schema_name as sch, "table_name" as tab, 'key', cast(to_json(cast(expressions as varchar[])) as varchar)
from duckdb_indexes() where is_unique and contains(lower($2), ';' || lower(schema_name) || '.' || lower("table_name") || ';');

select database_name as db, database_name = current_database() as here, schema_name as sch, "table_name" as tab, 'table' as kind, sql as definition
from duckdb_tables() where contains(lower($1), ';' || lower(schema_name) || '.' || lower("table_name") || ';')
union all
select database_name as db, database_name = current_database() as here, schema_name as sch, "view_name" as tab, 'view', sql from duckdb_views() where contains(lower($2), ';' || lower(schema_name) || '.' || lower("view_name") || ';');

select database_name as db, database_name = current_database() as here, schema_name as sch, "table_name" as tab, column_name as name, data_type as type,
  is_nullable as nullable, column_default as computed
from duckdb_columns() where contains(lower($1), ';' || lower(schema_name) || '.' || lower("table_name") || ';') order by column_index;

select l.token from "tidemark"."lease" as l where l.id = 1 and not exists (select 1 from "tidemark"."heartbeat");

select max(version) as version from "tidemark"."schema_version";

select name, environment from "tidemark"."project" where id = 1;

select name, fingerprint from "tidemark"."relations" where fingerprint is not null;

select name, kind, table_name, mirror_name, mapping, first_batch, made_by_us, held, behind_since, behind_at, behind_code, behind_reason, behind_retryable, paused_reason
from "tidemark"."relations";

select source, count(*) filter (where not queued) as held, count(*) filter (where queued) as queued from "tidemark"."holds" group by source;

select source, watermark, full_compare_at, delete_check_at from "tidemark"."positions";

select table_name as name from duckdb_tables()
where database_name = 'temp' and starts_with(table_name, $1);

select table_name as name from duckdb_tables()
where database_name = current_database() and lower(schema_name) = lower($1)
union all select view_name from duckdb_views()
where database_name = current_database() and lower(schema_name) = lower($2) order by 1;

select target, events, shape, next_number, fingerprint as fingerprint from "tidemark"."histories";

select target, progress from "tidemark"."parts";

select token from "tidemark"."lease" where id = 1;

select token, owner, host, pid, command, taken_at, expires_at, expires_at <= uuid_extract_timestamp(uuidv7()) as expired
from "tidemark"."heartbeat" where id = 1;

update "marts"."dim_customer" as t set "name" = "i"."a_name", "country_name" = "i"."a_country_name"
from "temp"."main"."tm_OWNER_N_changes_dim_customer" as i where i.op = 'U' and ("t"."customer_id" = "i"."k_customer_id");

update "marts"."line_country" as t set "country_name" = "i"."a_country_name"
from "temp"."main"."tm_OWNER_N_changes_line_country" as i where i.op = 'U' and ("t"."order_id" = "i"."k_order_id") and ("t"."line_no" = "i"."k_line_no");

update "tidemark"."lease" set token = 2 where id = 1;

update "tidemark"."relations" set fingerprint = case name when $1 then $2 when $3 then $4 when $5 then $6 when $7 then $8 when $9 then $10 when $11 then $12 when $13 then $14 end where name in ($15, $16, $17, $18, $19, $20, $21);
