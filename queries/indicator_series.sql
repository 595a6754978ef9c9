-- One row per known code of $codes × month from $start to $end in which the numerator is known for any area
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

covered as (
    -- a yearly figure counts in all months of its year
    select
        greatest(
            date_trunc('month', $start::date),
            case asked.behaviour when 'yearly' then date_trunc('year', asked.first_month) else asked.first_month end
        ) as first_month,
        least(date_trunc('month', $end::date), asked.last_month) as last_month
    from asked
    where asked.measure = $numerator
),

months as (
    select unnest(generate_series(covered.first_month, covered.last_month, interval 1 month))::date as month
    from covered
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

valued as (
    -- a yearly figure is spread over the months of its year
    select
        found.role,
        found.code,
        months.month,
        arg_max(found.value, found.month) as value
    from found
    inner join asked on found.measure = asked.measure
    inner join wanted on found.code = wanted.code and found.level = wanted.level
    inner join months
        on
            found.month = months.month
            or (asked.behaviour = 'yearly' and year(found.month) = year(months.month))
    group by found.role, found.code, months.month
)

select
    wanted.code,
    months.month,
    max(valued.value) filter (where valued.role = 'numerator') as numerator,
    max(valued.value) filter (where valued.role = 'denominator') as denominator
from wanted
cross join months
left join valued on wanted.code = valued.code and months.month = valued.month
group by wanted.code, months.month
order by wanted.code, months.month
