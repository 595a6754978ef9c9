-- One row per payer × year in $area, in the years from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    budget.payer,
    budget.year,
    budget.fund,
    budget.planned,
    budget.spent,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from budget
inner join inside on budget.payer = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or budget.year >= year($start::date))
    and ($end::date is null or budget.year <= year($end::date))
    and ($fund is null or list_contains($fund::varchar[], budget.fund))
order by budget.year desc, budget.payer asc
limit $limit offset $offset
