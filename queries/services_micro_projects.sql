-- One row per state of the micro-projects begun in $area from $start to $end; spending stands beside reported plans only
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    micro_project.state,
    count(*) as projects,
    count(micro_project.spent) as reported,
    sum(micro_project.planned)::bigint as planned,
    coalesce(sum(micro_project.planned) filter (where micro_project.spent is not null), 0)::bigint as planned_reported,
    coalesce(sum(micro_project.spent), 0)::bigint as spent
from micro_project
inner join inside on micro_project.neighbourhood = inside.code
where micro_project.started_on between $start::date and $end::date
group by micro_project.state
order by micro_project.state
