-- One row per measure, by name
select measure_catalogue.*
from measure_catalogue
order by measure_catalogue.measure
