-- One row per area of the edition: its own columns, with the office that answers for it or for what it came from.
with contact as (
    select
        contact_of.code,
        area.unit_zh,
        area.unit_en,
        area.post,
        area.telephone
    from contact_of
    inner join basis_area as area on contact_of.former = area.code
),

rebased_area as (
    select
        edition.code,
        edition.level,
        cast(edition.parent as varchar) as parent,
        edition.name_zh,
        edition.name_en,
        edition.pinyin,
        edition.initials,
        edition.aliases,
        cast(edition.kind as varchar) as kind,
        cast(edition.former_district as varchar) as former_district,
        cast(edition.zone as varchar) as zone,
        edition.area_km2,
        edition.households,
        edition.people,
        edition.collective,
        edition.buildings,
        edition.neighbourhoods,
        edition.communities,
        edition.lon,
        edition.lat,
        contact.unit_zh,
        contact.unit_en,
        contact.post,
        contact.telephone,
        cast(edition.bound_east as varchar) as bound_east,
        cast(edition.bound_south as varchar) as bound_south,
        cast(edition.bound_west as varchar) as bound_west,
        cast(edition.bound_north as varchar) as bound_north
    from edition_area as edition
    left join contact on edition.code = contact.code
    order by edition.code
)

select * from rebased_area
