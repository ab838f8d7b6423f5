select code from "raw"."regions"
union
select code from "raw"."products"
except
select code from "raw"."zones"
