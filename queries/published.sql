-- One row per figure the report publishes, in the report's order (the order of the file)
select published.*
from published
