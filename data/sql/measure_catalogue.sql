-- One row per measure: how it behaves in time, its finest level, its months and its rows.
with kind as (
    select distinct
        measure,
        behaviour,
        grain_level
    from measure_native
),

span as (
    select
        measure,
        min(month) as first_month,
        max(month) as last_month,
        count(*) as rows
    from measure
    group by measure
),

measure_catalogue as (
    select
        kind.measure,
        kind.behaviour,
        kind.grain_level,
        span.first_month,
        span.last_month,
        span.rows
    from kind
    inner join span on kind.measure = span.measure
)

select * from measure_catalogue
order by measure
