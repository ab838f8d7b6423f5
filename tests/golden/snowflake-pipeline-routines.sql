-- CAPTURE: drains every stream into its landed table, all at one moment

-- the number of this batch; the row is locked until the end, so that two captures follow each other
update "TIDEMARK_PIPELINE"."BATCH" set "NUMBER" = "NUMBER" + 1, "AT" = sysdate();

-- what happened in COMPANIES; the stream moves on when this transaction commits
insert into "TIDEMARK_PIPELINE"."LANDED_COMPANIES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "ID", "NAME", "COUNTRY_ID", "UPDATED_AT")
select b."NUMBER", b."AT", s."METADATA$ACTION", s."ID", s."NAME", s."COUNTRY_ID", s."UPDATED_AT"
from "TIDEMARK_PIPELINE"."STREAM_COMPANIES" as s
cross join "TIDEMARK_PIPELINE"."BATCH" as b;

-- what happened in COUNTRIES; the stream moves on when this transaction commits
insert into "TIDEMARK_PIPELINE"."LANDED_COUNTRIES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "ID", "NAME")
select b."NUMBER", b."AT", s."METADATA$ACTION", s."ID", s."NAME"
from "TIDEMARK_PIPELINE"."STREAM_COUNTRIES" as s
cross join "TIDEMARK_PIPELINE"."BATCH" as b;

-- what happened in SALES; the stream moves on when this transaction commits
insert into "TIDEMARK_PIPELINE"."LANDED_SALES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "ID", "COMPANY_ID", "AMOUNT", "GONE")
select b."NUMBER", b."AT", s."METADATA$ACTION", s."ID", s."COMPANY_ID", s."AMOUNT", s."GONE"
from "TIDEMARK_PIPELINE"."STREAM_SALES" as s
cross join "TIDEMARK_PIPELINE"."BATCH" as b;

-- what happened in customers; the stream moves on when this transaction commits
insert into "TIDEMARK_PIPELINE"."LANDED_CUSTOMERS" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "OPERATION", "BEFORE", "AFTER", "TS_MS", "SEQ", "TABLE_NAME")
select b."NUMBER", b."AT", s."METADATA$ACTION", s."OPERATION", s."BEFORE", s."AFTER", s."TS_MS", s."SEQ", s."TABLE_NAME"
from "TIDEMARK_PIPELINE"."STREAM_CUSTOMERS" as s
cross join "TIDEMARK_PIPELINE"."BATCH" as b
where coalesce(s."TABLE_NAME" = 'customers', false);

-- PARSE_COMPANIES: what landed of COMPANIES, as events; each key as its last event left it

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select b."NUMBER" from "TIDEMARK_PIPELINE"."BATCH" as b) as u;

-- what cannot be taken, with the reason
insert into "TIDEMARK_PIPELINE"."REJECTED" ("SOURCE", "BATCH", "AT", "REASON", "EVENT")
select 'COMPANIES', "COMPANIES"."TIDEMARK_BATCH", "COMPANIES"."TIDEMARK_AT", 'a column of the key is NULL', cast(null as varchar)
from "TIDEMARK_PIPELINE"."LANDED_COMPANIES" as "COMPANIES"
join "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p on "COMPANIES"."TIDEMARK_BATCH" > p."PREVIOUS" and "COMPANIES"."TIDEMARK_BATCH" <= p."BATCH"
where "COMPANIES"."ID" is null;

-- one event for each key and batch
insert into "TIDEMARK_PIPELINE"."EVENTS_COMPANIES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_OPERATION", "TIDEMARK_HAPPENED", "TIDEMARK_SEQUENCE_1", "TIDEMARK_IDENTITY", "ID", "NAME", "COUNTRY_ID", "UPDATED_AT")
select "COMPANIES"."TIDEMARK_BATCH", "COMPANIES"."TIDEMARK_AT", iff("COMPANIES"."TIDEMARK_ACTION" = 'INSERT', 'U', 'D'), cast(null as timestamp_ntz(6)), "COMPANIES"."TIDEMARK_BATCH", '', "COMPANIES"."ID", "COMPANIES"."NAME", "COMPANIES"."COUNTRY_ID", "COMPANIES"."UPDATED_AT"
from (
  select "COMPANIES".*
  from "TIDEMARK_PIPELINE"."LANDED_COMPANIES" as "COMPANIES"
  join "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p on "COMPANIES"."TIDEMARK_BATCH" > p."PREVIOUS" and "COMPANIES"."TIDEMARK_BATCH" <= p."BATCH"
  qualify row_number() over (partition by "COMPANIES"."TIDEMARK_BATCH", "COMPANIES"."ID" order by iff("COMPANIES"."TIDEMARK_ACTION" = 'INSERT', 0, 1)) = 1
) as "COMPANIES"
where not ("COMPANIES"."ID" is null);

-- the rows as this batch finds them and as it leaves them: what says which rows of targets it reaches
insert into "TIDEMARK_PIPELINE"."CHANGES_COMPANIES" ("TIDEMARK_BATCH", "ID", "NAME", "COUNTRY_ID", "UPDATED_AT")
with latest as (
  select e.*
  from "TIDEMARK_PIPELINE"."EVENTS_COMPANIES" as e
  join "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p on e."TIDEMARK_BATCH" > p."PREVIOUS" and e."TIDEMARK_BATCH" <= p."BATCH"
  qualify row_number() over (partition by e."ID" order by e."TIDEMARK_SEQUENCE_1" desc, iff(e."TIDEMARK_OPERATION" = 'D', 1, 0) desc, e."TIDEMARK_IDENTITY" desc) = 1
)
select p."BATCH", c."ID", c."NAME", c."COUNTRY_ID", c."UPDATED_AT"
from latest as n
join "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" as c on c."ID" = n."ID"
cross join "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p
where not c."TIDEMARK_DELETED" and ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY"))
union all
select p."BATCH", n."ID", n."NAME", n."COUNTRY_ID", n."UPDATED_AT"
from latest as n
left join "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" as c on c."ID" = n."ID"
cross join "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p
where n."TIDEMARK_OPERATION" = 'U' and (c."TIDEMARK_DELETED" is null or ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY")));

-- each key as its last event left it
merge into "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" as c
using (
  select l.*, (l."TIDEMARK_OPERATION" = 'D') as "TIDEMARK_DELETED"
  from (
    select e.*
    from "TIDEMARK_PIPELINE"."EVENTS_COMPANIES" as e
    join "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p on e."TIDEMARK_BATCH" > p."PREVIOUS" and e."TIDEMARK_BATCH" <= p."BATCH"
    qualify row_number() over (partition by e."ID" order by e."TIDEMARK_SEQUENCE_1" desc, iff(e."TIDEMARK_OPERATION" = 'D', 1, 0) desc, e."TIDEMARK_IDENTITY" desc) = 1
  ) as l
) as n
on c."ID" = n."ID"
when matched and ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY")) then
  update set "TIDEMARK_DELETED" = n."TIDEMARK_DELETED", "TIDEMARK_SEQUENCE_1" = n."TIDEMARK_SEQUENCE_1", "TIDEMARK_IDENTITY" = n."TIDEMARK_IDENTITY", "ID" = n."ID", "NAME" = n."NAME", "COUNTRY_ID" = n."COUNTRY_ID", "UPDATED_AT" = n."UPDATED_AT"
when not matched and n."TIDEMARK_OPERATION" = 'U' then
  insert ("TIDEMARK_DELETED", "TIDEMARK_SEQUENCE_1", "TIDEMARK_IDENTITY", "ID", "NAME", "COUNTRY_ID", "UPDATED_AT")
  values (n."TIDEMARK_DELETED", n."TIDEMARK_SEQUENCE_1", n."TIDEMARK_IDENTITY", n."ID", n."NAME", n."COUNTRY_ID", n."UPDATED_AT");

-- what is parsed need not lie about any longer
delete from "TIDEMARK_PIPELINE"."LANDED_COMPANIES" where "TIDEMARK_BATCH" <= (select p."BATCH" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p);

-- PARSE_COUNTRIES: what landed of COUNTRIES, as events; each key as its last event left it

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select b."NUMBER" from "TIDEMARK_PIPELINE"."BATCH" as b) as u;

-- what cannot be taken, with the reason
insert into "TIDEMARK_PIPELINE"."REJECTED" ("SOURCE", "BATCH", "AT", "REASON", "EVENT")
select 'COUNTRIES', "COUNTRIES"."TIDEMARK_BATCH", "COUNTRIES"."TIDEMARK_AT", 'a column of the key is NULL', cast(null as varchar)
from "TIDEMARK_PIPELINE"."LANDED_COUNTRIES" as "COUNTRIES"
join "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p on "COUNTRIES"."TIDEMARK_BATCH" > p."PREVIOUS" and "COUNTRIES"."TIDEMARK_BATCH" <= p."BATCH"
where "COUNTRIES"."ID" is null;

-- one event for each key and batch
insert into "TIDEMARK_PIPELINE"."EVENTS_COUNTRIES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_OPERATION", "TIDEMARK_HAPPENED", "TIDEMARK_SEQUENCE_1", "TIDEMARK_IDENTITY", "ID", "NAME")
select "COUNTRIES"."TIDEMARK_BATCH", "COUNTRIES"."TIDEMARK_AT", iff("COUNTRIES"."TIDEMARK_ACTION" = 'INSERT', 'U', 'D'), cast(null as timestamp_ntz(6)), "COUNTRIES"."TIDEMARK_BATCH", '', "COUNTRIES"."ID", "COUNTRIES"."NAME"
from (
  select "COUNTRIES".*
  from "TIDEMARK_PIPELINE"."LANDED_COUNTRIES" as "COUNTRIES"
  join "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p on "COUNTRIES"."TIDEMARK_BATCH" > p."PREVIOUS" and "COUNTRIES"."TIDEMARK_BATCH" <= p."BATCH"
  qualify row_number() over (partition by "COUNTRIES"."TIDEMARK_BATCH", "COUNTRIES"."ID" order by iff("COUNTRIES"."TIDEMARK_ACTION" = 'INSERT', 0, 1)) = 1
) as "COUNTRIES"
where not ("COUNTRIES"."ID" is null);

-- the rows as this batch finds them and as it leaves them: what says which rows of targets it reaches
insert into "TIDEMARK_PIPELINE"."CHANGES_COUNTRIES" ("TIDEMARK_BATCH", "ID", "NAME")
with latest as (
  select e.*
  from "TIDEMARK_PIPELINE"."EVENTS_COUNTRIES" as e
  join "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p on e."TIDEMARK_BATCH" > p."PREVIOUS" and e."TIDEMARK_BATCH" <= p."BATCH"
  qualify row_number() over (partition by e."ID" order by e."TIDEMARK_SEQUENCE_1" desc, iff(e."TIDEMARK_OPERATION" = 'D', 1, 0) desc, e."TIDEMARK_IDENTITY" desc) = 1
)
select p."BATCH", c."ID", c."NAME"
from latest as n
join "TIDEMARK_PIPELINE"."CURRENT_COUNTRIES" as c on c."ID" = n."ID"
cross join "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p
where not c."TIDEMARK_DELETED" and ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY"))
union all
select p."BATCH", n."ID", n."NAME"
from latest as n
left join "TIDEMARK_PIPELINE"."CURRENT_COUNTRIES" as c on c."ID" = n."ID"
cross join "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p
where n."TIDEMARK_OPERATION" = 'U' and (c."TIDEMARK_DELETED" is null or ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY")));

-- each key as its last event left it
merge into "TIDEMARK_PIPELINE"."CURRENT_COUNTRIES" as c
using (
  select l.*, (l."TIDEMARK_OPERATION" = 'D') as "TIDEMARK_DELETED"
  from (
    select e.*
    from "TIDEMARK_PIPELINE"."EVENTS_COUNTRIES" as e
    join "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p on e."TIDEMARK_BATCH" > p."PREVIOUS" and e."TIDEMARK_BATCH" <= p."BATCH"
    qualify row_number() over (partition by e."ID" order by e."TIDEMARK_SEQUENCE_1" desc, iff(e."TIDEMARK_OPERATION" = 'D', 1, 0) desc, e."TIDEMARK_IDENTITY" desc) = 1
  ) as l
) as n
on c."ID" = n."ID"
when matched and ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY")) then
  update set "TIDEMARK_DELETED" = n."TIDEMARK_DELETED", "TIDEMARK_SEQUENCE_1" = n."TIDEMARK_SEQUENCE_1", "TIDEMARK_IDENTITY" = n."TIDEMARK_IDENTITY", "ID" = n."ID", "NAME" = n."NAME"
when not matched and n."TIDEMARK_OPERATION" = 'U' then
  insert ("TIDEMARK_DELETED", "TIDEMARK_SEQUENCE_1", "TIDEMARK_IDENTITY", "ID", "NAME")
  values (n."TIDEMARK_DELETED", n."TIDEMARK_SEQUENCE_1", n."TIDEMARK_IDENTITY", n."ID", n."NAME");

-- what is parsed need not lie about any longer
delete from "TIDEMARK_PIPELINE"."LANDED_COUNTRIES" where "TIDEMARK_BATCH" <= (select p."BATCH" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p);

-- PARSE_SALES: what landed of SALES, as events; each key as its last event left it

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select b."NUMBER" from "TIDEMARK_PIPELINE"."BATCH" as b) as u;

-- what cannot be taken, with the reason
insert into "TIDEMARK_PIPELINE"."REJECTED" ("SOURCE", "BATCH", "AT", "REASON", "EVENT")
select 'SALES', "SALES"."TIDEMARK_BATCH", "SALES"."TIDEMARK_AT", 'a column of the key is NULL', cast(null as varchar)
from "TIDEMARK_PIPELINE"."LANDED_SALES" as "SALES"
join "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p on "SALES"."TIDEMARK_BATCH" > p."PREVIOUS" and "SALES"."TIDEMARK_BATCH" <= p."BATCH"
where "SALES"."ID" is null;

-- one event for each key and batch
insert into "TIDEMARK_PIPELINE"."EVENTS_SALES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_OPERATION", "TIDEMARK_HAPPENED", "TIDEMARK_SEQUENCE_1", "TIDEMARK_IDENTITY", "ID", "COMPANY_ID", "AMOUNT", "GONE")
select "SALES"."TIDEMARK_BATCH", "SALES"."TIDEMARK_AT", iff("SALES"."TIDEMARK_ACTION" = 'INSERT' and not coalesce("SALES"."GONE", false), 'U', 'D'), cast(null as timestamp_ntz(6)), "SALES"."TIDEMARK_BATCH", '', "SALES"."ID", "SALES"."COMPANY_ID", "SALES"."AMOUNT", "SALES"."GONE"
from (
  select "SALES".*
  from "TIDEMARK_PIPELINE"."LANDED_SALES" as "SALES"
  join "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p on "SALES"."TIDEMARK_BATCH" > p."PREVIOUS" and "SALES"."TIDEMARK_BATCH" <= p."BATCH"
  qualify row_number() over (partition by "SALES"."TIDEMARK_BATCH", "SALES"."ID" order by iff("SALES"."TIDEMARK_ACTION" = 'INSERT', 0, 1)) = 1
) as "SALES"
where not ("SALES"."ID" is null);

-- the rows as this batch finds them and as it leaves them: what says which rows of targets it reaches
insert into "TIDEMARK_PIPELINE"."CHANGES_SALES" ("TIDEMARK_BATCH", "ID", "COMPANY_ID", "AMOUNT", "GONE")
with latest as (
  select e.*
  from "TIDEMARK_PIPELINE"."EVENTS_SALES" as e
  join "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p on e."TIDEMARK_BATCH" > p."PREVIOUS" and e."TIDEMARK_BATCH" <= p."BATCH"
  qualify row_number() over (partition by e."ID" order by e."TIDEMARK_SEQUENCE_1" desc, iff(e."TIDEMARK_OPERATION" = 'D', 1, 0) desc, e."TIDEMARK_IDENTITY" desc) = 1
)
select p."BATCH", c."ID", c."COMPANY_ID", c."AMOUNT", c."GONE"
from latest as n
join "TIDEMARK_PIPELINE"."CURRENT_SALES" as c on c."ID" = n."ID"
cross join "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p
where not c."TIDEMARK_DELETED" and ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY"))
union all
select p."BATCH", n."ID", n."COMPANY_ID", n."AMOUNT", n."GONE"
from latest as n
left join "TIDEMARK_PIPELINE"."CURRENT_SALES" as c on c."ID" = n."ID"
cross join "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p
where n."TIDEMARK_OPERATION" = 'U' and (c."TIDEMARK_DELETED" is null or ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY")));

-- each key as its last event left it
merge into "TIDEMARK_PIPELINE"."CURRENT_SALES" as c
using (
  select l.*, (l."TIDEMARK_OPERATION" = 'D') as "TIDEMARK_DELETED"
  from (
    select e.*
    from "TIDEMARK_PIPELINE"."EVENTS_SALES" as e
    join "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p on e."TIDEMARK_BATCH" > p."PREVIOUS" and e."TIDEMARK_BATCH" <= p."BATCH"
    qualify row_number() over (partition by e."ID" order by e."TIDEMARK_SEQUENCE_1" desc, iff(e."TIDEMARK_OPERATION" = 'D', 1, 0) desc, e."TIDEMARK_IDENTITY" desc) = 1
  ) as l
) as n
on c."ID" = n."ID"
when matched and ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY")) then
  update set "TIDEMARK_DELETED" = n."TIDEMARK_DELETED", "TIDEMARK_SEQUENCE_1" = n."TIDEMARK_SEQUENCE_1", "TIDEMARK_IDENTITY" = n."TIDEMARK_IDENTITY", "ID" = n."ID", "COMPANY_ID" = n."COMPANY_ID", "AMOUNT" = n."AMOUNT", "GONE" = n."GONE"
when not matched and n."TIDEMARK_OPERATION" = 'U' then
  insert ("TIDEMARK_DELETED", "TIDEMARK_SEQUENCE_1", "TIDEMARK_IDENTITY", "ID", "COMPANY_ID", "AMOUNT", "GONE")
  values (n."TIDEMARK_DELETED", n."TIDEMARK_SEQUENCE_1", n."TIDEMARK_IDENTITY", n."ID", n."COMPANY_ID", n."AMOUNT", n."GONE");

-- what is parsed need not lie about any longer
delete from "TIDEMARK_PIPELINE"."LANDED_SALES" where "TIDEMARK_BATCH" <= (select p."BATCH" from "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p);

-- PARSE_CUSTOMERS: what landed of customers, as events; each key as its last event left it

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select b."NUMBER" from "TIDEMARK_PIPELINE"."BATCH" as b) as u;

-- what cannot be taken, with the reason
insert into "TIDEMARK_PIPELINE"."REJECTED" ("SOURCE", "BATCH", "AT", "REASON", "EVENT")
with read as (
  select "customers".*, case when upper(trim(to_varchar("customers"."OPERATION"))) in ('C', 'I', 'INSERT') then 'U' when upper(trim(to_varchar("customers"."OPERATION"))) in ('U', 'UPDATE') then 'U' when upper(trim(to_varchar("customers"."OPERATION"))) in ('R') then 'U' when upper(trim(to_varchar("customers"."OPERATION"))) in ('D', 'DELETE') then 'D' when upper(trim(to_varchar("customers"."OPERATION"))) in ('T', 'TRUNCATE') then 'T' when "customers"."OPERATION" is null and "customers"."BEFORE" is null and "customers"."AFTER" is null then '-' end as "TIDEMARK_KIND", try_parse_json(to_varchar("customers"."BEFORE")) as "TIDEMARK_BEFORE", try_parse_json(to_varchar("customers"."AFTER")) as "TIDEMARK_AFTER"
  from "TIDEMARK_PIPELINE"."LANDED_CUSTOMERS" as "customers"
  join "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p on "customers"."TIDEMARK_BATCH" > p."PREVIOUS" and "customers"."TIDEMARK_BATCH" <= p."BATCH"
),
opened as (
  select r.*,
    get(r."TIDEMARK_AFTER", 'customer_id') is not null as "TOLD_1",
    iff(typeof(get(r."TIDEMARK_AFTER", 'customer_id')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'customer_id'))) as "TEXT_1",
    get(r."TIDEMARK_AFTER", 'name') is not null as "TOLD_2",
    iff(typeof(get(r."TIDEMARK_AFTER", 'name')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'name'))) as "TEXT_2",
    get(r."TIDEMARK_AFTER", 'note') is not null as "TOLD_3",
    iff(typeof(get(r."TIDEMARK_AFTER", 'note')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'note'))) as "TEXT_3",
    get(r."TIDEMARK_AFTER", 'born') is not null as "TOLD_4",
    iff(typeof(get(r."TIDEMARK_AFTER", 'born')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'born'))) as "TEXT_4",
    get(r."TIDEMARK_AFTER", 'at') is not null as "TOLD_5",
    iff(typeof(get(r."TIDEMARK_AFTER", 'at')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'at'))) as "TEXT_5",
    iff(typeof(get(r."TIDEMARK_BEFORE", 'customer_id')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_BEFORE", 'customer_id'))) as "TEXT_1_BEFORE"
  from read as r
),
valued as (
  select r.*,
    try_cast(r."TEXT_1" as NUMBER(38,0)) as "VALUE_1",
    r."TEXT_2" as "VALUE_2",
    r."TEXT_3" as "VALUE_3",
    try_cast(r."TEXT_4" as DATE) as "VALUE_4",
    try_cast(r."TEXT_5" as TIMESTAMP_NTZ(6)) as "VALUE_5",
    try_cast(r."TEXT_1_BEFORE" as NUMBER(38,0)) as "VALUE_1_BEFORE"
  from opened as r
),
judged as (
  select r.*,
    case
      when r."TIDEMARK_KIND" is null then 'an operation that nobody declared'
      when r."TIDEMARK_KIND" = 'T' then 'a truncate, which is not carried out here'
      when r."TIDEMARK_KIND" = 'U' and r."TIDEMARK_AFTER" is null then 'there is no image that is JSON'
      when iff(r."TIDEMARK_KIND" = 'D', coalesce(r."VALUE_1_BEFORE", r."VALUE_1"), coalesce(r."VALUE_1", r."VALUE_1_BEFORE")) is null then 'a column of the key is NULL'
      when r."TS_MS" is null or r."SEQ" is null then 'the sequence is NULL'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_1" then 'the image says nothing of customer_id'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_1" = '__debezium_unavailable_value' then 'the value of customer_id is not told'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_1" is not null and r."VALUE_1" is null then 'the value of customer_id is no NUMBER(38,0)'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_2" then 'the image says nothing of name'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_2" = '__debezium_unavailable_value' then 'the value of name is not told'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_3" then 'the image says nothing of note'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_3" = '__debezium_unavailable_value' then 'the value of note is not told'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_4" then 'the image says nothing of born'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_4" = '__debezium_unavailable_value' then 'the value of born is not told'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_4" is not null and r."VALUE_4" is null then 'the value of born is no DATE'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_5" then 'the image says nothing of at'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_5" = '__debezium_unavailable_value' then 'the value of at is not told'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_5" is not null and r."VALUE_5" is null then 'the value of at is no TIMESTAMP_NTZ(6)'
    end as "TIDEMARK_REASON",
    'OPERATION=' || coalesce(to_varchar(r."OPERATION"), chr(30)) || ' ' || 'BEFORE=' || coalesce(to_varchar(r."BEFORE"), chr(30)) || ' ' || 'AFTER=' || coalesce(to_varchar(r."AFTER"), chr(30)) || ' ' || 'TS_MS=' || coalesce(to_varchar(r."TS_MS"), chr(30)) || ' ' || 'SEQ=' || coalesce(to_varchar(r."SEQ"), chr(30)) || ' ' || 'TABLE_NAME=' || coalesce(to_varchar(r."TABLE_NAME"), chr(30)) as "TIDEMARK_RAW"
  from valued as r
  where r."TIDEMARK_KIND" is distinct from '-'
)
select 'customers', "customers"."TIDEMARK_BATCH", "customers"."TIDEMARK_AT", "customers"."TIDEMARK_REASON", "customers"."TIDEMARK_RAW"
from judged as "customers"
where "customers"."TIDEMARK_REASON" is not null;

-- every event once, however often it is told
insert into "TIDEMARK_PIPELINE"."EVENTS_CUSTOMERS" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_OPERATION", "TIDEMARK_HAPPENED", "TIDEMARK_SEQUENCE_1", "TIDEMARK_SEQUENCE_2", "TIDEMARK_IDENTITY", "customer_id", "name", "note", "born", "at")
with read as (
  select "customers".*, case when upper(trim(to_varchar("customers"."OPERATION"))) in ('C', 'I', 'INSERT') then 'U' when upper(trim(to_varchar("customers"."OPERATION"))) in ('U', 'UPDATE') then 'U' when upper(trim(to_varchar("customers"."OPERATION"))) in ('R') then 'U' when upper(trim(to_varchar("customers"."OPERATION"))) in ('D', 'DELETE') then 'D' when upper(trim(to_varchar("customers"."OPERATION"))) in ('T', 'TRUNCATE') then 'T' when "customers"."OPERATION" is null and "customers"."BEFORE" is null and "customers"."AFTER" is null then '-' end as "TIDEMARK_KIND", try_parse_json(to_varchar("customers"."BEFORE")) as "TIDEMARK_BEFORE", try_parse_json(to_varchar("customers"."AFTER")) as "TIDEMARK_AFTER"
  from "TIDEMARK_PIPELINE"."LANDED_CUSTOMERS" as "customers"
  join "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p on "customers"."TIDEMARK_BATCH" > p."PREVIOUS" and "customers"."TIDEMARK_BATCH" <= p."BATCH"
),
opened as (
  select r.*,
    get(r."TIDEMARK_AFTER", 'customer_id') is not null as "TOLD_1",
    iff(typeof(get(r."TIDEMARK_AFTER", 'customer_id')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'customer_id'))) as "TEXT_1",
    get(r."TIDEMARK_AFTER", 'name') is not null as "TOLD_2",
    iff(typeof(get(r."TIDEMARK_AFTER", 'name')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'name'))) as "TEXT_2",
    get(r."TIDEMARK_AFTER", 'note') is not null as "TOLD_3",
    iff(typeof(get(r."TIDEMARK_AFTER", 'note')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'note'))) as "TEXT_3",
    get(r."TIDEMARK_AFTER", 'born') is not null as "TOLD_4",
    iff(typeof(get(r."TIDEMARK_AFTER", 'born')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'born'))) as "TEXT_4",
    get(r."TIDEMARK_AFTER", 'at') is not null as "TOLD_5",
    iff(typeof(get(r."TIDEMARK_AFTER", 'at')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_AFTER", 'at'))) as "TEXT_5",
    iff(typeof(get(r."TIDEMARK_BEFORE", 'customer_id')) = 'NULL_VALUE', null, to_varchar(get(r."TIDEMARK_BEFORE", 'customer_id'))) as "TEXT_1_BEFORE"
  from read as r
),
valued as (
  select r.*,
    try_cast(r."TEXT_1" as NUMBER(38,0)) as "VALUE_1",
    r."TEXT_2" as "VALUE_2",
    r."TEXT_3" as "VALUE_3",
    try_cast(r."TEXT_4" as DATE) as "VALUE_4",
    try_cast(r."TEXT_5" as TIMESTAMP_NTZ(6)) as "VALUE_5",
    try_cast(r."TEXT_1_BEFORE" as NUMBER(38,0)) as "VALUE_1_BEFORE"
  from opened as r
),
judged as (
  select r.*,
    case
      when r."TIDEMARK_KIND" is null then 'an operation that nobody declared'
      when r."TIDEMARK_KIND" = 'T' then 'a truncate, which is not carried out here'
      when r."TIDEMARK_KIND" = 'U' and r."TIDEMARK_AFTER" is null then 'there is no image that is JSON'
      when iff(r."TIDEMARK_KIND" = 'D', coalesce(r."VALUE_1_BEFORE", r."VALUE_1"), coalesce(r."VALUE_1", r."VALUE_1_BEFORE")) is null then 'a column of the key is NULL'
      when r."TS_MS" is null or r."SEQ" is null then 'the sequence is NULL'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_1" then 'the image says nothing of customer_id'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_1" = '__debezium_unavailable_value' then 'the value of customer_id is not told'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_1" is not null and r."VALUE_1" is null then 'the value of customer_id is no NUMBER(38,0)'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_2" then 'the image says nothing of name'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_2" = '__debezium_unavailable_value' then 'the value of name is not told'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_3" then 'the image says nothing of note'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_3" = '__debezium_unavailable_value' then 'the value of note is not told'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_4" then 'the image says nothing of born'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_4" = '__debezium_unavailable_value' then 'the value of born is not told'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_4" is not null and r."VALUE_4" is null then 'the value of born is no DATE'
      when r."TIDEMARK_KIND" = 'U' and not r."TOLD_5" then 'the image says nothing of at'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_5" = '__debezium_unavailable_value' then 'the value of at is not told'
      when r."TIDEMARK_KIND" = 'U' and r."TEXT_5" is not null and r."VALUE_5" is null then 'the value of at is no TIMESTAMP_NTZ(6)'
    end as "TIDEMARK_REASON",
    'OPERATION=' || coalesce(to_varchar(r."OPERATION"), chr(30)) || ' ' || 'BEFORE=' || coalesce(to_varchar(r."BEFORE"), chr(30)) || ' ' || 'AFTER=' || coalesce(to_varchar(r."AFTER"), chr(30)) || ' ' || 'TS_MS=' || coalesce(to_varchar(r."TS_MS"), chr(30)) || ' ' || 'SEQ=' || coalesce(to_varchar(r."SEQ"), chr(30)) || ' ' || 'TABLE_NAME=' || coalesce(to_varchar(r."TABLE_NAME"), chr(30)) as "TIDEMARK_RAW"
  from valued as r
  where r."TIDEMARK_KIND" is distinct from '-'
),
parsed as (
  select r."TIDEMARK_BATCH" as "TIDEMARK_BATCH",
    r."TIDEMARK_AT" as "TIDEMARK_AT",
    r."TIDEMARK_KIND" as "TIDEMARK_OPERATION",
    dateadd('millisecond', r."TS_MS", cast('1970-01-01 00:00:00' as timestamp_ntz(6))) as "TIDEMARK_HAPPENED",
    r."TS_MS" as "TIDEMARK_SEQUENCE_1",
    r."SEQ" as "TIDEMARK_SEQUENCE_2",
    md5('now' || chr(31) || coalesce(to_varchar(r."OPERATION"), chr(30)) || chr(31) || coalesce(to_varchar(r."BEFORE"), chr(30)) || chr(31) || coalesce(to_varchar(r."AFTER"), chr(30)) || chr(31) || coalesce(to_varchar(r."TS_MS"), chr(30)) || chr(31) || coalesce(to_varchar(r."SEQ"), chr(30)) || chr(31) || coalesce(to_varchar(r."TABLE_NAME"), chr(30))) as "TIDEMARK_IDENTITY",
    iff(r."TIDEMARK_KIND" = 'D', coalesce(r."VALUE_1_BEFORE", r."VALUE_1"), coalesce(r."VALUE_1", r."VALUE_1_BEFORE")) as "customer_id",
    iff(r."TIDEMARK_KIND" = 'U', r."VALUE_2", null) as "name",
    iff(r."TIDEMARK_KIND" = 'U', r."VALUE_3", null) as "note",
    iff(r."TIDEMARK_KIND" = 'U', r."VALUE_4", null) as "born",
    iff(r."TIDEMARK_KIND" = 'U', r."VALUE_5", null) as "at"
  from judged as r
  where r."TIDEMARK_KIND" in ('U', 'D') and r."TIDEMARK_REASON" is null
  union all
  select r."TIDEMARK_BATCH" as "TIDEMARK_BATCH",
    r."TIDEMARK_AT" as "TIDEMARK_AT",
    'D' as "TIDEMARK_OPERATION",
    dateadd('millisecond', r."TS_MS", cast('1970-01-01 00:00:00' as timestamp_ntz(6))) as "TIDEMARK_HAPPENED",
    r."TS_MS" as "TIDEMARK_SEQUENCE_1",
    r."SEQ" as "TIDEMARK_SEQUENCE_2",
    md5('before' || chr(31) || coalesce(to_varchar(r."OPERATION"), chr(30)) || chr(31) || coalesce(to_varchar(r."BEFORE"), chr(30)) || chr(31) || coalesce(to_varchar(r."AFTER"), chr(30)) || chr(31) || coalesce(to_varchar(r."TS_MS"), chr(30)) || chr(31) || coalesce(to_varchar(r."SEQ"), chr(30)) || chr(31) || coalesce(to_varchar(r."TABLE_NAME"), chr(30))) as "TIDEMARK_IDENTITY",
    r."VALUE_1_BEFORE" as "customer_id",
    iff('D' = 'U', r."VALUE_2", null) as "name",
    iff('D' = 'U', r."VALUE_3", null) as "note",
    iff('D' = 'U', r."VALUE_4", null) as "born",
    iff('D' = 'U', r."VALUE_5", null) as "at"
  from judged as r
  where r."TIDEMARK_KIND" = 'U' and r."VALUE_1_BEFORE" is not null and (r."VALUE_1_BEFORE" <> r."VALUE_1") and r."TIDEMARK_REASON" is null
)
select x.*
from parsed as x
where not exists (
  select 1
  from "TIDEMARK_PIPELINE"."EVENTS_CUSTOMERS" as k
  where k."customer_id" = x."customer_id" and k."TIDEMARK_IDENTITY" = x."TIDEMARK_IDENTITY"
)
qualify row_number() over (partition by x."customer_id", x."TIDEMARK_IDENTITY" order by x."TIDEMARK_SEQUENCE_1", x."TIDEMARK_SEQUENCE_2") = 1;

-- the rows as this batch finds them and as it leaves them: what says which rows of targets it reaches
insert into "TIDEMARK_PIPELINE"."CHANGES_CUSTOMERS" ("TIDEMARK_BATCH", "customer_id", "name", "note", "born", "at")
with latest as (
  select e.*
  from "TIDEMARK_PIPELINE"."EVENTS_CUSTOMERS" as e
  join "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p on e."TIDEMARK_BATCH" > p."PREVIOUS" and e."TIDEMARK_BATCH" <= p."BATCH"
  qualify row_number() over (partition by e."customer_id" order by e."TIDEMARK_SEQUENCE_1" desc, e."TIDEMARK_SEQUENCE_2" desc, iff(e."TIDEMARK_OPERATION" = 'D', 1, 0) desc, e."TIDEMARK_IDENTITY" desc) = 1
)
select p."BATCH", c."customer_id", c."name", c."note", c."born", c."at"
from latest as n
join "TIDEMARK_PIPELINE"."CURRENT_CUSTOMERS" as c on c."customer_id" = n."customer_id"
cross join "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p
where not c."TIDEMARK_DELETED" and ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and n."TIDEMARK_SEQUENCE_2" > c."TIDEMARK_SEQUENCE_2")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and n."TIDEMARK_SEQUENCE_2" = c."TIDEMARK_SEQUENCE_2" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and n."TIDEMARK_SEQUENCE_2" = c."TIDEMARK_SEQUENCE_2" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY"))
union all
select p."BATCH", n."customer_id", n."name", n."note", n."born", n."at"
from latest as n
left join "TIDEMARK_PIPELINE"."CURRENT_CUSTOMERS" as c on c."customer_id" = n."customer_id"
cross join "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p
where n."TIDEMARK_OPERATION" = 'U' and (c."TIDEMARK_DELETED" is null or ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and n."TIDEMARK_SEQUENCE_2" > c."TIDEMARK_SEQUENCE_2")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and n."TIDEMARK_SEQUENCE_2" = c."TIDEMARK_SEQUENCE_2" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and n."TIDEMARK_SEQUENCE_2" = c."TIDEMARK_SEQUENCE_2" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY")));

-- each key as its last event left it
merge into "TIDEMARK_PIPELINE"."CURRENT_CUSTOMERS" as c
using (
  select l.*, (l."TIDEMARK_OPERATION" = 'D') as "TIDEMARK_DELETED"
  from (
    select e.*
    from "TIDEMARK_PIPELINE"."EVENTS_CUSTOMERS" as e
    join "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p on e."TIDEMARK_BATCH" > p."PREVIOUS" and e."TIDEMARK_BATCH" <= p."BATCH"
    qualify row_number() over (partition by e."customer_id" order by e."TIDEMARK_SEQUENCE_1" desc, e."TIDEMARK_SEQUENCE_2" desc, iff(e."TIDEMARK_OPERATION" = 'D', 1, 0) desc, e."TIDEMARK_IDENTITY" desc) = 1
  ) as l
) as n
on c."customer_id" = n."customer_id"
when matched and ((n."TIDEMARK_SEQUENCE_1" > c."TIDEMARK_SEQUENCE_1")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and n."TIDEMARK_SEQUENCE_2" > c."TIDEMARK_SEQUENCE_2")
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and n."TIDEMARK_SEQUENCE_2" = c."TIDEMARK_SEQUENCE_2" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) > iff(c."TIDEMARK_DELETED", 1, 0))
   or (n."TIDEMARK_SEQUENCE_1" = c."TIDEMARK_SEQUENCE_1" and n."TIDEMARK_SEQUENCE_2" = c."TIDEMARK_SEQUENCE_2" and iff(n."TIDEMARK_OPERATION" = 'D', 1, 0) = iff(c."TIDEMARK_DELETED", 1, 0) and n."TIDEMARK_IDENTITY" > c."TIDEMARK_IDENTITY")) then
  update set "TIDEMARK_DELETED" = n."TIDEMARK_DELETED", "TIDEMARK_SEQUENCE_1" = n."TIDEMARK_SEQUENCE_1", "TIDEMARK_SEQUENCE_2" = n."TIDEMARK_SEQUENCE_2", "TIDEMARK_IDENTITY" = n."TIDEMARK_IDENTITY", "customer_id" = n."customer_id", "name" = n."name", "note" = n."note", "born" = n."born", "at" = n."at"
when not matched then
  insert ("TIDEMARK_DELETED", "TIDEMARK_SEQUENCE_1", "TIDEMARK_SEQUENCE_2", "TIDEMARK_IDENTITY", "customer_id", "name", "note", "born", "at")
  values (n."TIDEMARK_DELETED", n."TIDEMARK_SEQUENCE_1", n."TIDEMARK_SEQUENCE_2", n."TIDEMARK_IDENTITY", n."customer_id", n."name", n."note", n."born", n."at");

-- what is parsed need not lie about any longer
delete from "TIDEMARK_PIPELINE"."LANDED_CUSTOMERS" where "TIDEMARK_BATCH" <= (select p."BATCH" from "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p);

-- APPLY_CUSTOMERS_SCD: the versions of CUSTOMERS_SCD of the keys that have new events

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select min(x."NUMBER") as "NUMBER" from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p
) as x) as u;

-- a table that holds rows before the first run is not ours to overwrite
select count(*) from (select 1 as x from "MARTS"."CUSTOMERS_SCD" limit 1) as t cross join "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD" as p where p."PREVIOUS" = 0;

-- of the last run
delete from "TIDEMARK_PIPELINE"."AFFECTED_CUSTOMERS_SCD";

-- the keys that have new events
insert into "TIDEMARK_PIPELINE"."AFFECTED_CUSTOMERS_SCD" ("ID")
select distinct e."customer_id" as "ID"
from "TIDEMARK_PIPELINE"."EVENTS_CUSTOMERS" as e
join "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD" as p on e."TIDEMARK_BATCH" > p."PREVIOUS" and e."TIDEMARK_BATCH" <= p."BATCH";

-- of the last run
delete from "TIDEMARK_PIPELINE"."DESIRED_CUSTOMERS_SCD";

-- their versions, from all their events
insert into "TIDEMARK_PIPELINE"."DESIRED_CUSTOMERS_SCD" ("ID", "NAME", "NOTE", "BORN", "VALID_FROM", "VALID_TO", "IS_CURRENT", "IS_DELETED")
with events as (
  select "customers"."customer_id" as "K0", row_number() over (partition by "customers"."customer_id" order by "customers"."TIDEMARK_SEQUENCE_1", "customers"."TIDEMARK_SEQUENCE_2", iff("customers"."TIDEMARK_OPERATION" = 'D', 1, 0), "customers"."TIDEMARK_IDENTITY") as "N", ("customers"."TIDEMARK_OPERATION" = 'U') as "SHOWN", coalesce("customers"."TIDEMARK_HAPPENED", "customers"."TIDEMARK_AT") as "HAPPENED", cast("customers"."customer_id" as NUMBER(38,0)) as "V0", cast("customers"."name" as VARCHAR) as "V1", cast("customers"."note" as VARCHAR) as "V2", cast("customers"."born" as DATE) as "V3"
  from "TIDEMARK_PIPELINE"."EVENTS_CUSTOMERS" as "customers"
  join "TIDEMARK_PIPELINE"."AFFECTED_CUSTOMERS_SCD" as "affected" on "affected"."ID" = "customers"."customer_id"
),
timed as (
  select e.*,
    max(e."HAPPENED") over (partition by e."K0" order by e."N" rows between unbounded preceding and current row) as "EFFECTIVE",
    max(iff(e."SHOWN", e."N", null)) over (partition by e."K0" order by e."N" rows between unbounded preceding and current row) as "PICTURE",
    max(iff(e."SHOWN", e."N", null)) over (partition by e."K0") as "NEWEST"
  from events as e
),
counted as (
  select t."K0", t."N", t."EFFECTIVE", t."NEWEST", case when t."SHOWN" then 'row' when t."PICTURE" is null then 'gap' else 'flagged' end as "KIND", i."V0" as "V0", i."V1" as "V1", i."V2" as "V2", i."V3" as "V3"
  from (
    select x.*, lead(x."EFFECTIVE") over (partition by x."K0" order by x."N") as "NEXT" from timed as x
  ) as t
  left join timed as i on i."K0" = t."K0" and i."N" = t."PICTURE"
  where t."NEXT" is distinct from t."EFFECTIVE"
),
opened as (
  select c.*, (c."KIND" is distinct from lag(c."KIND") over (partition by c."K0" order by c."N") or (c."KIND" <> 'gap' and (c."V1" is distinct from lag(c."V1") over (partition by c."K0" order by c."N") or c."V3" is distinct from lag(c."V3") over (partition by c."K0" order by c."N")))) as "OPENS"
  from counted as c
),
versions as (
  select o.*, lead(o."EFFECTIVE") over (partition by o."K0" order by o."N") as "UNTIL", row_number() over (partition by o."K0" order by o."N") as "PLACE"
  from opened as o
  where o."OPENS"
)
select v."V0", v."V1", l."V2", v."V3", cast(v."EFFECTIVE" as TIMESTAMP_LTZ(6)), cast(v."UNTIL" as TIMESTAMP_LTZ(6)), (v."UNTIL" is null), (v."KIND" = 'flagged')
from versions as v
left join timed as l on l."K0" = v."K0" and l."N" = v."NEWEST"
where v."KIND" <> 'gap';

-- the greatest number that was ever given to a version
update "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD"
set "TOP" = greatest("TOP", m."HIGHEST")
from (select coalesce(max(t."CUSTOMER_KEY"), 0) as "HIGHEST" from "MARTS"."CUSTOMERS_SCD" as t) as m;

-- versions that no event explains go, those that differ are set right, new ones are added
merge into "MARTS"."CUSTOMERS_SCD" as t
using (
  select d."ID", d."NAME", d."NOTE", d."BORN", d."VALID_FROM", d."VALID_TO", d."IS_CURRENT", d."IS_DELETED", cast(iff(x."VALID_FROM" is null, p."TOP" + row_number() over (partition by (x."VALID_FROM" is null) order by d."ID", d."VALID_FROM"), null) as NUMBER(38,0)) as "CUSTOMER_KEY", true as "TIDEMARK_PRESENT"
  from "TIDEMARK_PIPELINE"."DESIRED_CUSTOMERS_SCD" as d
  left join "MARTS"."CUSTOMERS_SCD" as x on x."ID" = d."ID" and x."VALID_FROM" = d."VALID_FROM"
  cross join "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD" as p
  union all
  select t."ID", cast(null as VARCHAR), cast(null as VARCHAR), cast(null as DATE), t."VALID_FROM", cast(null as TIMESTAMP_LTZ(6)), cast(null as BOOLEAN), cast(null as BOOLEAN), cast(null as NUMBER(38,0)), false
  from "MARTS"."CUSTOMERS_SCD" as t
  join "TIDEMARK_PIPELINE"."AFFECTED_CUSTOMERS_SCD" as a on a."ID" = t."ID"
  where not exists (select 1 from "TIDEMARK_PIPELINE"."DESIRED_CUSTOMERS_SCD" as d where d."ID" = t."ID" and d."VALID_FROM" = t."VALID_FROM")
) as s
on t."ID" = s."ID" and t."VALID_FROM" = s."VALID_FROM"
when matched and not s."TIDEMARK_PRESENT" then
  delete
when matched and s."TIDEMARK_PRESENT" and (t."NAME" is distinct from s."NAME" or t."NOTE" is distinct from s."NOTE" or t."BORN" is distinct from s."BORN" or t."VALID_TO" is distinct from s."VALID_TO" or t."IS_CURRENT" is distinct from s."IS_CURRENT" or t."IS_DELETED" is distinct from s."IS_DELETED") then
  update set "NAME" = s."NAME", "NOTE" = s."NOTE", "BORN" = s."BORN", "VALID_TO" = s."VALID_TO", "IS_CURRENT" = s."IS_CURRENT", "IS_DELETED" = s."IS_DELETED"
when not matched and s."TIDEMARK_PRESENT" then
  insert ("ID", "NAME", "NOTE", "BORN", "VALID_FROM", "VALID_TO", "IS_CURRENT", "IS_DELETED", "CUSTOMER_KEY")
  values (s."ID", s."NAME", s."NOTE", s."BORN", s."VALID_FROM", s."VALID_TO", s."IS_CURRENT", s."IS_DELETED", s."CUSTOMER_KEY");

-- RECONCILE_CUSTOMERS_SCD: every version of CUSTOMERS_SCD, compared with what the events say

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select min(x."NUMBER") as "NUMBER" from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p
) as x) as u;

-- a table that holds rows before the first run is not ours to overwrite
select count(*) from (select 1 as x from "MARTS"."CUSTOMERS_SCD" limit 1) as t cross join "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD" as p where p."PREVIOUS" = 0;

-- of the last run
delete from "TIDEMARK_PIPELINE"."AFFECTED_CUSTOMERS_SCD";

-- all keys
insert into "TIDEMARK_PIPELINE"."AFFECTED_CUSTOMERS_SCD" ("ID")
select distinct e."customer_id" as "ID"
from "TIDEMARK_PIPELINE"."EVENTS_CUSTOMERS" as e
union
select t."ID"
from "MARTS"."CUSTOMERS_SCD" as t;

-- of the last run
delete from "TIDEMARK_PIPELINE"."DESIRED_CUSTOMERS_SCD";

-- their versions, from all their events
insert into "TIDEMARK_PIPELINE"."DESIRED_CUSTOMERS_SCD" ("ID", "NAME", "NOTE", "BORN", "VALID_FROM", "VALID_TO", "IS_CURRENT", "IS_DELETED")
with events as (
  select "customers"."customer_id" as "K0", row_number() over (partition by "customers"."customer_id" order by "customers"."TIDEMARK_SEQUENCE_1", "customers"."TIDEMARK_SEQUENCE_2", iff("customers"."TIDEMARK_OPERATION" = 'D', 1, 0), "customers"."TIDEMARK_IDENTITY") as "N", ("customers"."TIDEMARK_OPERATION" = 'U') as "SHOWN", coalesce("customers"."TIDEMARK_HAPPENED", "customers"."TIDEMARK_AT") as "HAPPENED", cast("customers"."customer_id" as NUMBER(38,0)) as "V0", cast("customers"."name" as VARCHAR) as "V1", cast("customers"."note" as VARCHAR) as "V2", cast("customers"."born" as DATE) as "V3"
  from "TIDEMARK_PIPELINE"."EVENTS_CUSTOMERS" as "customers"
  join "TIDEMARK_PIPELINE"."AFFECTED_CUSTOMERS_SCD" as "affected" on "affected"."ID" = "customers"."customer_id"
),
timed as (
  select e.*,
    max(e."HAPPENED") over (partition by e."K0" order by e."N" rows between unbounded preceding and current row) as "EFFECTIVE",
    max(iff(e."SHOWN", e."N", null)) over (partition by e."K0" order by e."N" rows between unbounded preceding and current row) as "PICTURE",
    max(iff(e."SHOWN", e."N", null)) over (partition by e."K0") as "NEWEST"
  from events as e
),
counted as (
  select t."K0", t."N", t."EFFECTIVE", t."NEWEST", case when t."SHOWN" then 'row' when t."PICTURE" is null then 'gap' else 'flagged' end as "KIND", i."V0" as "V0", i."V1" as "V1", i."V2" as "V2", i."V3" as "V3"
  from (
    select x.*, lead(x."EFFECTIVE") over (partition by x."K0" order by x."N") as "NEXT" from timed as x
  ) as t
  left join timed as i on i."K0" = t."K0" and i."N" = t."PICTURE"
  where t."NEXT" is distinct from t."EFFECTIVE"
),
opened as (
  select c.*, (c."KIND" is distinct from lag(c."KIND") over (partition by c."K0" order by c."N") or (c."KIND" <> 'gap' and (c."V1" is distinct from lag(c."V1") over (partition by c."K0" order by c."N") or c."V3" is distinct from lag(c."V3") over (partition by c."K0" order by c."N")))) as "OPENS"
  from counted as c
),
versions as (
  select o.*, lead(o."EFFECTIVE") over (partition by o."K0" order by o."N") as "UNTIL", row_number() over (partition by o."K0" order by o."N") as "PLACE"
  from opened as o
  where o."OPENS"
)
select v."V0", v."V1", l."V2", v."V3", cast(v."EFFECTIVE" as TIMESTAMP_LTZ(6)), cast(v."UNTIL" as TIMESTAMP_LTZ(6)), (v."UNTIL" is null), (v."KIND" = 'flagged')
from versions as v
left join timed as l on l."K0" = v."K0" and l."N" = v."NEWEST"
where v."KIND" <> 'gap';

-- the greatest number that was ever given to a version
update "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD"
set "TOP" = greatest("TOP", m."HIGHEST")
from (select coalesce(max(t."CUSTOMER_KEY"), 0) as "HIGHEST" from "MARTS"."CUSTOMERS_SCD" as t) as m;

-- versions that no event explains go, those that differ are set right, new ones are added
merge into "MARTS"."CUSTOMERS_SCD" as t
using (
  select d."ID", d."NAME", d."NOTE", d."BORN", d."VALID_FROM", d."VALID_TO", d."IS_CURRENT", d."IS_DELETED", cast(iff(x."VALID_FROM" is null, p."TOP" + row_number() over (partition by (x."VALID_FROM" is null) order by d."ID", d."VALID_FROM"), null) as NUMBER(38,0)) as "CUSTOMER_KEY", true as "TIDEMARK_PRESENT"
  from "TIDEMARK_PIPELINE"."DESIRED_CUSTOMERS_SCD" as d
  left join "MARTS"."CUSTOMERS_SCD" as x on x."ID" = d."ID" and x."VALID_FROM" = d."VALID_FROM"
  cross join "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD" as p
  union all
  select t."ID", cast(null as VARCHAR), cast(null as VARCHAR), cast(null as DATE), t."VALID_FROM", cast(null as TIMESTAMP_LTZ(6)), cast(null as BOOLEAN), cast(null as BOOLEAN), cast(null as NUMBER(38,0)), false
  from "MARTS"."CUSTOMERS_SCD" as t
  join "TIDEMARK_PIPELINE"."AFFECTED_CUSTOMERS_SCD" as a on a."ID" = t."ID"
  where not exists (select 1 from "TIDEMARK_PIPELINE"."DESIRED_CUSTOMERS_SCD" as d where d."ID" = t."ID" and d."VALID_FROM" = t."VALID_FROM")
) as s
on t."ID" = s."ID" and t."VALID_FROM" = s."VALID_FROM"
when matched and not s."TIDEMARK_PRESENT" then
  delete
when matched and s."TIDEMARK_PRESENT" and (t."NAME" is distinct from s."NAME" or t."NOTE" is distinct from s."NOTE" or t."BORN" is distinct from s."BORN" or t."VALID_TO" is distinct from s."VALID_TO" or t."IS_CURRENT" is distinct from s."IS_CURRENT" or t."IS_DELETED" is distinct from s."IS_DELETED") then
  update set "NAME" = s."NAME", "NOTE" = s."NOTE", "BORN" = s."BORN", "VALID_TO" = s."VALID_TO", "IS_CURRENT" = s."IS_CURRENT", "IS_DELETED" = s."IS_DELETED"
when not matched and s."TIDEMARK_PRESENT" then
  insert ("ID", "NAME", "NOTE", "BORN", "VALID_FROM", "VALID_TO", "IS_CURRENT", "IS_DELETED", "CUSTOMER_KEY")
  values (s."ID", s."NAME", s."NOTE", s."BORN", s."VALID_FROM", s."VALID_TO", s."IS_CURRENT", s."IS_DELETED", s."CUSTOMER_KEY");

-- APPLY_FACT_SALES: the rows of FACT_SALES that the last batches reach

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_SALES"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select min(x."NUMBER") as "NUMBER" from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p
) as x) as u;

-- of the last run
delete from "TIDEMARK_PIPELINE"."AFFECTED_FACT_SALES";

-- the keys of rows that the changes reach, from the images before and after
insert into "TIDEMARK_PIPELINE"."AFFECTED_FACT_SALES" ("SALE_ID")
select "this"."SALE_ID" as "SALE_ID"
from "MARTS"."FACT_SALES" as "this"
left join (select i.*, false as "TIDEMARK_DELETED" from "TIDEMARK_PIPELINE"."CHANGES_COMPANIES" as i join "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_SALES" as p on i."TIDEMARK_BATCH" > p."PREVIOUS" and i."TIDEMARK_BATCH" <= p."BATCH") as "COMPANIES" on "this"."COMPANY_ID" = "COMPANIES"."ID"
where "COMPANIES"."TIDEMARK_DELETED" is not null;

-- of the last run
delete from "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES";

-- the rows of those keys as they should be
insert into "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES" ("SALE_ID", "COMPANY_NAME")
select "this"."SALE_ID", iff("COMPANIES"."TIDEMARK_DELETED" is not null, cast("COMPANIES"."NAME" as VARCHAR), "this"."COMPANY_NAME")
from "MARTS"."FACT_SALES" as "this"
join "TIDEMARK_PIPELINE"."AFFECTED_FACT_SALES" as "affected" on "affected"."SALE_ID" = "this"."SALE_ID"
left join (select * from "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES" on "this"."COMPANY_ID" = "COMPANIES"."ID";

-- a key has one row: more come of a look-up that matches twice
select count(*) from (select d."SALE_ID" from "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES" as d group by d."SALE_ID" having count(*) > 1) as x;

-- a key is never NULL
select count(*) from "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES" as d where d."SALE_ID" is null;

-- what differs, and nothing else
merge into "MARTS"."FACT_SALES" as t
using (
  select a."SALE_ID", (d."SALE_ID" is not null) as "TIDEMARK_PRESENT", d."COMPANY_NAME", cast(sysdate() as TIMESTAMP_NTZ(9)) as "TOUCHED_AT"
  from "TIDEMARK_PIPELINE"."AFFECTED_FACT_SALES" as a
  left join "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES" as d on a."SALE_ID" = d."SALE_ID"
) as s
on t."SALE_ID" = s."SALE_ID"
when matched and s."TIDEMARK_PRESENT" and (t."COMPANY_NAME" is distinct from s."COMPANY_NAME") then
  update set "COMPANY_NAME" = s."COMPANY_NAME", "TOUCHED_AT" = s."TOUCHED_AT";

-- RECONCILE_FACT_SALES: every row of FACT_SALES, compared with what it should be and written where it differs

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_SALES"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select min(x."NUMBER") as "NUMBER" from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p
) as x) as u;

-- of the last run
delete from "TIDEMARK_PIPELINE"."AFFECTED_FACT_SALES";

-- all keys
insert into "TIDEMARK_PIPELINE"."AFFECTED_FACT_SALES" ("SALE_ID")
select t."SALE_ID"
from "MARTS"."FACT_SALES" as t;

-- of the last run
delete from "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES";

-- the rows of those keys as they should be
insert into "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES" ("SALE_ID", "COMPANY_NAME")
select "this"."SALE_ID", iff("COMPANIES"."TIDEMARK_DELETED" is not null, cast("COMPANIES"."NAME" as VARCHAR), "this"."COMPANY_NAME")
from "MARTS"."FACT_SALES" as "this"
join "TIDEMARK_PIPELINE"."AFFECTED_FACT_SALES" as "affected" on "affected"."SALE_ID" = "this"."SALE_ID"
left join (select * from "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES" on "this"."COMPANY_ID" = "COMPANIES"."ID";

-- a key has one row: more come of a look-up that matches twice
select count(*) from (select d."SALE_ID" from "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES" as d group by d."SALE_ID" having count(*) > 1) as x;

-- a key is never NULL
select count(*) from "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES" as d where d."SALE_ID" is null;

-- what differs, and nothing else
merge into "MARTS"."FACT_SALES" as t
using (
  select a."SALE_ID", (d."SALE_ID" is not null) as "TIDEMARK_PRESENT", d."COMPANY_NAME", cast(sysdate() as TIMESTAMP_NTZ(9)) as "TOUCHED_AT"
  from "TIDEMARK_PIPELINE"."AFFECTED_FACT_SALES" as a
  left join "TIDEMARK_PIPELINE"."DESIRED_FACT_SALES" as d on a."SALE_ID" = d."SALE_ID"
) as s
on t."SALE_ID" = s."SALE_ID"
when matched and s."TIDEMARK_PRESENT" and (t."COMPANY_NAME" is distinct from s."COMPANY_NAME") then
  update set "COMPANY_NAME" = s."COMPANY_NAME", "TOUCHED_AT" = s."TOUCHED_AT";

-- APPLY_FACT_VENDOR: the rows of FACT_VENDOR that the last batches reach

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select min(x."NUMBER") as "NUMBER" from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p
  union all
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p
) as x) as u;

-- a table that holds rows before the first run is not ours to overwrite
select count(*) from (select 1 as x from "MARTS"."FACT_VENDOR" limit 1) as t cross join "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR" as p where p."PREVIOUS" = 0;

-- of the last run
delete from "TIDEMARK_PIPELINE"."AFFECTED_FACT_VENDOR";

-- the keys of rows that the changes reach, from the images before and after
insert into "TIDEMARK_PIPELINE"."AFFECTED_FACT_VENDOR" ("VENDOR_ID")
select "COMPANIES"."ID" as "VENDOR_ID"
from (select i.*, false as "TIDEMARK_DELETED" from "TIDEMARK_PIPELINE"."CHANGES_COMPANIES" as i join "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR" as p on i."TIDEMARK_BATCH" > p."PREVIOUS" and i."TIDEMARK_BATCH" <= p."BATCH") as "COMPANIES"
union
select "COMPANIES"."ID" as "VENDOR_ID"
from (select * from "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES"
left join (select i.*, false as "TIDEMARK_DELETED" from "TIDEMARK_PIPELINE"."CHANGES_COUNTRIES" as i join "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR" as p on i."TIDEMARK_BATCH" > p."PREVIOUS" and i."TIDEMARK_BATCH" <= p."BATCH") as "COUNTRIES" on "COMPANIES"."COUNTRY_ID" = "COUNTRIES"."ID"
where "COUNTRIES"."TIDEMARK_DELETED" is not null;

-- of the last run
delete from "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR";

-- the rows of those keys as they should be
insert into "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR" ("VENDOR_ID", "VENDOR_NAME", "COUNTRY")
select cast("COMPANIES"."ID" as NUMBER(38,0)), cast("COMPANIES"."NAME" as VARCHAR), cast("COUNTRIES"."NAME" as VARCHAR)
from (select * from "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES"
join "TIDEMARK_PIPELINE"."AFFECTED_FACT_VENDOR" as "affected" on "affected"."VENDOR_ID" = "COMPANIES"."ID"
left join (select * from "TIDEMARK_PIPELINE"."CURRENT_COUNTRIES" where not "TIDEMARK_DELETED") as "COUNTRIES" on "COMPANIES"."COUNTRY_ID" = "COUNTRIES"."ID"
where "COMPANIES"."NAME" is not null;

-- a key has one row: more come of a look-up that matches twice
select count(*) from (select d."VENDOR_ID" from "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR" as d group by d."VENDOR_ID" having count(*) > 1) as x;

-- a key is never NULL
select count(*) from "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR" as d where d."VENDOR_ID" is null;

-- what differs, and nothing else
merge into "MARTS"."FACT_VENDOR" as t
using (
  select a."VENDOR_ID", (d."VENDOR_ID" is not null) as "TIDEMARK_PRESENT", d."VENDOR_NAME", d."COUNTRY"
  from "TIDEMARK_PIPELINE"."AFFECTED_FACT_VENDOR" as a
  left join "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR" as d on a."VENDOR_ID" = d."VENDOR_ID"
) as s
on t."VENDOR_ID" = s."VENDOR_ID"
when matched and not s."TIDEMARK_PRESENT" and (t."COUNTRY" is distinct from 'it''s gone') then
  update set "COUNTRY" = 'it''s gone'
when matched and s."TIDEMARK_PRESENT" and (t."VENDOR_NAME" is distinct from s."VENDOR_NAME" or t."COUNTRY" is distinct from s."COUNTRY") then
  update set "VENDOR_NAME" = s."VENDOR_NAME", "COUNTRY" = s."COUNTRY"
when not matched and s."TIDEMARK_PRESENT" then
  insert ("VENDOR_ID", "VENDOR_NAME", "COUNTRY")
  values (s."VENDOR_ID", s."VENDOR_NAME", s."COUNTRY");

-- RECONCILE_FACT_VENDOR: every row of FACT_VENDOR, compared with what it should be and written where it differs

-- the batches that are to be done now
update "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR"
set "PREVIOUS" = "BATCH", "BATCH" = u."NUMBER", "PREVIOUS_AT" = "AT", "AT" = sysdate()
from (select min(x."NUMBER") as "NUMBER" from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p
  union all
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p
) as x) as u;

-- of the last run
delete from "TIDEMARK_PIPELINE"."AFFECTED_FACT_VENDOR";

-- all keys
insert into "TIDEMARK_PIPELINE"."AFFECTED_FACT_VENDOR" ("VENDOR_ID")
select "COMPANIES"."ID" as "VENDOR_ID"
from (select * from "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES"
union
select t."VENDOR_ID"
from "MARTS"."FACT_VENDOR" as t;

-- of the last run
delete from "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR";

-- the rows of those keys as they should be
insert into "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR" ("VENDOR_ID", "VENDOR_NAME", "COUNTRY")
select cast("COMPANIES"."ID" as NUMBER(38,0)), cast("COMPANIES"."NAME" as VARCHAR), cast("COUNTRIES"."NAME" as VARCHAR)
from (select * from "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" where not "TIDEMARK_DELETED") as "COMPANIES"
join "TIDEMARK_PIPELINE"."AFFECTED_FACT_VENDOR" as "affected" on "affected"."VENDOR_ID" = "COMPANIES"."ID"
left join (select * from "TIDEMARK_PIPELINE"."CURRENT_COUNTRIES" where not "TIDEMARK_DELETED") as "COUNTRIES" on "COMPANIES"."COUNTRY_ID" = "COUNTRIES"."ID"
where "COMPANIES"."NAME" is not null;

-- a key has one row: more come of a look-up that matches twice
select count(*) from (select d."VENDOR_ID" from "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR" as d group by d."VENDOR_ID" having count(*) > 1) as x;

-- a key is never NULL
select count(*) from "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR" as d where d."VENDOR_ID" is null;

-- what differs, and nothing else
merge into "MARTS"."FACT_VENDOR" as t
using (
  select a."VENDOR_ID", (d."VENDOR_ID" is not null) as "TIDEMARK_PRESENT", d."VENDOR_NAME", d."COUNTRY"
  from "TIDEMARK_PIPELINE"."AFFECTED_FACT_VENDOR" as a
  left join "TIDEMARK_PIPELINE"."DESIRED_FACT_VENDOR" as d on a."VENDOR_ID" = d."VENDOR_ID"
) as s
on t."VENDOR_ID" = s."VENDOR_ID"
when matched and not s."TIDEMARK_PRESENT" and (t."COUNTRY" is distinct from 'it''s gone') then
  update set "COUNTRY" = 'it''s gone'
when matched and s."TIDEMARK_PRESENT" and (t."VENDOR_NAME" is distinct from s."VENDOR_NAME" or t."COUNTRY" is distinct from s."COUNTRY") then
  update set "VENDOR_NAME" = s."VENDOR_NAME", "COUNTRY" = s."COUNTRY"
when not matched and s."TIDEMARK_PRESENT" then
  insert ("VENDOR_ID", "VENDOR_NAME", "COUNTRY")
  values (s."VENDOR_ID", s."VENDOR_NAME", s."COUNTRY");

-- RESYNC_COMPANIES: what differs between COMPANIES and what the pipeline knows of it, as a batch

-- a batch of its own
update "TIDEMARK_PIPELINE"."BATCH" set "NUMBER" = "NUMBER" + 1, "AT" = sysdate();

-- what a stream would have shown, had it been there
insert into "TIDEMARK_PIPELINE"."LANDED_COMPANIES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "ID", "NAME", "COUNTRY_ID", "UPDATED_AT")
select b."NUMBER", b."AT", 'INSERT', s."ID", s."NAME", s."COUNTRY_ID", s."UPDATED_AT"
from "STAGING"."COMPANIES" as s
left join "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" as c on s."ID" = c."ID"
cross join "TIDEMARK_PIPELINE"."BATCH" as b
where c."TIDEMARK_DELETED" is null or c."TIDEMARK_DELETED" or s."ID" is distinct from c."ID" or s."NAME" is distinct from c."NAME" or s."COUNTRY_ID" is distinct from c."COUNTRY_ID" or s."UPDATED_AT" is distinct from c."UPDATED_AT"
union all
select b."NUMBER", b."AT", 'DELETE', c."ID", cast(null as VARCHAR), cast(null as NUMBER(38,0)), cast(null as TIMESTAMP_NTZ(9))
from "TIDEMARK_PIPELINE"."CURRENT_COMPANIES" as c
left join "STAGING"."COMPANIES" as s on s."ID" = c."ID"
cross join "TIDEMARK_PIPELINE"."BATCH" as b
where not c."TIDEMARK_DELETED" and s."ID" is null;

-- RESYNC_COUNTRIES: what differs between COUNTRIES and what the pipeline knows of it, as a batch

-- a batch of its own
update "TIDEMARK_PIPELINE"."BATCH" set "NUMBER" = "NUMBER" + 1, "AT" = sysdate();

-- what a stream would have shown, had it been there
insert into "TIDEMARK_PIPELINE"."LANDED_COUNTRIES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "ID", "NAME")
select b."NUMBER", b."AT", 'INSERT', s."ID", s."NAME"
from "STAGING"."COUNTRIES" as s
left join "TIDEMARK_PIPELINE"."CURRENT_COUNTRIES" as c on s."ID" = c."ID"
cross join "TIDEMARK_PIPELINE"."BATCH" as b
where c."TIDEMARK_DELETED" is null or c."TIDEMARK_DELETED" or s."ID" is distinct from c."ID" or s."NAME" is distinct from c."NAME"
union all
select b."NUMBER", b."AT", 'DELETE', c."ID", cast(null as VARCHAR)
from "TIDEMARK_PIPELINE"."CURRENT_COUNTRIES" as c
left join "STAGING"."COUNTRIES" as s on s."ID" = c."ID"
cross join "TIDEMARK_PIPELINE"."BATCH" as b
where not c."TIDEMARK_DELETED" and s."ID" is null;

-- RESYNC_SALES: what differs between SALES and what the pipeline knows of it, as a batch

-- a batch of its own
update "TIDEMARK_PIPELINE"."BATCH" set "NUMBER" = "NUMBER" + 1, "AT" = sysdate();

-- what a stream would have shown, had it been there
insert into "TIDEMARK_PIPELINE"."LANDED_SALES" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "ID", "COMPANY_ID", "AMOUNT", "GONE")
select b."NUMBER", b."AT", 'INSERT', s."ID", s."COMPANY_ID", s."AMOUNT", s."GONE"
from "STAGING"."SALES" as s
left join "TIDEMARK_PIPELINE"."CURRENT_SALES" as c on s."ID" = c."ID"
cross join "TIDEMARK_PIPELINE"."BATCH" as b
where c."TIDEMARK_DELETED" is null or c."TIDEMARK_DELETED" or s."ID" is distinct from c."ID" or s."COMPANY_ID" is distinct from c."COMPANY_ID" or s."AMOUNT" is distinct from c."AMOUNT" or s."GONE" is distinct from c."GONE"
union all
select b."NUMBER", b."AT", 'DELETE', c."ID", cast(null as NUMBER(38,0)), cast(null as NUMBER(12,2)), cast(null as BOOLEAN)
from "TIDEMARK_PIPELINE"."CURRENT_SALES" as c
left join "STAGING"."SALES" as s on s."ID" = c."ID"
cross join "TIDEMARK_PIPELINE"."BATCH" as b
where not c."TIDEMARK_DELETED" and s."ID" is null;

-- RESYNC_CUSTOMERS: what differs between customers and what the pipeline knows of it, as a batch

-- a batch of its own
update "TIDEMARK_PIPELINE"."BATCH" set "NUMBER" = "NUMBER" + 1, "AT" = sysdate();

-- what a stream would have shown, had it been there
insert into "TIDEMARK_PIPELINE"."LANDED_CUSTOMERS" ("TIDEMARK_BATCH", "TIDEMARK_AT", "TIDEMARK_ACTION", "OPERATION", "BEFORE", "AFTER", "TS_MS", "SEQ", "TABLE_NAME")
select b."NUMBER", b."AT", 'INSERT', s."OPERATION", s."BEFORE", s."AFTER", s."TS_MS", s."SEQ", s."TABLE_NAME"
from "STAGING"."RAW_CHANGES" as s
cross join "TIDEMARK_PIPELINE"."BATCH" as b
where coalesce(s."TABLE_NAME" = 'customers', false);

-- HOUSEKEEPING: forgets what every step has done with

-- images of COMPANIES that every target has seen
delete from "TIDEMARK_PIPELINE"."CHANGES_COMPANIES" where "TIDEMARK_BATCH" <= (select min(x."NUMBER") from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p
  union all
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_SALES" as p
  union all
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR" as p
) as x);

-- events of COMPANIES, which no history reads
delete from "TIDEMARK_PIPELINE"."EVENTS_COMPANIES" where "TIDEMARK_BATCH" <= (select min(x."NUMBER") from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COMPANIES" as p
  union all
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_SALES" as p
  union all
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR" as p
) as x);

-- images of COUNTRIES that every target has seen
delete from "TIDEMARK_PIPELINE"."CHANGES_COUNTRIES" where "TIDEMARK_BATCH" <= (select min(x."NUMBER") from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p
  union all
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR" as p
) as x);

-- events of COUNTRIES, which no history reads
delete from "TIDEMARK_PIPELINE"."EVENTS_COUNTRIES" where "TIDEMARK_BATCH" <= (select min(x."NUMBER") from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_COUNTRIES" as p
  union all
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_APPLY_FACT_VENDOR" as p
) as x);

-- images of SALES that every target has seen
delete from "TIDEMARK_PIPELINE"."CHANGES_SALES" where "TIDEMARK_BATCH" <= (select min(x."NUMBER") from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p
) as x);

-- events of SALES, which no history reads
delete from "TIDEMARK_PIPELINE"."EVENTS_SALES" where "TIDEMARK_BATCH" <= (select min(x."NUMBER") from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_SALES" as p
) as x);

-- images of customers that every target has seen
delete from "TIDEMARK_PIPELINE"."CHANGES_CUSTOMERS" where "TIDEMARK_BATCH" <= (select min(x."NUMBER") from (
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_PARSE_CUSTOMERS" as p
  union all
  select p."BATCH" as "NUMBER" from "TIDEMARK_PIPELINE"."POSITION_APPLY_CUSTOMERS_SCD" as p
) as x);
