with lines as (

    select * from "marts"."stg_lines"

)

select
    order_id,
    count(*) as line_count,
    sum(amount) as ordered_amount,
    max(unit_price) as highest_price
from lines
group by order_id
