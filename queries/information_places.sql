-- One row per area of $level in $area, also those without matters: what was received there from $start to $end
with
place as (
    select
        area.code,
        area.name_zh,
        area.name_en,
        area.neighbourhoods
    from area
    inner join descendant on area.code = descendant.code
    where descendant.ancestor = $area and area.level = $level
),

matter as (
    select
        descendant.ancestor as code,
        received.*
    from "case" as received
    inner join descendant on received.neighbourhood = descendant.code
    inner join place on descendant.ancestor = place.code
    where received.received_at >= $start::date and received.received_at < $end::date + interval 1 day
),

counted as (
    select
        matter.code,
        count(*) as received,
        count(matter.closed_at) as closed,
        count(matter.repeat_of) as repeats,
        count(*) filter (where matter.closed_at is not null and matter.settled_within = 'neighbourhood') as settled,
        quantile_cont(epoch(matter.dispatched_at - matter.received_at) / 3600, 0.5) as median_dispatch_hours,
        quantile_cont(epoch(matter.closed_at - matter.received_at) / 3600, 0.5) as median_hours,
        quantile_cont(epoch(matter.closed_at - matter.received_at) / 3600, 0.9) as p90_hours
    from matter
    group by matter.code
)

select
    place.code,
    place.name_zh,
    place.name_en,
    place.neighbourhoods,
    coalesce(counted.received, 0) as received,
    coalesce(counted.closed, 0) as closed,
    coalesce(counted.repeats, 0) as repeats,
    coalesce(counted.settled, 0) as settled,
    counted.median_dispatch_hours,
    counted.median_hours,
    counted.p90_hours
from place
left join counted on place.code = counted.code
order by place.code
