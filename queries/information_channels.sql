-- One row per channel of matters received in $area from $start to $end, most first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    matter.channel,
    count(*) as received,
    count(matter.closed_at) as closed,
    count(matter.repeat_of) as repeats,
    quantile_cont(epoch(matter.closed_at - matter.received_at) / 3600, 0.5) as median_hours,
    quantile_cont(epoch(matter.closed_at - matter.received_at) / 3600, 0.9) as p90_hours
from "case" as matter
inner join inside on matter.neighbourhood = inside.code
where matter.received_at >= $start::date and matter.received_at < $end::date + interval 1 day
group by matter.channel
order by received desc, matter.channel asc
