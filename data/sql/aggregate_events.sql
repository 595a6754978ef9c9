-- One row per event: the cell it lies in, which is its host subdistrict × month, and the year of that month.
with aggregate_events as (
    select
        event_id,
        neighbourhood as host,
        substr(neighbourhood, 1, 9) as subdistrict,
        cast(date_trunc('month', held_on) as date) as month,
        cast(year(held_on) as bigint) as year
    from record_event
)

select * from aggregate_events
order by event_id
