-- One row per neighbourhood × year in $area, in the years from $start to $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    worker_posting.neighbourhood,
    worker_posting.year,
    worker_posting.officer_share,
    worker_posting.part_time_informants,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from worker_posting
inner join inside on worker_posting.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($start::date is null or worker_posting.year >= year($start::date))
    and ($end::date is null or worker_posting.year <= year($end::date))
order by worker_posting.year desc, worker_posting.neighbourhood asc
limit $limit offset $offset
