-- One row per place for culture in $area, standing at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    culture_place.place_id,
    culture_place.name,
    culture_place.kind,
    culture_place.neighbourhood,
    culture_place.opened_on,
    culture_place.floor_area,
    coalesce(culture_place.opened_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from culture_place
inner join inside on culture_place.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or culture_place.opened_on <= $end::date)
    and ($kind is null or list_contains($kind::varchar[], culture_place.kind))
order by culture_place.opened_on desc nulls last, culture_place.place_id asc
limit $limit offset $offset
