-- One row per interest or reading group in $area, standing at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    interest_group.group_id,
    interest_group.name,
    interest_group.kind,
    interest_group.neighbourhood,
    interest_group.founded_on,
    interest_group.members,
    coalesce(interest_group.founded_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from interest_group
inner join inside on interest_group.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or interest_group.founded_on <= $end::date)
    and ($kind is null or list_contains($kind::varchar[], interest_group.kind))
order by interest_group.founded_on desc nulls last, interest_group.group_id asc
limit $limit offset $offset
