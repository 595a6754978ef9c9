-- One row per flow measure × subdistrict × month from $start to $end with neighbourhoods in $area that lack a figure
with
wanted as (
    select
        left(descendant.code, 9) as subdistrict,
        descendant.code
    from descendant
    where descendant.ancestor = $area and descendant.level = 'neighbourhood'
),

expected as (
    select
        wanted.subdistrict,
        count(*) as neighbourhoods
    from wanted
    group by wanted.subdistrict
),

months as (
    select unnest(generate_series(date_trunc('month', $start::date), $end::date, interval 1 month))::date as month
),

flows as (
    select
        measure_catalogue.measure,
        measure_catalogue.first_month
    from measure_catalogue
    where measure_catalogue.behaviour = 'flow' and measure_catalogue.grain_level = 'neighbourhood'
),

delivered as (
    select
        measure.measure,
        wanted.subdistrict,
        measure.month,
        count(*) as neighbourhoods
    from measure
    inner join wanted on measure.code = wanted.code
    where
        measure.level = 'neighbourhood'
        and measure.month between date_trunc('month', $start::date) and $end::date
    group by measure.measure, wanted.subdistrict, measure.month
)

select
    flows.measure,
    expected.subdistrict,
    months.month,
    expected.neighbourhoods,
    expected.neighbourhoods - coalesce(delivered.neighbourhoods, 0) as missing
from flows
cross join months
cross join expected
left join delivered
    on
        flows.measure = delivered.measure
        and expected.subdistrict = delivered.subdistrict
        and months.month = delivered.month
where months.month >= flows.first_month and coalesce(delivered.neighbourhoods, 0) < expected.neighbourhoods
order by months.month desc, expected.subdistrict asc, flows.measure asc
