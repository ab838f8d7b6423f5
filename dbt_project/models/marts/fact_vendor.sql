{{ config(enabled=(project_name == "tidemark")) }}
-- One row per company that sells.
select
    cast(companies.id as bigint) as vendor_id,
    cast(companies.name as varchar(120)) as vendor_name,
    cast(coalesce(countries.name, 'unknown') as varchar(80)) as country,
    cast(companies.employee_count as integer) as employee_count,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'companies') }} as companies
left join {{ source('staging', 'countries') }} as countries
    on companies.country_id = countries.id
where companies.is_vendor
