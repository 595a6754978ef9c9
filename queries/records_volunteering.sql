-- One row per neighbourhood Party branch × month in $area, from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    volunteering.branch_id,
    volunteering.neighbourhood,
    volunteering.month,
    volunteering.members,
    volunteering.members_with_post,
    volunteering.hours,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from volunteering
inner join inside on volunteering.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or volunteering.month >= $start::date)
    and ($end::date is null or volunteering.month <= $end::date)
order by volunteering.month desc nulls last, volunteering.branch_id asc
limit $limit offset $offset
