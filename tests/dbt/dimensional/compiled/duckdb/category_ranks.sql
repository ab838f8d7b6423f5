select
    code,
    label,
    category,
    rank() over (order by label, code) as place
from "raw"."products"
