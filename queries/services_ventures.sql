-- One row per year up to $end with venture-philanthropy projects begun in $area
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    year(venture_project.started_on) as year,
    count(*) as projects,
    sum(venture_project.funds)::bigint as funds,
    sum(venture_project.beneficiaries)::bigint as beneficiaries
from venture_project
inner join inside on venture_project.neighbourhood = inside.code
where venture_project.started_on <= $end::date
group by year(venture_project.started_on)
order by year
