-- One row per area × year × age band × sex × first time: attendances of those living there, before withholding
select
    descendant.ancestor as area,
    attendance_age_sex.year,
    attendance_age_sex.age_band,
    attendance_age_sex.sex,
    attendance_age_sex.first_time,
    sum(attendance_age_sex.attendances)::bigint as counted
from attendance_age_sex
inner join descendant on attendance_age_sex.community = descendant.code
group by
    attendance_age_sex.age_band,
    attendance_age_sex.sex,
    attendance_age_sex.first_time,
    attendance_age_sex.year,
    descendant.ancestor
order by attendance_age_sex.year, area
