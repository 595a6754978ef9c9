-- One row per kind × size × age of the service teams standing in $area at $end; bands are named by their lowest value
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

team as (
    select
        service_team.kind,
        case
            when service_team.members >= 30 then 30
            when service_team.members >= 20 then 20
            when service_team.members >= 10 then 10
            else 0
        end as members_from,
        case
            when date_diff('day', service_team.founded_on, $end::date) >= 5 * 365.25 then 5
            when date_diff('day', service_team.founded_on, $end::date) >= 3 * 365.25 then 3
            when date_diff('day', service_team.founded_on, $end::date) >= 365.25 then 1
            else 0
        end as years_from
    from service_team
    inner join inside on service_team.neighbourhood = inside.code
    where service_team.founded_on <= $end::date
)

select
    team.kind,
    team.members_from,
    team.years_from,
    count(*) as teams
from team
group by team.kind, team.members_from, team.years_from
order by team.kind, team.members_from, team.years_from
