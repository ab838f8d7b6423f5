select
    o.order_no,
    o.account_id,
    row_number() over (partition by o.account_id order by o.placed_at, o.order_no) as order_number,
    count(*) over (partition by o.account_id) as orders_of_account,
    lag(o.status) over (partition by o.account_id order by o.placed_at, o.order_no) as status_before
from "raw"."orders" as o
