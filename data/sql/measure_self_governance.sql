-- One row per measure of self-governance × area at its native grain × month.
with council as (
    select
        harmony_council.neighbourhood as area, calendar.month, 1 as councils,
        case
            when harmony_council.elected_on < calendar.next_month and harmony_council.term_ends_on >= calendar.next_month then 1
            else 0
        end as in_term
    from calendar
    join record_harmony_council as harmony_council on harmony_council.established_on < calendar.next_month
),

seat as (
    select
        harmony_council.neighbourhood as area, last_month.month,
        harmony_council.chair_seats + harmony_council.council_seats as council_seats,
        harmony_council.chair_filled + harmony_council.council_filled as council_filled,
        harmony_council.stairwell_seats, harmony_council.stairwell_filled,
        case when harmony_council.charter then 1 else 0 end as charter,
        case when harmony_council.officer_in_post then 1 else 0 end as officer_in_post
    from record_harmony_council as harmony_council
    cross join last_month
),

post as (
    select
        officer_post.neighbourhood as area, last_month.month,
        sum(case when officer_post.post in ('force_professional', 'force_volunteer', 'force_joint') then 0 else 1 end) as posts,
        sum(
            case
                when officer_post.post in ('force_professional', 'force_volunteer', 'force_joint') then 0
                when officer_post.filled then 1
                else 0
            end
        ) as posts_filled,
        sum(case when officer_post.post in ('force_professional', 'force_volunteer', 'force_joint') then 1 else 0 end) as forces,
        sum(
            case
                when officer_post.post in ('force_professional', 'force_volunteer', 'force_joint') and officer_post.filled then 1
                else 0
            end
        ) as forces_filled
    from record_officer_post as officer_post
    cross join last_month
    group by officer_post.neighbourhood, last_month.month
),

opened as (
    select
        neighbourhood as area, cast(date_trunc('month', opened_on) as date) as month, count(*) as matters,
        sum(case when form = 'issue_alliance' then 1 else 0 end) as alliances,
        sum(case when outcome = 'solved' then 1 else 0 end) as solved, sum(parties) as parties
    from record_deliberation
    group by neighbourhood, cast(date_trunc('month', opened_on) as date)
),

settled as (
    select
        neighbourhood as area, cast(date_trunc('month', settled_on) as date) as month, count(*) as matters,
        sum(settled_on - opened_on) as days,
        sum(case when form = 'residents_review' and outcome = 'solved' then 1 else 0 end) as reviews_resolved
    from record_deliberation
    where settled_on is not null
    group by neighbourhood, cast(date_trunc('month', settled_on) as date)
),

legal as (
    select
        legal_service.neighbourhood as area, calendar.month,
        sum(case when legal_service.kind = 'station' then 1 else 0 end) as stations,
        sum(case when legal_service.kind = 'lawyer_point' then 1 else 0 end) as lawyer_points,
        max(case when legal_service.kind = 'lawyer_point' then 1 else 0 end) as has_lawyer
    from calendar
    join record_legal_service as legal_service on legal_service.opened_on < calendar.next_month
    group by legal_service.neighbourhood, calendar.month
),

measure_self_governance as (
    select 'councils' as measure, 'stock' as behaviour, area, month, councils as value from council
    union all
    select 'councils_in_term', 'stock', area, month, in_term from council
    union all
    select 'councils_with_charter', 'yearly', area, month, charter from seat
    union all
    select 'council_seats', 'yearly', area, month, council_seats from seat
    union all
    select 'council_filled', 'yearly', area, month, council_filled from seat
    union all
    select 'stairwell_seats', 'yearly', area, month, stairwell_seats from seat
    union all
    select 'stairwell_filled', 'yearly', area, month, stairwell_filled from seat
    union all
    select 'officers_in_post', 'yearly', area, month, officer_in_post from seat
    union all
    select 'officer_posts', 'yearly', area, month, posts from post
    union all
    select 'officer_posts_filled', 'yearly', area, month, posts_filled from post
    union all
    select 'forces', 'yearly', area, month, forces from post
    union all
    select 'forces_filled', 'yearly', area, month, forces_filled from post
    union all
    select 'matters_opened', 'flow', area, month, matters from opened
    union all
    select 'issue_alliances', 'flow', area, month, alliances from opened
    union all
    select 'matters_solved', 'flow', area, month, solved from opened
    union all
    select 'matter_parties', 'flow', area, month, parties from opened
    union all
    select 'matters_settled', 'flow', area, month, matters from settled
    union all
    select 'matter_days', 'flow', area, month, days from settled
    union all
    select 'reviews_resolved', 'flow', area, month, reviews_resolved from settled
    union all
    select 'legal_stations', 'stock', area, month, stations from legal
    union all
    select 'lawyer_points', 'stock', area, month, lawyer_points from legal
    union all
    select 'neighbourhoods_with_lawyer', 'stock', area, month, has_lawyer from legal
)

select
    measure, behaviour, 'neighbourhood' as grain_level, 'subdistrict_office' as reporter, area, month,
    cast(value as double) as value
from measure_self_governance
