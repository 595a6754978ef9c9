-- One row per area of the edition: the office that answers for it or for what it came from.
select
    contact_of.code as area,
    former.unit_zh,
    former.unit_en,
    former.post,
    former.telephone
from contact_of
inner join basis_area as former on contact_of.former = former.code
