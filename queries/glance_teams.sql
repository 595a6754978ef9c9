-- One row per kind of service team: teams standing in $area at $end, projects completed there from $start to $end
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

kinds as (
    select
        kind.kind,
        kind.place
    from (values ('assistance', 1), ('elderly_children', 2), ('culture_sport', 3), ('local', 4)) as kind (kind, place)
),

teams as (
    select
        service_team.kind,
        count(*) as teams,
        sum(service_team.members) as members
    from service_team
    inner join inside on service_team.neighbourhood = inside.code
    where service_team.founded_on <= $end::date
    group by service_team.kind
),

projects as (
    select
        service_project.kind,
        count(*) as projects,
        count(*) filter (where service_project.door_to_door) as door_to_door,
        sum(service_project.beneficiaries) as beneficiaries
    from service_project
    inner join inside on service_project.neighbourhood = inside.code
    where service_project.completed_on between $start::date and $end::date
    group by service_project.kind
)

select
    kinds.kind,
    coalesce(teams.teams, 0) as teams,
    coalesce(teams.members, 0)::bigint as members,
    coalesce(projects.projects, 0) as projects,
    coalesce(projects.door_to_door, 0) as door_to_door,
    coalesce(projects.beneficiaries, 0)::bigint as beneficiaries
from kinds
left join teams on kinds.kind = teams.kind
left join projects on kinds.kind = projects.kind
order by kinds.place
