{{ config(enabled=(project_name == "tidemark")) }}
-- One row per subscription; what it says of the company comes from another target.
select
    cast(subscriptions.id as bigint) as subscription_id,
    cast(subscriptions.company_id as bigint) as company_id,
    cast(fact_company_profile.company_name as varchar(120)) as company_name,
    cast(fact_company_profile.hq_country as varchar(80)) as hq_country,
    cast(coalesce(fact_company_profile.size_band, 'unknown') as varchar(10)) as size_band,
    cast(coalesce(subscriptions.plan, 'none') as varchar(20)) as plan,
    cast(subscriptions.seats as integer) as seats,
    cast(subscriptions.monthly_price * subscriptions.seats as numeric(12, 2)) as monthly_total,
    cast(subscriptions.starts_on as date) as starts_on,
    cast(subscriptions.ends_on - subscriptions.starts_on as integer) as term_days,
    cast(coalesce(subscriptions.is_trial, false) as boolean) as is_trial,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'subscriptions') }} as subscriptions
left join {{ ref('fact_company_profile') }} as fact_company_profile
    on subscriptions.company_id = fact_company_profile.company_id
