select payment_id, order_no, amount
from "raw"."payments"
order by amount desc, payment_id
limit 5
