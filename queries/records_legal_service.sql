-- One row per legal-service station or lawyer point in $area, standing at $end; newest first
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    legal_service.point_id,
    legal_service.kind,
    legal_service.community,
    legal_service.neighbourhood,
    legal_service.opened_on,
    coalesce(legal_service.opened_on >= $start::date, false) as is_new,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from legal_service
inner join inside on legal_service.neighbourhood = inside.code
left join area on inside.code = area.code
where
    ($end::date is null or legal_service.opened_on <= $end::date)
    and ($kind is null or list_contains($kind::varchar[], legal_service.kind))
order by legal_service.opened_on desc nulls last, legal_service.point_id asc
limit $limit offset $offset
