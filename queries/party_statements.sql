-- One row per kind of unit in $area: what its register says of coinciding, and what laying it over the edition says
with
inside as (
    select descendant.code
    from descendant
    where descendant.ancestor = $area
)

select
    three_in_one.kind,
    count(*) as units,
    count(*) filter (where three_in_one.overlap is null) as without_boundary,
    count(*) filter (where three_in_one.coincides) as coinciding,
    count(*) filter (where three_in_one.stated is not null and not three_in_one.coincides) as only_stated,
    count(*) filter (where three_in_one.stated is null and three_in_one.coincides) as not_stated
from three_in_one
inner join inside on coalesce(three_in_one.neighbourhood, three_in_one.community) = inside.code
group by three_in_one.kind
order by three_in_one.kind
