select
    coalesce(z.code, p.code) as code,
    z.label as zone,
    p.label as product
from "raw"."zones" as z
full join "raw"."products" as p on p.code = z.code
