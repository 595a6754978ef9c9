-- One row per measure of events and attendance × neighbourhood × month.
with event as (
    select
        neighbourhood as area, cast(date_trunc('month', held_on) as date) as month, count(*) as events,
        count(attendances) as counted, coalesce(sum(attendances), 0) as attendances,
        sum(case when recorded_on - held_on <= 7 then 1 else 0 end) as in_time,
        sum(case when brand <> 'none' then 1 else 0 end) as branded
    from event_total
    group by neighbourhood, cast(date_trunc('month', held_on) as date)
),

attended as (
    select
        event_total.neighbourhood as host, attendance.home_neighbourhood as home,
        cast(date_trunc('month', event_total.held_on) as date) as month, sum(attendance.attendances) as attendances,
        sum(case when attendance.first_time then attendance.attendances else 0 end) as first_time,
        sum(case when attendance.age_band in ('60-74', '75+') then attendance.attendances else 0 end) as elderly
    from record_attendance as attendance
    join event_total on event_total.event_id = attendance.event_id
    group by
        event_total.neighbourhood, attendance.home_neighbourhood, cast(date_trunc('month', event_total.held_on) as date)
),

visiting as (
    select host as area, month, sum(attendances) as attendances
    from attended
    where home <> host
    group by host, month
),

resident as (
    select
        home as area, month, sum(attendances) as attendances, sum(first_time) as first_time, sum(elderly) as elderly
    from attended
    group by home, month
),

measure_events as (
    select 'events' as measure, area, month, events as value from event
    union all
    select 'events_counted', area, month, counted from event
    union all
    select 'events_recorded_in_time', area, month, in_time from event
    union all
    select 'events_branded', area, month, branded from event
    union all
    select 'attendances', area, month, attendances from event
    union all
    select 'attendances_visiting', area, month, attendances from visiting
    union all
    select 'attendances_home', area, month, attendances from resident
    union all
    select 'attendances_first_time', area, month, first_time from resident
    union all
    select 'attendances_60_plus', area, month, elderly from resident
)

select
    measure, 'flow' as behaviour, 'neighbourhood' as grain_level, 'subdistrict_office' as reporter, area, month,
    cast(value as double) as value
from measure_events
