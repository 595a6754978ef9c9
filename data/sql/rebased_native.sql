-- One row per measure × area at its native grain × month, on another edition than the records': counts are shared out
-- by households; what lies at a place is counted there; neighbourhoods that have something inherit it from what they
-- came from.
with native as (
    select
        measure.measure,
        catalogue.grain_level,
        measure.code,
        measure.month,
        measure.value
    from basis_measure as measure
    inner join basis_measure_catalogue as catalogue
        on measure.measure = catalogue.measure and measure.level = catalogue.grain_level
),

placed as (
    select distinct measure from at_place
),

shared_out as (
    select
        native.measure,
        crosswalk.code as area,
        native.month,
        sum(native.value * crosswalk.share) as value
    from native
    inner join crosswalk on native.code = crosswalk.former
    where
        native.grain_level = 'neighbourhood'
        and native.measure not like 'neighbourhoods%'
        and native.measure not in (select placed.measure from placed)
    group by native.measure, crosswalk.code, native.month
),

inherited as (
    select
        native.measure,
        crosswalk.code as area,
        native.month,
        max(native.value) as value
    from native
    inner join crosswalk on native.code = crosswalk.former
    where
        native.grain_level = 'neighbourhood'
        and native.measure like 'neighbourhoods%'
        and crosswalk.heir
        and native.measure not in (select placed.measure from placed)
    group by native.measure, crosswalk.code, native.month
),

above as (
    select
        measure,
        code as area,
        month,
        value
    from native
    where grain_level <> 'neighbourhood' and measure not in (select placed.measure from placed)
),

rebased_native as (
    select * from shared_out
    union all
    select * from inherited
    union all
    select * from above
    union all
    select * from at_place
)

select * from rebased_native
