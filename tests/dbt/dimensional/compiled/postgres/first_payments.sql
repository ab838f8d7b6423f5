select distinct on (p.order_no)
    p.order_no,
    p.payment_id,
    p.amount,
    o.status
from "raw"."payments" as p
left join "raw"."orders" as o on o.order_no = p.order_no
order by p.order_no, p.paid_at, p.payment_id
