-- One row per known code of $codes, of any level: numerator and denominator of an indicator from $start to $end
with
wanted as (
    select
        area.code,
        area.level
    from area
    where list_contains($codes::varchar[], area.code)
),

asked as (
    -- the months that count: all of a flow's, the last known one of a stock, the year of a yearly figure
    select
        measure_catalogue.measure,
        measure_catalogue.behaviour,
        case measure_catalogue.behaviour
            when 'flow' then date_trunc('month', $start::date)
            when 'stock' then least(date_trunc('month', $end::date), measure_catalogue.last_month)
            else date_trunc('year', $end::date)
        end as first_counted,
        case measure_catalogue.behaviour
            when 'flow' then $end::date
            when 'stock' then least(date_trunc('month', $end::date), measure_catalogue.last_month)
            else date_trunc('year', $end::date) + interval 11 month
        end as last_counted
    from measure_catalogue
    where measure_catalogue.measure in ($numerator, $denominator)
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
        and measure.month <= date_trunc('year', $end::date) + interval 11 month

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
        and measure.month <= date_trunc('year', $end::date) + interval 11 month
),

counted as (
    select
        found.role,
        found.code,
        case
            when asked.behaviour = 'flow' then sum(found.value)
            else arg_max(found.value, found.month)
        end as value
    from found
    inner join asked on found.measure = asked.measure
    inner join wanted on found.code = wanted.code and found.level = wanted.level
    where found.month between asked.first_counted and asked.last_counted
    group by found.role, found.code, asked.behaviour
)

select
    wanted.code,
    max(counted.value) filter (where counted.role = 'numerator') as numerator,
    max(counted.value) filter (where counted.role = 'denominator') as denominator
from wanted
left join counted on wanted.code = counted.code
group by wanted.code
order by wanted.code
