-- One row per named road, river, bank or landmark that a border can lie on: its name in both languages
with
named as (
    select
        network.name_zh,
        network.name_en
    from network
    where network.name_zh is not null
    union all
    select
        places.name_zh,
        places.name_en
    from places
    where places.kind = 'landmark'
)

select
    named.name_zh,
    any_value(named.name_en) as name_en
from named
group by named.name_zh
order by named.name_zh
