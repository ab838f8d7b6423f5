{{ config(enabled=(project_name == "tidemark")) }}
-- One row per company; countries are joined twice, for the headquarters and for billing.
select
    cast(companies.id as bigint) as company_id,
    cast(companies.name as varchar(120)) as company_name,
    cast(coalesce(companies.legal_name, companies.name) as varchar(160)) as legal_name,
    cast(headquarters.name as varchar(80)) as hq_country,
    cast(coalesce(headquarters.region, 'elsewhere') as varchar(40)) as hq_region,
    cast(billing.name as varchar(80)) as billing_country,
    cast(billing.vat_rate as numeric(4, 3)) as billing_vat_rate,
    cast(companies.country_id is distinct from companies.billing_country_id as boolean) as bills_abroad,
    cast(industries.name as varchar(80)) as industry,
    cast(
        case
            when companies.employee_count is null then 'unknown'
            when companies.employee_count < 50 then 'small'
            when companies.employee_count < 250 then 'medium'
            else 'large'
        end as varchar(10)
    ) as size_band,
    cast(companies.annual_revenue as numeric(16, 2)) as annual_revenue,
    cast(extract(year from companies.founded_on) as integer) as founded_year,
    cast(companies.is_vendor as boolean) as is_vendor,
    cast(companies.is_buyer as boolean) as is_buyer,
    cast(lower(companies.website) as varchar(120)) as website,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'companies') }} as companies
left join {{ source('staging', 'countries') }} as headquarters
    on companies.country_id = headquarters.id
left join {{ source('staging', 'countries') }} as billing
    on companies.billing_country_id = billing.id
left join {{ source('staging', 'industries') }} as industries
    on companies.industry_id = industries.id
