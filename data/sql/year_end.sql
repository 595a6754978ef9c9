-- One row per year with yearly records: the month its yearly figures stand in (December, or the last month delivered).
with reported as (
    select distinct year from record_population
    union
    select distinct year from calendar
),

last_delivered as (
    select
        year,
        max(month) as month
    from calendar
    group by year
),

year_end as (
    select
        reported.year,
        coalesce(last_delivered.month, make_date(reported.year, 12, 1)) as month
    from reported
    left join last_delivered on reported.year = last_delivered.year
)

select * from year_end
