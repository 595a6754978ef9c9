-- One row per area of $level inside $ancestor: numerator and denominator of an indicator from $start to $end
with
wanted as (
    select
        descendant.code,
        descendant.level
    from descendant
    where descendant.ancestor = $ancestor and descendant.level = $level
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
    -- which months count for each of the two measures, and whether a missing row there means zero
    select
        measure_catalogue.measure,
        measure_catalogue.behaviour,
        measure_catalogue.grain_level,
        case measure_catalogue.behaviour
            when 'flow' then date_trunc('month', $start::date)
            when 'stock' then least(date_trunc('month', $end::date), measure_catalogue.last_month)
            else date_trunc('year', $end::date)
        end as first_counted,
        case measure_catalogue.behaviour
            when 'stock' then least(date_trunc('month', $end::date), measure_catalogue.last_month)
            when 'flow' then date_trunc('month', $end::date)
            else last_day(date_trunc('year', $end::date) + interval 11 month)
        end as last_counted,
        measure_catalogue.behaviour = 'flow'
        and $end::date >= date_trunc('year', measure_catalogue.first_month)
        and $start::date <= last_day((select max(catalogue.last_month) from measure_catalogue as catalogue)) as zero_if_none
    from measure_catalogue
    where measure_catalogue.measure in ($numerator, $denominator)
),

counted as (
    select
        measure.measure,
        measure.code,
        case
            when any_value(asked.behaviour) = 'flow' then sum(measure.value)
            else arg_max(measure.value, measure.month)
        end as value
    from measure
    inner join asked on measure.measure = asked.measure
    inner join wanted on measure.code = wanted.code and measure.level = wanted.level
    where
        measure.measure in ($numerator, $denominator)
        and measure.level = $level
        and measure.month <= $end::date
        and measure.month between asked.first_counted and asked.last_counted
    group by measure.measure, measure.code
),

filled as (
    select
        wanted.code,
        asked.measure,
        coalesce(
            counted.value, case when asked.zero_if_none and own.depth <= finest.depth then 0.0 end
        ) as value
    from wanted
    cross join asked
    inner join depths as own on wanted.level = own.level
    inner join depths as finest on asked.grain_level = finest.level
    left join counted on wanted.code = counted.code and asked.measure = counted.measure
)

select
    wanted.code,
    max(filled.value) filter (where filled.measure = $numerator) as numerator,
    max(filled.value) filter (where filled.measure = $denominator) as denominator
from wanted
left join filled on wanted.code = filled.code
group by wanted.code
order by wanted.code
