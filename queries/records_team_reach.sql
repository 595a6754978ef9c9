-- One row per service team × neighbourhood it serves in $area, standing at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    team_reach.team_id,
    team_reach.neighbourhood,
    service_team.name,
    service_team.kind,
    service_team.brand,
    service_team.founded_on,
    service_team.members,
    coalesce(service_team.founded_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from team_reach
inner join service_team on team_reach.team_id = service_team.team_id
inner join inside on team_reach.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or service_team.founded_on <= $end::date)
order by service_team.founded_on desc nulls last, team_reach.team_id asc, team_reach.neighbourhood asc
limit $limit offset $offset
