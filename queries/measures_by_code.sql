-- One row per measure of $measures × known code of $codes, of any level: its value from $start to $end
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
    where list_contains($measures::varchar[], measure_catalogue.measure)
),

counted as (
    select
        measure.measure,
        measure.code,
        case
            when asked.behaviour = 'flow' then sum(measure.value)
            else arg_max(measure.value, measure.month)
        end as value
    from measure
    inner join asked on measure.measure = asked.measure
    inner join wanted on measure.code = wanted.code and measure.level = wanted.level
    where
        list_contains($measures::varchar[], measure.measure)
        and list_contains($codes::varchar[], measure.code)
        and measure.month between asked.first_counted and asked.last_counted
    group by measure.measure, measure.code, asked.behaviour
)

select
    asked.measure,
    wanted.code,
    counted.value
from wanted
cross join asked
left join counted on wanted.code = counted.code and asked.measure = counted.measure
order by asked.measure, wanted.code
