-- One row per step of matters received in $area from $start to $end, in order; the last, whole, is from first to last
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

matter as (
    select received.*
    from "case" as received
    inner join inside on received.neighbourhood = inside.code
    where received.received_at >= $start::date and received.received_at < $end::date + interval 1 day
),

-- What a step took is counted from the end of the step before.
step as (
    select
        1 as place,
        'received' as stage,
        matter.received_at as reached_at,
        null as hours
    from matter
    union all
    select
        2 as place,
        'analysed' as stage,
        matter.analysed_at as reached_at,
        epoch(matter.analysed_at - matter.received_at) / 3600 as hours
    from matter
    union all
    select
        3 as place,
        'dispatched' as stage,
        matter.dispatched_at as reached_at,
        epoch(matter.dispatched_at - matter.analysed_at) / 3600 as hours
    from matter
    union all
    select
        4 as place,
        'handled' as stage,
        matter.handled_at as reached_at,
        epoch(matter.handled_at - matter.dispatched_at) / 3600 as hours
    from matter
    union all
    select
        5 as place,
        'closed' as stage,
        matter.closed_at as reached_at,
        epoch(matter.closed_at - matter.handled_at) / 3600 as hours
    from matter
    union all
    select
        6 as place,
        'whole' as stage,
        matter.closed_at as reached_at,
        epoch(matter.closed_at - matter.received_at) / 3600 as hours
    from matter
)

select
    step.stage,
    count(step.reached_at) as reached,
    quantile_cont(step.hours, 0.5) as median_hours,
    quantile_cont(step.hours, 0.9) as p90_hours
from step
group by step.place, step.stage
order by step.place
