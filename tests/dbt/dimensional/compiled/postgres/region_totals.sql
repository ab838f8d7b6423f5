select
    coalesce(regions.label, 'nowhere') as region,
    count(*) as accounts,
    count(distinct zones.label) as zones
from "marts"."stg_accounts" as accounts
left join "raw"."regions" as regions on regions.code = accounts.region_code
left join "raw"."zones" as zones on zones.code = regions.zone_code
group by 1
