-- One row per area of $level in $area: its service offices, legal-service stations and lawyer points at $end
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
),

shown as (
    select
        area.code,
        area.name_zh,
        area.name_en,
        area.neighbourhoods,
        area.households
    from area
    inner join inside on area.code = inside.code
    where area.level = $level
),

held as (
    select
        shown.code,
        descendant.code as neighbourhood
    from shown
    inner join descendant on shown.code = descendant.ancestor
    where descendant.level = 'neighbourhood'
),

office as (
    select
        held.code,
        count(*) as offices,
        count(distinct service_office.neighbourhood) as with_office
    from service_office
    inner join held on service_office.neighbourhood = held.neighbourhood
    where service_office.opened_on <= $end::date
    group by held.code
),

legal as (
    select
        held.code,
        count(*) filter (where legal_service.kind = 'station') as stations,
        count(*) filter (where legal_service.kind = 'lawyer_point') as lawyer_points,
        count(distinct legal_service.neighbourhood) filter (where legal_service.kind = 'lawyer_point') as with_lawyer
    from legal_service
    inner join held on legal_service.neighbourhood = held.neighbourhood
    where legal_service.opened_on <= $end::date
    group by held.code
)

select
    shown.code,
    shown.name_zh,
    shown.name_en,
    shown.neighbourhoods,
    shown.households,
    coalesce(office.offices, 0) as offices,
    coalesce(office.with_office, 0) as with_office,
    coalesce(legal.stations, 0) as stations,
    coalesce(legal.lawyer_points, 0) as lawyer_points,
    coalesce(legal.with_lawyer, 0) as with_lawyer
from shown
left join office on shown.code = office.code
left join legal on shown.code = legal.code
order by shown.code
