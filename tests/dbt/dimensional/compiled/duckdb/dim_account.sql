with accounts as (

    select * from "marts"."stg_accounts"

),

regions as (

    select * from "raw"."regions"

),

zones as (

    select code, label from "raw"."zones"

),

joined as (

    select
        md5(cast(coalesce(cast(accounts.account_id as varchar), '_dbt_utils_surrogate_key_null_') as varchar)) as account_key,
        accounts.*,
        coalesce(regions.label, 'nowhere') as region,
        zones.label as zone
    from accounts
    left join regions on accounts.region_code = regions.code
    left join zones on coalesce(regions.zone_code, '-') = zones.code

)

select * from joined
