-- One row per month from $start to $end × category of matters received in $area
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    date_trunc('month', matter.received_at)::date as month,
    matter.category,
    count(*) as received,
    count(matter.closed_at) as closed
from "case" as matter
inner join inside on matter.neighbourhood = inside.code
where matter.received_at >= $start::date and matter.received_at < $end::date + interval 1 day
group by month, matter.category
order by month, matter.category
