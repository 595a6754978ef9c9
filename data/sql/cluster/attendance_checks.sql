-- One row per column of attendance: rows of wanted events where it is empty, and where its value is not allowed, with
-- one such value; and one row for the key (column_name empty): rows that repeat it.
with attendance as (
    select
        attendance.event_id,
        attendance.home_neighbourhood,
        attendance.age_band,
        attendance.sex,
        attendance.first_time,
        attendance.attendances
    from record_attendance as attendance
    inner join wanted_event as event on attendance.event_id = event.event_id
),

home as (
    select
        'home_neighbourhood' as column_name,
        attendance.home_neighbourhood as found,
        count(*) as row_count
    from attendance
    left join known_area on attendance.home_neighbourhood = known_area.code
    where known_area.code is null
    group by attendance.home_neighbourhood
),

age as (
    select
        'age_band' as column_name,
        attendance.age_band as found,
        count(*) as row_count
    from attendance
    left join allowed_value
        on attendance.age_band = allowed_value.allowed and allowed_value.column_name = 'age_band'
    where allowed_value.allowed is null
    group by attendance.age_band
),

sex as (
    select
        'sex' as column_name,
        attendance.sex as found,
        count(*) as row_count
    from attendance
    left join allowed_value
        on attendance.sex = allowed_value.allowed and allowed_value.column_name = 'sex'
    where allowed_value.allowed is null
    group by attendance.sex
),

empty_others as (
    select
        'first_time' as column_name,
        cast(null as string) as found,
        count(*) as row_count
    from attendance
    where first_time is null
    union all
    select
        'attendances' as column_name,
        cast(null as string) as found,
        count(*) as row_count
    from attendance
    where attendances is null
),

repeated_key as (
    select count(*) - 1 as extra
    from attendance
    group by event_id, home_neighbourhood, age_band, sex, first_time
    having count(*) > 1
),

repeated as (
    select
        '' as column_name,
        cast(null as string) as found,
        coalesce(sum(extra), 0) as row_count
    from repeated_key
),

attendance_checks as (
    select * from home
    union all
    select * from age
    union all
    select * from sex
    union all
    select * from empty_others
    union all
    select * from repeated
)

select
    column_name,
    found,
    cast(row_count as bigint) as row_count
from attendance_checks
where row_count > 0
