-- One row per area of $level in $area: in how many of its communities each of the four bodies stands
with
place as (
    select
        area.code,
        area.parent,
        area.name_zh,
        area.name_en,
        area.communities,
        area.neighbourhoods
    from area
    inner join descendant on area.code = descendant.code
    where descendant.ancestor = $area and area.level = $level
)

select
    place.code,
    place.name_zh,
    place.name_en,
    count(*) as communities,
    count(*) filter (where community_structure.party_committee) as party_committee,
    count(*) filter (where community_structure.residents_committee) as residents_committee,
    count(*) filter (where community_structure.service_station) as service_station,
    count(*) filter (where community_structure.management_office) as management_office,
    count(*) filter (where community_structure.service_window) as service_window
from community_structure
inner join descendant on community_structure.community = descendant.code
inner join place on descendant.ancestor = place.code
group by all
order by place.code
