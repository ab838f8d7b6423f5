select o.order_no, o.account_id, o.status
from "raw"."orders" as o
where not exists (select 1 from "raw"."payments" as p where p.order_no = o.order_no)
