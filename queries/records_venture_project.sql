-- One row per venture-philanthropy project in $area, from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    venture_project.project_id,
    venture_project.name,
    venture_project.community,
    venture_project.neighbourhood,
    venture_project.started_on,
    venture_project.funds,
    venture_project.beneficiaries,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from venture_project
inner join inside on venture_project.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or venture_project.started_on >= $start::date)
    and ($end::date is null or venture_project.started_on <= $end::date)
order by venture_project.started_on desc nulls last, venture_project.project_id asc
limit $limit offset $offset
