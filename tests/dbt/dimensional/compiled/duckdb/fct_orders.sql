with __dbt__cte__int_payments as (

select
    order_no as order_id,
    sum(amount) as paid_amount,
    min(paid_at) as first_paid_at
from "raw"."payments"
group by 1

), orders as (

    select * from "marts"."stg_orders"

),

totals as (

    select * from "marts"."int_order_totals"

),

final as (

    select
        md5(cast(coalesce(cast(orders.order_id as varchar), '_dbt_utils_surrogate_key_null_') as varchar)) as order_key,
        orders.order_id,
        dim_account.account_key,
        dim_account.region,
        orders.placed_on,
        orders.status,
        coalesce(totals.line_count, 0) as line_count,
        coalesce(totals.ordered_amount, 0) as ordered_amount,
        coalesce(__dbt__cte__int_payments.paid_amount, 0) as paid_amount,
        coalesce(__dbt__cte__int_payments.paid_amount, 0) >= coalesce(totals.ordered_amount, 0) as is_paid
    from orders
    inner join "marts"."dim_account" as dim_account
        on orders.account_id = dim_account.account_id
    left join totals
        on orders.order_id = totals.order_id
    left join __dbt__cte__int_payments
        on __dbt__cte__int_payments.order_id = orders.order_id
    where orders.status <> 'VOID'

)

select * from final
