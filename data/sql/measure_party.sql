-- One row per measure of Party organisation × area at its native grain × month.
with committee as (
    select organisation.community as area, calendar.month, count(*) as committees
    from calendar
    join record_party_organisation as organisation on organisation.established_on < calendar.next_month
    where organisation.kind = 'community_committee'
    group by organisation.community, calendar.month
),

branch as (
    select
        organisation.neighbourhood as area, calendar.month,
        sum(case when organisation.kind = 'neighbourhood_branch' then 1 else 0 end) as branches,
        max(case when organisation.kind = 'neighbourhood_branch' then 1 else 0 end) as has_branch,
        sum(case when organisation.kind = 'stairwell_group' then 1 else 0 end) as stairwell_groups
    from calendar
    join record_party_organisation as organisation on organisation.established_on < calendar.next_month
    where organisation.neighbourhood is not null and organisation.kind <> 'community_committee'
    group by organisation.neighbourhood, calendar.month
),

-- A neighbourhood without a row has no key household: the count is known to be zero.
key_household as (
    select area.code as area, last_month.month, coalesce(party_household.households, 0) as households
    from area
    cross join last_month
    left join record_party_household as party_household on party_household.neighbourhood = area.code
    where area.level = 'neighbourhood'
),

volunteer as (
    select
        neighbourhood as area, month, sum(members) as members, sum(members_with_post) as with_post, sum(hours) as hours
    from record_volunteering
    group by neighbourhood, month
),

assist as (
    select assist_action.neighbourhood as area, year_end.month, sum(assist_action.times) as times, sum(assist_action.cadres) as cadres
    from record_assist_action as assist_action
    join year_end on year_end.year = assist_action.year
    group by assist_action.neighbourhood, year_end.month
),

measure_party as (
    select 'party_committees' as measure, 'stock' as behaviour, 'community' as grain_level, area, month, committees as value from committee
    union all
    select 'communities_with_committee', 'stock', 'community', area, month, 1 from committee
    union all
    select 'party_branches', 'stock', 'neighbourhood', area, month, branches from branch
    union all
    select 'neighbourhoods_with_branch', 'stock', 'neighbourhood', area, month, has_branch from branch
    union all
    select 'stairwell_groups', 'stock', 'neighbourhood', area, month, stairwell_groups from branch
    union all
    select 'key_households', 'yearly', 'neighbourhood', area, month, households from key_household
    union all
    select 'party_members', 'stock', 'neighbourhood', area, month, members from volunteer
    union all
    select 'members_with_post', 'stock', 'neighbourhood', area, month, with_post from volunteer
    union all
    select 'volunteer_hours', 'flow', 'neighbourhood', area, month, hours from volunteer
    union all
    select 'assist_actions', 'yearly', 'neighbourhood', area, month, times from assist
    union all
    select 'cadre_volunteers', 'yearly', 'neighbourhood', area, month, cadres from assist
)

select measure, behaviour, grain_level, 'bureau' as reporter, area, month, cast(value as double) as value
from measure_party
