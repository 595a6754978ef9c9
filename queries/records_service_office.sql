-- One row per neighbourhood service office in $area, standing at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    service_office.office_id,
    service_office.name,
    service_office.neighbourhood,
    service_office.opened_on,
    service_office.floor_area,
    service_office.open_days_per_week,
    service_office.telephone,
    service_office.lon,
    service_office.lat,
    coalesce(service_office.opened_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from service_office
inner join inside on service_office.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or service_office.opened_on <= $end::date)
order by service_office.opened_on desc nulls last, service_office.office_id asc
limit $limit offset $offset
