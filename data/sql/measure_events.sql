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

visiting as (
    select
        host as area,
        month,
        sum(attendances) as attendances_visiting
    from attendance_home
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
    from attendance_home
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
