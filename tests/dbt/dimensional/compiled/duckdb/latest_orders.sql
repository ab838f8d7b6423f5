with numbered as (

    select
        orders.order_no,
        orders.account_id,
        orders.status,
        row_number() over (partition by orders.account_id order by orders.placed_at desc, orders.order_no desc) as place
    from "raw"."orders" as orders

)

select numbered.account_id, numbered.order_no, numbered.status, accounts.account_name
from numbered
left join "marts"."stg_accounts" as accounts on accounts.account_id = numbered.account_id
where numbered.place = 1 and numbered.account_id is not null
