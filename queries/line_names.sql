-- One row per named road, river or bank: its name in both languages
select
    network.name_zh,
    any_value(network.name_en) as name_en
from network
where network.name_zh is not null
group by network.name_zh
order by network.name_zh
