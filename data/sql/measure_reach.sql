-- One row per measure of the way to a service office × neighbourhood × month; households are those of the edition.
with month_of_block as (
    select
        block_reach.neighbourhood as area,
        calendar.month,
        block_reach.households,
        case when block_reach.walk_since < calendar.next_month then block_reach.households else 0 end as walked,
        case when block_reach.straight_since < calendar.next_month then block_reach.households else 0 end as flown
    from block_reach
    cross join calendar
),

summed as (
    select
        area,
        month,
        sum(households) as households_by_block,
        sum(walked) as households_within_500m,
        sum(flown) as households_within_500m_straight
    from month_of_block
    group by area, month
),

measure_reach as (
    select
        measure,
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        area,
        month,
        cast(value as double) as value
    from summed
    unpivot (
        value for measure in (households_by_block, households_within_500m, households_within_500m_straight)
    )
)

select * from measure_reach
