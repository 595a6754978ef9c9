-- One row per matter in $area that came again, the repetitions received from $start to $end; most repeated first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

again as (
    select
        matter.repeat_of as case_id,
        count(*) as repetitions,
        max(matter.received_at) as last_received_at
    from "case" as matter
    inner join inside on matter.neighbourhood = inside.code
    where
        matter.repeat_of is not null
        and matter.received_at >= $start::date and matter.received_at < $end::date + interval 1 day
    group by matter.repeat_of
)

select
    matter.case_id,
    matter.category,
    matter.neighbourhood,
    area.name_zh as area_zh,
    area.name_en as area_en,
    again.repetitions,
    matter.received_at as first_received_at,
    again.last_received_at,
    count(*) over () as total
from again
inner join "case" as matter on again.case_id = matter.case_id
left join area on matter.neighbourhood = area.code
order by again.repetitions desc, again.last_received_at desc, matter.case_id asc
limit $limit
