-- One row per community × year × dimension in $area, in the years from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    assessment.community,
    assessment.year,
    assessment.dimension,
    assessment.score_sum,
    assessment.raters,
    assessment.score_squares,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from assessment
inner join inside on assessment.community = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or assessment.year >= year($start::date))
    and ($end::date is null or assessment.year <= year($end::date))
    and ($dimension is null or list_contains($dimension::varchar[], assessment.dimension))
order by assessment.year desc, assessment.community asc, assessment.dimension asc
limit $limit offset $offset
