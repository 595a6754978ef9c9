-- One row per channel through which matters of $area were received from $start to $end, and first one row for all of them
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

received as (
    select matter.*
    from "case" as matter
    inner join inside on matter.neighbourhood = inside.code
    where matter.received_at >= $start::date and matter.received_at < $end::date + interval 1 day
)

select
    case when grouping(received.channel) = 1 then 'all' else received.channel end as channel,
    count(*) as received,
    count(received.closed_at) as closed,
    count(*) - count(received.closed_at) as open,
    count(received.repeat_of) as repeats,
    count(*) filter (where received.settled_within = 'neighbourhood') as in_neighbourhood,
    median(epoch(received.dispatched_at - received.received_at) / 3600) as median_hours_to_dispatch,
    median(epoch(received.closed_at - received.received_at) / 3600) as median_hours_to_close
from received
group by grouping sets ((), (received.channel))
order by grouping(received.channel) desc, received desc, received.channel asc
