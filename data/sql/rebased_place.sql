-- One row per measure of what lies at a place × area of the edition × month: offices by their address, ways by the
-- blocks, grids and residents' groups by their polygons, the ground itself.
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

told as (
    select distinct month
    from basis_measure
    where measure = 'units' and level = 'district'
),

unit as (
    select
        three_in_one.community as area,
        told.month,
        count(*) as units,
        sum(case when three_in_one.coincides then 1 else 0 end) as units_coinciding
    from three_in_one
    cross join told
    where three_in_one.overlap is not null
    group by three_in_one.community, told.month
),

compared as (
    select community
    from three_in_one
    where overlap is not null
    group by community
    having count(distinct kind) = 2
),

shared as (
    select
        neighbourhood as area,
        max(case when kind = 'grid' then 1 else 0 end) as grid,
        max(case when kind = 'residents_group' then 1 else 0 end) as residents_group
    from three_in_one
    where coincides
    group by neighbourhood
),

one as (
    select
        area.code as area,
        told.month,
        1 as neighbourhoods_compared,
        coalesce(shared.grid, 0) as neighbourhoods_with_grid,
        coalesce(shared.residents_group, 0) as neighbourhoods_with_group,
        coalesce(shared.grid * shared.residents_group, 0) as neighbourhoods_three_in_one
    from area
    inner join compared on area.parent = compared.community
    cross join told
    left join shared on area.code = shared.area
    where area.level = 'neighbourhood'
),

overlay as (
    select
        measure,
        area,
        month,
        cast(value as double) as value
    from unit
    unpivot (value for measure in (units, units_coinciding))
    union all
    select
        measure,
        area,
        month,
        cast(value as double) as value
    from one
    unpivot (
        value for measure in (
            neighbourhoods_compared, neighbourhoods_with_grid, neighbourhoods_with_group, neighbourhoods_three_in_one
        )
    )
),

rebased_place as (
    select * from ground
    union all
    select * from offices
    union all
    select * from ways
    union all
    select * from overlay
)

select * from rebased_place
