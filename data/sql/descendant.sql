-- One row per ancestor area × area in it, itself included; zones and former districts are ancestors too.
with itself as (
    select
        code as ancestor,
        code,
        level
    from area
),

up_one as (
    select
        parent as ancestor,
        code,
        level
    from area
    where parent is not null
),

up_two as (
    select
        area.parent as ancestor,
        up_one.code,
        up_one.level
    from up_one
    inner join area on up_one.ancestor = area.code
    where area.parent is not null
),

up_three as (
    select
        area.parent as ancestor,
        up_two.code,
        up_two.level
    from up_two
    inner join area on up_two.ancestor = area.code
    where area.parent is not null
),

in_zone as (
    select
        zone as ancestor,
        code,
        level
    from area
    where zone is not null and level <> 'zone'
),

in_former_district as (
    select
        former_district as ancestor,
        code,
        level
    from area
    where former_district is not null and level in ('subdistrict', 'community', 'neighbourhood')
),

descendant as (
    select * from itself
    union
    select * from up_one
    union
    select * from up_two
    union
    select * from up_three
    union
    select * from in_zone
    union
    select * from in_former_district
)

select * from descendant
order by ancestor, level, code
