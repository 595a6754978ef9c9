-- One row per area of any level: the edition's areas with the office that answers for them.
with contact as (
    select
        area,
        unit_zh,
        unit_en,
        post,
        telephone
    from record_office_contact
),

area as (
    select
        edition.code,
        edition.level,
        edition.parent,
        edition.name_zh,
        edition.name_en,
        edition.pinyin,
        edition.initials,
        edition.aliases,
        edition.kind,
        edition.former_district,
        edition.zone,
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
        edition.bound_east,
        edition.bound_south,
        edition.bound_west,
        edition.bound_north
    from edition_area as edition
    left join contact on edition.code = contact.area
    order by edition.code
)

select * from area
