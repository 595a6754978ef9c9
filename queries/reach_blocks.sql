-- One row per block of the district: its households and where they start to walk, and whether an office open at $end is within a 500 m walk
select
    reach.block_id,
    reach.neighbourhood,
    reach.households,
    reach.home_lon,
    reach.home_lat,
    reach.neighbourhood in (
        select descendant.code
        from descendant
        where descendant.ancestor = $area
    ) as inside,
    coalesce(reach.walk_since <= $end::date, false) as covered
from reach
order by reach.block_id
