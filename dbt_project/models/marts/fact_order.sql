{{ config(enabled=(project_name == "tidemark")) }}
-- One row per order whose buyer is known.
select
    cast(orders.id as bigint) as order_id,
    cast(orders.buyer_id as bigint) as buyer_id,
    cast(buyer.name as varchar(120)) as buyer_name,
    cast(buyer.country_id as varchar(2)) as buyer_country_id,
    cast(users.name as varchar(120)) as ordered_by,
    cast(lower(users.email) as varchar(160)) as ordered_by_email,
    cast(upper(coalesce(orders.status, 'unknown')) as varchar(20)) as status,
    cast(orders.status in ('new', 'confirmed', 'shipped') as boolean) as is_open,
    cast(orders.amount as numeric(12, 2)) as amount,
    cast(orders.amount * (1 - coalesce(orders.discount_rate, 0)) as numeric(12, 2)) as amount_due,
    cast(orders.discount_rate * 100 as numeric(5, 1)) as discount_percent,
    cast(orders.placed_at as date) as placed_on,
    cast(orders.due_on - cast(orders.placed_at as date) as integer) as days_to_due,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'orders') }} as orders
inner join {{ source('staging', 'companies') }} as buyer
    on orders.buyer_id = buyer.id
left join {{ source('staging', 'users') }} as users
    on orders.user_id = users.id
