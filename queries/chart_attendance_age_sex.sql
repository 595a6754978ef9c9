-- One row per age band × sex of those who live in $area and attended in the years from $start to $end
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    attendance_age_sex.age_band,
    attendance_age_sex.sex,
    sum(attendance_age_sex.attendances)::bigint as attendances,
    coalesce(
        sum(attendance_age_sex.attendances) filter (where attendance_age_sex.first_time), 0
    )::bigint as first_time
from attendance_age_sex
inner join inside on attendance_age_sex.community = inside.code
where attendance_age_sex.year between year($start::date) and year($end::date)
group by attendance_age_sex.age_band, attendance_age_sex.sex
order by attendance_age_sex.age_band, attendance_age_sex.sex
