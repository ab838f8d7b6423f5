with lines as (

    select * from "marts"."stg_lines"

),

products as (

    select code as product_code, label as product, category from "raw"."products"

)

select
    lines.*,
    products.product,
    orders.account_id,
    orders.placed_on
from lines
join "marts"."stg_orders" as orders using (order_id)
left join products using (product_code)
