-- One row per known code of $codes × calendar year in which the numerator is known for any area
with
wanted as (
    select
        area.code,
        area.level
    from area
    where list_contains($codes::varchar[], area.code)
),

asked as (
    select
        measure_catalogue.measure,
        measure_catalogue.behaviour,
        measure_catalogue.first_month,
        measure_catalogue.last_month
    from measure_catalogue
    where measure_catalogue.measure in ($numerator, $denominator)
),

years as (
    select unnest(generate_series(year(asked.first_month), year(asked.last_month)))::int as year
    from asked
    where asked.measure = $numerator
),

found as (
    -- apart, because equality lets the scan skip what lies between the two measures in the sorted file
    select
        'numerator' as role,
        measure.measure,
        measure.level,
        measure.code,
        measure.month,
        measure.value
    from measure
    where
        measure.measure = $numerator
        and list_contains($codes::varchar[], measure.code)

    union all

    select
        'denominator' as role,
        measure.measure,
        measure.level,
        measure.code,
        measure.month,
        measure.value
    from measure
    where
        measure.measure = $denominator
        and list_contains($codes::varchar[], measure.code)
),

counted as (
    select
        found.role,
        found.code,
        year(found.month) as year,
        case
            when asked.behaviour = 'flow' then sum(found.value)
            else arg_max(found.value, found.month)
        end as value
    from found
    inner join asked on found.measure = asked.measure
    inner join wanted on found.code = wanted.code and found.level = wanted.level
    group by found.role, found.code, asked.behaviour, year(found.month)
)

select
    wanted.code,
    years.year,
    max(counted.value) filter (where counted.role = 'numerator') as numerator,
    max(counted.value) filter (where counted.role = 'denominator') as denominator
from wanted
cross join years
left join counted on wanted.code = counted.code and years.year = counted.year
group by wanted.code, years.year
order by wanted.code, years.year
