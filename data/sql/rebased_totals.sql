-- One row per measure whose district total is not what it was: shared out by households nothing may be lost or gained.
with before as (
    select
        measure,
        month,
        value
    from basis_measure
    where level = 'district' and measure not like 'neighbourhoods%' and measure <> 'units_coinciding'
),

after as (
    select
        measure,
        month,
        value
    from rebased_measure
    where level = 'district'
),

gap as (
    select
        before.measure,
        max(abs(before.value - coalesce(after.value, 0)) / greatest(1.0, abs(before.value))) as gap
    from before
    left join after on before.measure = after.measure and before.month = after.month
    group by before.measure
),

rebased_totals as (
    select
        measure,
        gap
    from gap
    where gap > 1e-6
)

select * from rebased_totals
order by measure
