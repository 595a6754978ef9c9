-- One row per neighbourhood × agency × year in $area, in the years from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    posted_staff.neighbourhood,
    posted_staff.agency,
    posted_staff.year,
    posted_staff.staff,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from posted_staff
inner join inside on posted_staff.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or posted_staff.year >= year($start::date))
    and ($end::date is null or posted_staff.year <= year($end::date))
    and ($agency is null or list_contains($agency::varchar[], posted_staff.agency))
order by posted_staff.year desc, posted_staff.neighbourhood asc, posted_staff.agency asc
limit $limit offset $offset
