-- One row per pocket garden in $area, standing at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    garden.garden_id,
    garden.name,
    garden.neighbourhood,
    garden.kind,
    garden.finished_on,
    garden.green_area,
    coalesce(garden.finished_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from garden
inner join inside on garden.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or garden.finished_on <= $end::date)
    and ($kind is null or list_contains($kind::varchar[], garden.kind))
order by garden.finished_on desc nulls last, garden.garden_id asc
limit $limit offset $offset
