-- One row per community in $area; by code
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    community_structure.community,
    community_structure.party_committee,
    community_structure.residents_committee,
    community_structure.service_station,
    community_structure.management_office,
    community_structure.service_window,
    area.name_zh as area_zh,
    area.name_en as area_en,
    count(*) over () as total
from community_structure
inner join inside on community_structure.community = inside.code
left join area on inside.code = area.code
order by community_structure.community
limit $limit offset $offset
