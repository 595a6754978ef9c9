-- One row per half-year in which terms of councils standing in $area at $end run out
select
    make_date(year(harmony_council.term_ends_on), if(month(harmony_council.term_ends_on) <= 6, 1, 7), 1) as half,
    harmony_council.term_ends_on <= $end::date as expired,
    count(*) as councils
from harmony_council
inner join descendant on harmony_council.neighbourhood = descendant.code
where
    descendant.ancestor = $area
    and harmony_council.established_on <= $end::date
    and harmony_council.term_ends_on is not null
group by all
order by half, expired
