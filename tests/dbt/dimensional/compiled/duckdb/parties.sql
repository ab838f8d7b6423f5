select 'account' as kind, cast(account_id as varchar) as code, account_name as label
from "marts"."stg_accounts"
union all
select 'product', code, label
from "raw"."products"
union all
select 'region' as kind, r.code, r.label || coalesce(' in ' || z.label, '')
from "raw"."regions" as r
left join "raw"."zones" as z on z.code = r.zone_code
