-- One row per neighbourhood × basic function in $area; by code
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    neighbourhood_function.neighbourhood,
    neighbourhood_function.function,
    neighbourhood_function.carried_out,
    neighbourhood_function.carried_by,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from neighbourhood_function
inner join inside on neighbourhood_function.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($function is null or list_contains($function::varchar[], neighbourhood_function.function))
    and (
        $carried_out is null
        or list_contains($carried_out::varchar[], neighbourhood_function.carried_out::varchar)
    )
    and ($carried_by is null or list_contains($carried_by::varchar[], neighbourhood_function.carried_by))
order by neighbourhood_function.neighbourhood, neighbourhood_function.function
limit $limit offset $offset
