-- One row per micro-project in $area, from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    micro_project.project_id,
    micro_project.name,
    micro_project.neighbourhood,
    micro_project.started_on,
    micro_project.state,
    micro_project.planned,
    micro_project.spent,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from micro_project
inner join inside on micro_project.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or micro_project.started_on >= $start::date)
    and ($end::date is null or micro_project.started_on <= $end::date)
    and ($state is null or list_contains($state::varchar[], micro_project.state))
order by micro_project.started_on desc nulls last, micro_project.project_id asc
limit $limit offset $offset
