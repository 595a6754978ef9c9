-- One row per service project completed in $area, from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    service_project.project_id,
    service_project.name,
    service_project.team_id,
    service_project.kind,
    service_project.door_to_door,
    service_project.neighbourhood,
    service_project.completed_on,
    service_project.beneficiaries,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from service_project
inner join inside on service_project.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or service_project.completed_on >= $start::date)
    and ($end::date is null or service_project.completed_on <= $end::date)
    and ($kind is null or list_contains($kind::varchar[], service_project.kind))
    and ($door_to_door is null or list_contains($door_to_door::varchar[], service_project.door_to_door::varchar))
order by service_project.completed_on desc nulls last, service_project.project_id asc
limit $limit offset $offset
