-- One row per year up to $end: covenants, integrity neighbourhoods, model neighbours, stories and 诚要久 events in $area
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

counted as (
    select
        values_count.year,
        count(*) as neighbourhoods,
        count(*) filter (where values_count.covenant) as covenants,
        count(*) filter (where values_count.integrity_neighbourhood) as integrity_neighbourhoods,
        sum(values_count.model_neighbours)::bigint as model_neighbours,
        sum(values_count.stories)::bigint as stories
    from values_count
    inner join inside on values_count.neighbourhood = inside.code
    where values_count.year <= year($end::date)
    group by values_count.year
),

event as (
    select
        year(attendance_kind.month) as year,
        sum(attendance_kind.events)::bigint as integrity_events
    from attendance_kind
    inner join inside on attendance_kind.neighbourhood = inside.code
    where attendance_kind.brand = 'integrity' and attendance_kind.month <= $end::date
    group by year(attendance_kind.month)
)

select
    counted.year,
    counted.neighbourhoods,
    counted.covenants,
    counted.integrity_neighbourhoods,
    counted.model_neighbours,
    counted.stories,
    coalesce(event.integrity_events, 0) as integrity_events
from counted
left join event on counted.year = event.year
order by counted.year
