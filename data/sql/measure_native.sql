-- One row per measure × area at its native grain × month: all themes together, only what the records hold.
with measure_native as (
    select * from measure_structure
    union all
    select * from measure_party
    union all
    select * from measure_services
    union all
    select * from measure_reach
    union all
    select * from measure_self_governance
    union all
    select * from measure_events
    union all
    select * from measure_values
    union all
    select * from measure_information
    union all
    select * from measure_workforce
    union all
    select * from measure_outcomes
)

select * from measure_native
