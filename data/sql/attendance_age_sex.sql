-- One row per home community × year × age band × sex × first time.
with attendance_age_sex as (
    select
        community,
        year,
        age_band,
        sex,
        first_time,
        cast(sum(attendances) as bigint) as attendances
    from attendance_people
    group by community, year, age_band, sex, first_time
)

select * from attendance_age_sex
order by year, community, age_band, sex, first_time
