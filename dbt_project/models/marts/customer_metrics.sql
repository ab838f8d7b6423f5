{{ config(enabled=(project_name == "tidemark")) }}
-- One row per user, who is the customer: what they ordered.
select
    cast(users.id as bigint) as customer_id,
    cast(count(orders.id) as bigint) as total_orders,
    cast(coalesce(sum(orders.amount), 0) as numeric(14, 2)) as total_spent,
    cast(max(orders.placed_at) as timestamp) as last_order_at
from {{ source('staging', 'users') }} as users
left join {{ source('staging', 'orders') }} as orders
    on users.id = orders.user_id
group by users.id
