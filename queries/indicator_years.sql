-- One row per known code of $codes × calendar year the numerator is known for: numerator and denominator of that year
with
wanted as (
    select
        area.code,
        area.level
    from area
    where list_contains($codes::varchar[], area.code)
),

depths as (
    select
        depth.level,
        depth.depth
    from (
        values ('district', 0), ('former_district', 1), ('subdistrict', 2), ('zone', 3), ('community', 4), ('neighbourhood', 5)
    ) as depth (level, depth)
),

asked as (
    select
        measure_catalogue.measure,
        measure_catalogue.behaviour,
        measure_catalogue.grain_level,
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

counted as (
    select
        measure.measure,
        measure.code,
        year(measure.month) as year,
        case
            when any_value(asked.behaviour) = 'flow' then sum(measure.value)
            else arg_max(measure.value, measure.month)
        end as value
    from measure
    inner join asked on measure.measure = asked.measure
    inner join wanted on measure.code = wanted.code and measure.level = wanted.level
    where
        measure.measure in ($numerator, $denominator)
        and list_contains($codes::varchar[], measure.code)
    group by measure.measure, measure.code, year(measure.month)
),

filled as (
    select
        wanted.code,
        years.year,
        asked.measure,
        coalesce(
            counted.value, case when asked.behaviour = 'flow' and own.depth <= finest.depth then 0.0 end
        ) as value
    from wanted
    cross join years
    cross join asked
    inner join depths as own on wanted.level = own.level
    inner join depths as finest on asked.grain_level = finest.level
    left join counted
        on wanted.code = counted.code and years.year = counted.year and asked.measure = counted.measure
)

select
    filled.code,
    filled.year,
    max(filled.value) filter (where filled.measure = $numerator) as numerator,
    max(filled.value) filter (where filled.measure = $denominator) as denominator
from filled
group by filled.code, filled.year
order by filled.code, filled.year
