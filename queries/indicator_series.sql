-- One row per known code of $codes × month from $start to $end that the data cover: numerator and denominator in that month
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

covered as (
    select
        greatest(date_trunc('month', $start::date), min(measure_catalogue.first_month)) as first_month,
        least(date_trunc('month', $end::date), max(measure_catalogue.last_month)) as last_month
    from measure_catalogue
),

months as (
    select unnest(generate_series(covered.first_month, covered.last_month, interval 1 month))::date as month
    from covered
),

found as (
    select
        measure.measure,
        measure.code,
        measure.month,
        measure.value
    from measure
    inner join wanted on measure.code = wanted.code and measure.level = wanted.level
    where
        measure.measure in ($numerator, $denominator)
        and list_contains($codes::varchar[], measure.code)
        and measure.month between date_trunc('year', $start::date) and last_day($end::date) + interval 11 month
),

yearly as (
    select
        found.measure,
        found.code,
        year(found.month) as year,
        arg_max(found.value, found.month) as value
    from found
    inner join asked on found.measure = asked.measure
    where asked.behaviour = 'yearly'
    group by found.measure, found.code, year(found.month)
),

filled as (
    select
        wanted.code,
        months.month,
        asked.measure,
        case asked.behaviour
            when 'yearly' then yearly.value
            when 'stock' then found.value
            else coalesce(
                found.value,
                case
                    when own.depth <= finest.depth and months.month >= date_trunc('year', asked.first_month) then 0.0
                end
            )
        end as value
    from wanted
    cross join months
    cross join asked
    inner join depths as own on wanted.level = own.level
    inner join depths as finest on asked.grain_level = finest.level
    left join found
        on wanted.code = found.code and months.month = found.month and asked.measure = found.measure
    left join yearly
        on wanted.code = yearly.code and year(months.month) = yearly.year and asked.measure = yearly.measure
)

select
    wanted.code,
    months.month,
    max(filled.value) filter (where filled.measure = $numerator) as numerator,
    max(filled.value) filter (where filled.measure = $denominator) as denominator
from wanted
cross join months
left join filled on wanted.code = filled.code and months.month = filled.month
group by wanted.code, months.month
order by wanted.code, months.month
