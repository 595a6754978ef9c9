-- One row per community × year × question × answer in $area, in the years from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    survey.community,
    survey.year,
    survey.question,
    survey.answer,
    survey.responses,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from survey
inner join inside on survey.community = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or survey.year >= year($start::date))
    and ($end::date is null or survey.year <= year($end::date))
    and ($question is null or list_contains($question::varchar[], survey.question))
    and ($answer is null or list_contains($answer::varchar[], survey.answer))
order by survey.year desc, survey.community asc, survey.question asc, survey.answer asc
limit $limit offset $offset
