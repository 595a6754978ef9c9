-- One row per area × year × dimension: people who rated, before small counts are withheld
select
    descendant.ancestor as area,
    assessment.year,
    assessment.dimension,
    sum(assessment.raters)::bigint as counted
from assessment
inner join descendant on assessment.community = descendant.code
group by descendant.ancestor, assessment.year, assessment.dimension
order by assessment.year, assessment.dimension, area
