{{ config(enabled=(project_name == "tidemark")) }}
-- One row per invoice that was sent.
select
    cast(invoices.id as bigint) as invoice_id,
    cast(invoices.number as varchar(40)) as invoice_number,
    cast(invoices.order_id as bigint) as order_id,
    cast(companies.name as varchar(120)) as buyer_name,
    cast(invoices.status as varchar(20)) as status,
    cast(invoices.amount as numeric(12, 2)) as amount_net,
    cast(invoices.tax as numeric(12, 2)) as amount_tax,
    cast(invoices.amount + coalesce(invoices.tax, 0) as numeric(12, 2)) as amount_gross,
    cast(invoices.issued_on as date) as issued_on,
    cast(invoices.paid_at is not null as boolean) as is_paid,
    cast(cast(invoices.paid_at as date) - invoices.issued_on as integer) as days_to_pay,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'invoices') }} as invoices
left join {{ source('staging', 'orders') }} as orders
    on invoices.order_id = orders.id
left join {{ source('staging', 'companies') }} as companies
    on orders.buyer_id = companies.id
where invoices.status <> 'draft'
