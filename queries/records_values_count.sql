-- One row per neighbourhood × year in $area, in the years from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    values_count.neighbourhood,
    values_count.year,
    values_count.covenant,
    values_count.integrity_neighbourhood,
    values_count.model_neighbours,
    values_count.stories,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from values_count
inner join inside on values_count.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or values_count.year >= year($start::date))
    and ($end::date is null or values_count.year <= year($end::date))
    and ($covenant is null or list_contains($covenant::varchar[], values_count.covenant::varchar))
    and ($integrity_neighbourhood is null or list_contains($integrity_neighbourhood::varchar[], values_count.integrity_neighbourhood::varchar))
order by values_count.year desc, values_count.neighbourhood asc
limit $limit offset $offset
