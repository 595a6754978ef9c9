-- One row per month from $start to $end × kind of the service projects completed in $area
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    date_trunc('month', service_project.completed_on)::date as month,
    service_project.kind,
    count(*) as projects,
    count(*) filter (where service_project.door_to_door) as door_to_door,
    count(service_project.beneficiaries) as reported,
    sum(service_project.beneficiaries)::bigint as beneficiaries
from service_project
inner join inside on service_project.neighbourhood = inside.code
where service_project.completed_on between $start::date and $end::date
group by date_trunc('month', service_project.completed_on), service_project.kind
order by month, service_project.kind
