-- One row per grid or residents' group in $area; by code
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    three_in_one.unit_id,
    three_in_one.kind,
    three_in_one.community,
    three_in_one.coincides_with,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from three_in_one
inner join inside on coalesce(three_in_one.coincides_with, three_in_one.community) = inside.code
left join area on inside.code = area.code
where
    ($kind is null or list_contains($kind::varchar[], three_in_one.kind))
order by three_in_one.unit_id
limit $limit offset $offset
