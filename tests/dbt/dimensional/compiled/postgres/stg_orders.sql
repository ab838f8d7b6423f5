with source as (

    select * from "raw"."orders"

),

renamed as (

    select
        order_no as order_id,
        account_id,
        cast(placed_at as date) as placed_on,
        upper(status) as status,
        note
    from source

)

select * from renamed
