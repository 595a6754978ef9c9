-- One row per service team in $area, standing at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    service_team.team_id,
    service_team.name,
    service_team.kind,
    service_team.brand,
    service_team.neighbourhood,
    service_team.founded_on,
    service_team.members,
    coalesce(service_team.founded_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from service_team
inner join inside on service_team.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or service_team.founded_on <= $end::date)
    and ($kind is null or list_contains($kind::varchar[], service_team.kind))
    and ($brand is null or list_contains($brand::varchar[], service_team.brand))
order by service_team.founded_on desc nulls last, service_team.team_id asc
limit $limit offset $offset
