-- One row per community × year × dimension × category in $area, in the years from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    staffing.community,
    staffing.year,
    staffing.dimension,
    staffing.category,
    staffing.workers,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from staffing
inner join inside on staffing.community = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or staffing.year >= year($start::date))
    and ($end::date is null or staffing.year <= year($end::date))
    and ($dimension is null or list_contains($dimension::varchar[], staffing.dimension))
    and ($category is null or list_contains($category::varchar[], staffing.category))
order by staffing.year desc, staffing.community asc, staffing.dimension asc, staffing.category asc
limit $limit offset $offset
