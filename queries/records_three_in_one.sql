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
    three_in_one.neighbourhood,
    three_in_one.overlap,
    three_in_one.coincides,
    three_in_one.stated,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from three_in_one
inner join inside on coalesce(three_in_one.neighbourhood, three_in_one.community) = inside.code
left join area on inside.code = area.code
where
    ($kind is null or list_contains($kind::varchar[], three_in_one.kind))
    and ($coincides is null or list_contains($coincides::varchar[], three_in_one.coincides::varchar))
order by three_in_one.unit_id
limit $limit offset $offset
