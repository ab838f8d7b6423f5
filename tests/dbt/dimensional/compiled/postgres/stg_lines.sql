select
    order_no as order_id,
    line_no,
    product_code,
    quantity,
    unit_price,
    quantity * unit_price as amount
from "raw"."order_lines"
