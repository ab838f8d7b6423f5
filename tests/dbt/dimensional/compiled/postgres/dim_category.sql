select distinct
    coalesce(category, 'none') as category,
    upper(coalesce(category, 'none')) as category_label
from "raw"."products"
