-- One row per named brand of the service teams standing in $area at $end, with their projects there from $start to $end
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

team as (
    select
        service_team.team_id,
        service_team.brand,
        service_team.kind,
        service_team.members
    from service_team
    inner join inside on service_team.neighbourhood = inside.code
    where service_team.founded_on <= $end::date and service_team.brand is not null
),

reach as (
    select
        team.brand,
        count(distinct team_reach.neighbourhood) as neighbourhoods
    from team
    inner join team_reach on team.team_id = team_reach.team_id
    group by team.brand
),

done as (
    select
        team.brand,
        count(*) as projects,
        sum(service_project.beneficiaries)::bigint as beneficiaries
    from team
    inner join service_project on team.team_id = service_project.team_id
    where service_project.completed_on between $start::date and $end::date
    group by team.brand
)

select
    team.brand,
    min(team.kind) as kind,
    count(*) as teams,
    sum(team.members)::bigint as members,
    coalesce(any_value(reach.neighbourhoods), 0) as neighbourhoods,
    coalesce(any_value(done.projects), 0) as projects,
    any_value(done.beneficiaries) as beneficiaries
from team
left join reach on team.brand = reach.brand
left join done on team.brand = done.brand
group by team.brand
order by teams desc, team.brand asc
