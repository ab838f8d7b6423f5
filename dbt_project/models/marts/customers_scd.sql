{{ config(enabled=(project_name == "tidemark")) }}
-- One row per version of a user, who is the customer. A build from current rows knows one version of each.
select
    cast(row_number() over (order by users.id) as bigint) as customer_key,
    cast(users.id as bigint) as customer_id,
    cast(users.email as varchar(160)) as email,
    cast(users.name as varchar(120)) as name,
    cast(users.opted_in as boolean) as opted_in,
    cast(users.created_at as timestamp) as valid_from,
    cast(null as timestamp) as valid_to,
    cast(true as boolean) as is_current
from {{ source('staging', 'users') }} as users
