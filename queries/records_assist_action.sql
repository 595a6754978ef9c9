-- One row per neighbourhood × year × action in $area, in the years from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    assist_action.neighbourhood,
    assist_action.year,
    assist_action.action,
    assist_action.times,
    assist_action.cadres,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from assist_action
inner join inside on assist_action.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or assist_action.year >= year($start::date))
    and ($end::date is null or assist_action.year <= year($end::date))
    and ($action is null or list_contains($action::varchar[], assist_action.action))
order by assist_action.year desc, assist_action.neighbourhood asc, assist_action.action asc
limit $limit offset $offset
