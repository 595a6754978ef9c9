-- One row per measure × area of the edition (every level at or above the measure's own) × month that anything is known
-- of: the sum over what lies in the area.
with rolled as (
    select
        native.measure,
        descendant.ancestor as code,
        native.month,
        sum(native.value) as value
    from rebased_native as native
    inner join descendant on native.area = descendant.code
    group by native.measure, descendant.ancestor, native.month
),

rebased_measure as (
    select
        rolled.measure,
        area.level,
        rolled.code,
        rolled.month,
        rolled.value
    from rolled
    inner join area on rolled.code = area.code
    order by rolled.measure, area.level, rolled.code, rolled.month
)

select * from rebased_measure
