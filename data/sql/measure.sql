-- One row per measure × area (every level at or above the measure's own) × month.
-- Flows and stocks have a row, zero if need be, wherever they were delivered; no row means that nothing is known.
with kind as (
    select
        measure,
        behaviour,
        grain_level,
        delivery,
        row_number() over (order by measure) as measure_number
    from measure_native
    group by measure, behaviour, grain_level, delivery
),

-- Numbers stand for measures and areas until the end, in the order of the result: joining and sorting text is slow.
place as (
    select
        code,
        level,
        row_number() over (order by level, code) as area_number
    from area
),

inside as (
    select
        descendant.code,
        descendant.level,
        place.area_number,
        place.level as ancestor_level
    from descendant
    inner join place on descendant.ancestor = place.code
),

rolled as (
    select
        kind.measure_number,
        inside.area_number,
        native.month,
        sum(native.value) as value
    from measure_native as native
    inner join kind on native.measure = kind.measure
    inner join inside on native.area = inside.code
    group by kind.measure_number, inside.area_number, native.month
),

reach as (
    select distinct
        level as grain_level,
        area_number
    from inside
),

-- Events and projects come in month by month from the subdistricts' offices: neither in a month means that the office
-- delivered nothing, not that nothing happened. Everything else is entered as it happens.
office_month as (
    select distinct
        inside.area_number as subdistrict,
        native.month
    from measure_native as native
    inner join inside on native.area = inside.code
    where inside.ancestor_level = 'subdistrict' and native.delivery = 'monthly'
),

touched as (
    select distinct
        subdistrict.area_number as subdistrict,
        up.area_number
    from inside as subdistrict
    inner join inside as up on subdistrict.code = up.code
    where subdistrict.ancestor_level = 'subdistrict'
),

delivered as (
    select distinct
        touched.area_number,
        office_month.month
    from office_month
    inner join touched on office_month.subdistrict = touched.subdistrict
),

known as (
    select
        kind.measure_number,
        reach.area_number,
        calendar.month
    from kind
    inner join reach on kind.grain_level = reach.grain_level
    cross join calendar
    where kind.behaviour <> 'yearly' and kind.delivery = 'continuous'
    union all
    select
        kind.measure_number,
        reach.area_number,
        delivered.month
    from kind
    inner join reach on kind.grain_level = reach.grain_level
    inner join delivered on reach.area_number = delivered.area_number
    inner join calendar on delivered.month = calendar.month
    where kind.behaviour <> 'yearly' and kind.delivery = 'monthly'
),

valued as (
    select
        known.measure_number,
        known.area_number,
        known.month,
        coalesce(rolled.value, 0) as value
    from known
    left join rolled
        on known.measure_number = rolled.measure_number
        and known.area_number = rolled.area_number
        and known.month = rolled.month
    union all
    select
        rolled.measure_number,
        rolled.area_number,
        rolled.month,
        rolled.value
    from rolled
    inner join kind on rolled.measure_number = kind.measure_number
    where kind.behaviour = 'yearly'
),

measure as (
    select
        kind.measure,
        place.level,
        place.code,
        valued.month,
        valued.value
    from valued
    inner join kind on valued.measure_number = kind.measure_number
    inner join place on valued.area_number = place.area_number
    order by kind.measure_number, place.area_number, valued.month
)

select * from measure
