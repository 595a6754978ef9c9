-- One row per measure of what lies at a place × neighbourhood of the edition × month: offices by their address, ways
-- by the blocks, the ground itself.
with calendar as (
    select distinct
        month,
        cast(month + interval '1' month as date) as next_month
    from basis_measure
    where measure = 'households_by_block' and level = 'district'
),

neighbourhood as (
    select
        code,
        area_km2
    from area
    where level = 'neighbourhood'
),

known as (
    select distinct month
    from basis_measure
    where measure = 'area_km2' and level = 'district'
),

ground as (
    select
        'area_km2' as measure,
        neighbourhood.code as area,
        known.month,
        neighbourhood.area_km2 as value
    from neighbourhood
    cross join known
),

office as (
    select
        neighbourhood.code as area,
        calendar.month,
        count(service_office.office_id) as service_offices,
        coalesce(sum(service_office.open_days_per_week), 0) as office_open_days,
        case when count(service_office.office_id) > 0 then 1 else 0 end as neighbourhoods_with_office
    from neighbourhood
    cross join calendar
    left join service_office
        on neighbourhood.code = service_office.neighbourhood and calendar.next_month > service_office.opened_on
    group by neighbourhood.code, calendar.month
),

way as (
    select
        block_reach.neighbourhood as area,
        calendar.month,
        sum(block_reach.households) as households_by_block,
        sum(case when block_reach.walk_since < calendar.next_month then block_reach.households else 0 end)
            as households_within_500m,
        sum(case when block_reach.straight_since < calendar.next_month then block_reach.households else 0 end)
            as households_within_500m_straight
    from block_reach
    cross join calendar
    group by block_reach.neighbourhood, calendar.month
),

offices as (
    select
        measure,
        area,
        month,
        cast(value as double) as value
    from office
    unpivot (value for measure in (service_offices, office_open_days, neighbourhoods_with_office))
),

ways as (
    select
        measure,
        area,
        month,
        cast(value as double) as value
    from way
    unpivot (
        value for measure in (households_by_block, households_within_500m, households_within_500m_straight)
    )
),

rebased_place as (
    select * from ground
    union all
    select * from offices
    union all
    select * from ways
)

select * from rebased_place
