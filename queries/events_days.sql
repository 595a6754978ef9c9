-- One row per day from $start to $end with events hosted in $area
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    event_total.held_on as day,
    count(*) as events,
    count(event_total.attendances) as counted,
    count(*) filter (where event_total.kind = 'volunteering') as volunteering,
    sum(event_total.attendances)::bigint as attendances
from event_total
inner join inside on event_total.neighbourhood = inside.code
where event_total.held_on between $start::date and $end::date
group by event_total.held_on
order by event_total.held_on
