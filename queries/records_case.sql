-- One row per matter received in $area, from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    matter.case_id,
    matter.channel,
    matter.category,
    matter.neighbourhood,
    matter.received_at,
    matter.analysed_at,
    matter.dispatched_at,
    matter.handled_at,
    matter.closed_at,
    matter.settled_within,
    matter.repeat_of,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from "case" as matter
inner join inside on matter.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or matter.received_at >= $start::date)
    and ($end::date is null or matter.received_at < $end::date + interval 1 day)
    and ($channel is null or list_contains($channel::varchar[], matter.channel))
    and ($category is null or list_contains($category::varchar[], matter.category))
    and ($settled_within is null or list_contains($settled_within::varchar[], matter.settled_within))
    and (
        $stage is null
        or list_contains(
            $stage::varchar[],
            case
                when matter.closed_at is not null then 'closed'
                when matter.handled_at is not null then 'handled'
                when matter.dispatched_at is not null then 'dispatched'
                when matter.analysed_at is not null then 'analysed'
                else 'received'
            end
        )
    )
    and ($repeated is null or list_contains($repeated::varchar[], (matter.repeat_of is not null)::varchar))
order by matter.received_at desc nulls last, matter.case_id asc
limit $limit offset $offset
