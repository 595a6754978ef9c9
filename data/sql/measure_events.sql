-- One row per measure of events and attendance × neighbourhood × month.
with event as (
    select
        neighbourhood as area,
        cast(date_trunc('month', held_on) as date) as month,
        count(*) as events,
        count(attendances) as events_counted,
        coalesce(sum(attendances), 0) as attendances,
        sum(case when recorded_on - held_on <= 7 then 1 else 0 end) as events_recorded_in_time,
        sum(case when brand <> 'none' then 1 else 0 end) as events_branded
    from event_total
    group by neighbourhood, cast(date_trunc('month', held_on) as date)
),

attended as (
    select
        event_total.neighbourhood as host,
        attendance.home_neighbourhood as home,
        cast(date_trunc('month', event_total.held_on) as date) as month,
        sum(attendance.attendances) as attendances,
        sum(case when attendance.first_time then attendance.attendances else 0 end) as first_time,
        sum(case when attendance.age_band in ('60-74', '75+') then attendance.attendances else 0 end) as elderly
    from record_attendance as attendance
    inner join event_total on attendance.event_id = event_total.event_id
    group by
        event_total.neighbourhood, attendance.home_neighbourhood, cast(date_trunc('month', event_total.held_on) as date)
),

visiting as (
    select
        host as area,
        month,
        sum(attendances) as attendances_visiting
    from attended
    where home <> host
    group by host, month
),

resident as (
    select
        home as area,
        month,
        sum(attendances) as attendances_home,
        sum(first_time) as attendances_first_time,
        sum(elderly) as attendances_60_plus
    from attended
    group by home, month
),

unpivoted as (
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'monthly' as delivery,
        measure,
        area,
        month,
        value
    from event
    unpivot (value for measure in (events, events_counted, events_recorded_in_time, events_branded, attendances))
    union all
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'monthly' as delivery,
        measure,
        area,
        month,
        value
    from visiting
    unpivot (value for measure in (attendances_visiting))
    union all
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from resident
    unpivot (value for measure in (attendances_home, attendances_first_time, attendances_60_plus))
),

measure_events as (
    select
        measure,
        behaviour,
        grain_level,
        delivery,
        area,
        month,
        cast(value as double) as value
    from unpivoted
)

select * from measure_events
