-- One row per brand of the events hosted in $area from $start to $end; none: events without a brand
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    event_total.brand,
    count(*) as events,
    count(event_total.attendances) as counted,
    coalesce(sum(event_total.attendances), 0)::bigint as attendances
from event_total
inner join inside on event_total.neighbourhood = inside.code
where event_total.held_on between $start::date and $end::date
group by event_total.brand
order by events desc, event_total.brand asc
