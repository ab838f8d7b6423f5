select
    orders.account_id,
    orders.placed_on,
    count(distinct orders.order_id) as orders,
    sum(lines.quantity) as pieces
from "marts"."stg_orders" as orders
left join "raw"."order_lines" as lines on lines.order_no = orders.order_id
group by orders.account_id, orders.placed_on
having count(*) > 0
