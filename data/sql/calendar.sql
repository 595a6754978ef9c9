-- One row per month in which any office delivered records: its first day, the next month's, and its year.
with delivered as (
    select cast(date_trunc('month', held_on) as date) as month from record_event
    union
    select cast(date_trunc('month', completed_on) as date) as month from record_service_project
    union
    select cast(date_trunc('month', received_at) as date) as month from record_case
    union
    select month from record_volunteering
),

calendar as (
    select
        month,
        cast(month + interval '1' month as date) as next_month,
        year(month) as year
    from delivered
)

select * from calendar
