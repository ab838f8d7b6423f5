{{ config(enabled=(project_name == "tidemark")) }}
-- One row per user.
select
    cast(users.id as bigint) as user_id,
    cast(users.name as varchar(120)) as user_name,
    cast(lower(trim(users.email)) as varchar(160)) as email,
    cast(users.company_id as bigint) as company_id,
    cast(coalesce(companies.name, '(no company)') as varchar(120)) as company_name,
    cast(coalesce(countries.name, 'unknown') as varchar(80)) as country,
    cast(coalesce(users.opted_in, false) and users.email is not null as boolean) as can_be_mailed,
    cast(users.last_login_at as timestamp) as last_login_at,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'users') }} as users
left join {{ source('staging', 'companies') }} as companies
    on users.company_id = companies.id
left join {{ source('staging', 'countries') }} as countries
    on users.country_id = countries.id
