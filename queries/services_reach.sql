-- One row per neighbourhood in $area: how many service teams of each kind standing at $end serve it (0 where none does)
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

served as (
    select
        team_reach.neighbourhood,
        count(*) as teams,
        count(*) filter (where service_team.kind = 'assistance') as assistance,
        count(*) filter (where service_team.kind = 'elderly_children') as elderly_children,
        count(*) filter (where service_team.kind = 'culture_sport') as culture_sport,
        count(*) filter (where service_team.kind = 'local') as local
    from team_reach
    inner join service_team on team_reach.team_id = service_team.team_id
    where service_team.founded_on <= $end::date
    group by team_reach.neighbourhood
)

select
    area.code,
    area.name_zh,
    area.name_en,
    area.parent as community,
    community.parent as subdistrict,
    area.households,
    area.people,
    coalesce(served.teams, 0) as teams,
    coalesce(served.assistance, 0) as assistance,
    coalesce(served.elderly_children, 0) as elderly_children,
    coalesce(served.culture_sport, 0) as culture_sport,
    coalesce(served.local, 0) as local
from area
inner join inside on area.code = inside.code
left join area as community on area.parent = community.code
left join served on area.code = served.neighbourhood
where area.level = 'neighbourhood'
order by area.code
