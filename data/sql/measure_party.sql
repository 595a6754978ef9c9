-- One row per measure of Party organisation × area at its native grain × month.
with committee as (
    select
        organisation.community as area,
        calendar.month,
        count(*) as party_committees,
        1 as communities_with_committee
    from calendar
    inner join record_party_organisation as organisation on calendar.next_month > organisation.established_on
    where organisation.kind = 'community_committee'
    group by organisation.community, calendar.month
),

branch as (
    select
        organisation.neighbourhood as area,
        calendar.month,
        sum(case when organisation.kind = 'neighbourhood_branch' then 1 else 0 end) as party_branches,
        max(case when organisation.kind = 'neighbourhood_branch' then 1 else 0 end) as neighbourhoods_with_branch,
        sum(case when organisation.kind = 'stairwell_group' then 1 else 0 end) as stairwell_groups
    from calendar
    inner join record_party_organisation as organisation on calendar.next_month > organisation.established_on
    where organisation.neighbourhood is not null and organisation.kind <> 'community_committee'
    group by organisation.neighbourhood, calendar.month
),

-- A neighbourhood without a row has no key household: the count is known to be zero.
key_household as (
    select
        area.code as area,
        last_month.month,
        coalesce(party_household.households, 0) as key_households
    from area
    cross join last_month
    left join record_party_household as party_household on area.code = party_household.neighbourhood
    where area.level = 'neighbourhood'
),

volunteer as (
    select
        neighbourhood as area,
        month,
        sum(members) as party_members,
        sum(members_with_post) as members_with_post,
        sum(hours) as volunteer_hours
    from record_volunteering
    group by neighbourhood, month
),

assist as (
    select
        assist_action.neighbourhood as area,
        year_end.month,
        sum(assist_action.times) as assist_actions,
        sum(assist_action.cadres) as cadre_volunteers
    from record_assist_action as assist_action
    inner join year_end on assist_action.year = year_end.year
    group by assist_action.neighbourhood, year_end.month
),

unpivoted as (
    select
        'stock' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from committee
    unpivot (value for measure in (party_committees, communities_with_committee))
    union all
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from branch
    unpivot (value for measure in (party_branches, neighbourhoods_with_branch, stairwell_groups))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from key_household
    unpivot (value for measure in (key_households))
    union all
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from volunteer
    unpivot (value for measure in (party_members, members_with_post))
    union all
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from volunteer
    unpivot (value for measure in (volunteer_hours))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from assist
    unpivot (value for measure in (assist_actions, cadre_volunteers))
),

measure_party as (
    select
        measure,
        behaviour,
        grain_level,
        delivery,
        area,
        month,
        cast(value as double) as value
    from unpivoted
)

select * from measure_party
