{{ config(enabled=(project_name == "tidemark")) }}
-- One row per payment.
select
    cast(payments.id as bigint) as payment_id,
    cast(payments.invoice_id as bigint) as invoice_id,
    cast(invoices.number as varchar(40)) as invoice_number,
    cast(companies.name as varchar(120)) as payer_name,
    cast(companies.country_id as varchar(2)) as payer_country_id,
    cast(coalesce(payments.method, 'unknown') as varchar(20)) as method,
    cast(case when payments.is_refund then -payments.amount else payments.amount end as numeric(12, 2)) as amount_signed,
    cast(payments.amount = invoices.amount + invoices.tax as boolean) as pays_in_full,
    cast(payments.received_at as timestamp) as received_at,
    cast(null as varchar(200)) as row_note
from {{ source('staging', 'payments') }} as payments
left join {{ source('staging', 'invoices') }} as invoices
    on payments.invoice_id = invoices.id
left join {{ source('staging', 'companies') }} as companies
    on payments.payer_id = companies.id
