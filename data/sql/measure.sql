-- One row per measure × area (every level at or above the measure's own) × month.
-- Flows and stocks have a row, zero if need be, wherever their office delivered; no row means that nothing is known.
with rolled as (
    select native.measure, up.ancestor as code, native.month, sum(native.value) as value
    from measure_native as native
    join descendant as up on up.code = native.area
    group by native.measure, up.ancestor, native.month
),

kind as (
    select distinct measure, behaviour, grain_level, reporter from measure_native
),

reach as (
    select distinct level as grain_level, ancestor as code from descendant
),

-- Months in which each subdistrict's office delivered anything, and every area that this touches.
office_month as (
    select distinct subdistrict.code as subdistrict, native.month
    from measure_native as native
    join descendant as inside on inside.code = native.area
    join area as subdistrict on subdistrict.code = inside.ancestor
    where subdistrict.level = 'subdistrict' and native.behaviour = 'flow' and native.reporter = 'subdistrict_office'
),

touched as (
    select distinct inside.ancestor as subdistrict, up.ancestor as code
    from area as subdistrict
    join descendant as inside on inside.ancestor = subdistrict.code
    join descendant as up on up.code = inside.code
    where subdistrict.level = 'subdistrict'
),

delivered as (
    select distinct touched.code, office_month.month
    from office_month
    join touched on touched.subdistrict = office_month.subdistrict
    join calendar on calendar.month = office_month.month
),

known as (
    select kind.measure, reach.code, calendar.month
    from kind
    join reach on reach.grain_level = kind.grain_level
    cross join calendar
    where kind.behaviour = 'stock' or (kind.behaviour = 'flow' and kind.reporter = 'bureau')
    union all
    select kind.measure, reach.code, delivered.month
    from kind
    join reach on reach.grain_level = kind.grain_level
    join delivered on delivered.code = reach.code
    where kind.behaviour = 'flow' and kind.reporter = 'subdistrict_office'
),

valued as (
    select known.measure, known.code, known.month, coalesce(rolled.value, 0) as value
    from known
    left join rolled on rolled.measure = known.measure and rolled.code = known.code and rolled.month = known.month
    union all
    select rolled.measure, rolled.code, rolled.month, rolled.value
    from rolled
    join kind on kind.measure = rolled.measure
    where kind.behaviour = 'yearly'
),

measure as (
    select valued.measure, area.level, valued.code, valued.month, valued.value
    from valued
    join area on area.code = valued.code
)

select * from measure order by measure, level, code, month
