with source as (

    select * from "raw"."account_versions"

),

latest as (

    select
        *,
        row_number() over (partition by account_id order by version desc) as place
    from source

)

select
    account_id,
    name as account_name,
    lower(tier) as tier,
    region_code
from latest
where place = 1
