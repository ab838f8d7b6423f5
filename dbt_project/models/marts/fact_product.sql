{{ config(enabled=(project_name == "tidemark")) }}
-- One row per product.
select
    cast(products.id as bigint) as product_id,
    cast(upper(products.sku) as varchar(40)) as sku,
    cast(products.name as varchar(120)) as product_name,
    cast(products.vendor_id as bigint) as vendor_id,
    cast(companies.name as varchar(120)) as vendor_name,
    cast(countries.name as varchar(80)) as vendor_country,
    cast(products.list_price as numeric(10, 2)) as list_price,
    cast(
        case
            when products.list_price < 100 then 'low'
            when products.list_price < 1000 then 'middle'
            when products.list_price >= 1000 then 'high'
        end as varchar(10)
    ) as price_band,
    cast(products.weight_kg * 1000 as integer) as weight_g,
    cast(coalesce(products.is_active, false) as boolean) as is_active,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'products') }} as products
left join {{ source('staging', 'companies') }} as companies
    on products.vendor_id = companies.id
left join {{ source('staging', 'countries') }} as countries
    on companies.country_id = countries.id
