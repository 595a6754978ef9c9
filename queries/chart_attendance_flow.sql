-- One row per pair of different communities, one of them in $area: attendances at the host by those living in the home
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

pairs as (
    select
        attendance_flow.host,
        attendance_flow.home,
        sum(attendance_flow.attendances)::bigint as attendances
    from attendance_flow
    where
        attendance_flow.year between year($start::date) and year($end::date)
        and attendance_flow.host <> attendance_flow.home
        and (
            attendance_flow.host in (select inside.code from inside)
            or attendance_flow.home in (select inside.code from inside)
        )
    group by attendance_flow.host, attendance_flow.home
)

select
    pairs.host,
    host.name_zh as host_zh,
    host.name_en as host_en,
    pairs.home,
    home.name_zh as home_zh,
    home.name_en as home_en,
    pairs.attendances
from pairs
left join area as host on pairs.host = host.code
left join area as home on pairs.home = home.code
order by pairs.attendances desc, pairs.host asc, pairs.home asc
limit $limit
