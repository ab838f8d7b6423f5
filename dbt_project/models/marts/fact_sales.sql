{{ config(enabled=(project_name == "tidemark")) }}
-- One row per order line. Its rows belong to dbt: between builds only the vendor's columns are kept up to date.
select
    cast(order_items.order_id * 1000 + order_items.line_no as bigint) as sale_id,
    cast(order_items.order_id as bigint) as order_id,
    cast(order_items.line_no as integer) as line_no,
    cast(orders.buyer_id as bigint) as buyer_id,
    cast(order_items.product_id as bigint) as product_id,
    cast(products.vendor_id as bigint) as vendor_id,
    cast(companies.name as varchar(120)) as vendor_name,
    cast(companies.country_id as varchar(2)) as vendor_country_id,
    cast(orders.placed_at as date) as sold_on,
    cast(order_items.quantity as integer) as quantity,
    cast(order_items.unit_price as numeric(12, 2)) as unit_price,
    cast(order_items.unit_price * order_items.quantity as numeric(14, 2)) as net_amount,
    cast(order_items.updated_at as timestamp) as _updated_at,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'order_items') }} as order_items
left join {{ source('staging', 'orders') }} as orders
    on order_items.order_id = orders.id
left join {{ source('staging', 'products') }} as products
    on order_items.product_id = products.id
left join {{ source('staging', 'companies') }} as companies
    on products.vendor_id = companies.id
