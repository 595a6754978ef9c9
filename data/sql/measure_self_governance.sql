-- One row per measure of self-governance × area at its native grain × month.
with council as (
    select
        harmony_council.neighbourhood as area,
        calendar.month,
        1 as councils,
        case
            when harmony_council.elected_on >= calendar.next_month then 0
            when harmony_council.term_ends_on >= calendar.next_month then 1
            else 0
        end as councils_in_term
    from calendar
    inner join record_harmony_council as harmony_council on calendar.next_month > harmony_council.established_on
),

seat as (
    select
        harmony_council.neighbourhood as area,
        last_month.month,
        harmony_council.chair_seats + harmony_council.council_seats as council_seats,
        harmony_council.chair_filled + harmony_council.council_filled as council_filled,
        harmony_council.stairwell_seats,
        harmony_council.stairwell_filled,
        case when harmony_council.charter then 1 else 0 end as councils_with_charter,
        case when harmony_council.officer_in_post then 1 else 0 end as officers_in_post
    from record_harmony_council as harmony_council
    cross join last_month
),

post as (
    select
        neighbourhood,
        case when filled then 1 else 0 end as filled,
        case when post in ('force_professional', 'force_volunteer', 'force_joint') then 1 else 0 end as force
    from record_officer_post
),

manned as (
    select
        post.neighbourhood as area,
        last_month.month,
        sum(1 - post.force) as officer_posts,
        sum((1 - post.force) * post.filled) as officer_posts_filled,
        sum(post.force) as forces,
        sum(post.force * post.filled) as forces_filled
    from post
    cross join last_month
    group by post.neighbourhood, last_month.month
),

duty as (
    select
        neighbourhood_function.neighbourhood as area,
        last_month.month,
        count(*) as functions,
        sum(case when carried_out then 1 else 0 end) as functions_carried_out,
        min(case when carried_out then 1 else 0 end) as neighbourhoods_all_functions,
        max(case when carried_out and function = 'information' then 1 else 0 end) as neighbourhoods_information,
        max(case when carried_out and function = 'service' then 1 else 0 end) as neighbourhoods_service,
        max(case when carried_out and function = 'self_governance' then 1 else 0 end) as neighbourhoods_self_governance
    from record_neighbourhood_function as neighbourhood_function
    cross join last_month
    group by neighbourhood_function.neighbourhood, last_month.month
),

opened as (
    select
        neighbourhood as area,
        cast(date_trunc('month', opened_on) as date) as month,
        count(*) as matters_opened,
        sum(case when form = 'issue_alliance' then 1 else 0 end) as issue_alliances,
        sum(case when outcome = 'solved' then 1 else 0 end) as matters_solved,
        sum(parties) as matter_parties
    from record_deliberation
    group by neighbourhood, cast(date_trunc('month', opened_on) as date)
),

settled as (
    select
        neighbourhood as area,
        cast(date_trunc('month', settled_on) as date) as month,
        count(*) as matters_settled,
        sum(settled_on - opened_on) as matter_days,
        sum(case when form = 'residents_review' and outcome = 'solved' then 1 else 0 end) as reviews_resolved
    from record_deliberation
    where settled_on is not null
    group by neighbourhood, cast(date_trunc('month', settled_on) as date)
),

legal as (
    select
        legal_service.neighbourhood as area,
        calendar.month,
        sum(case when legal_service.kind = 'station' then 1 else 0 end) as legal_stations,
        sum(case when legal_service.kind = 'lawyer_point' then 1 else 0 end) as lawyer_points,
        max(case when legal_service.kind = 'lawyer_point' then 1 else 0 end) as neighbourhoods_with_lawyer
    from calendar
    inner join record_legal_service as legal_service on calendar.next_month > legal_service.opened_on
    group by legal_service.neighbourhood, calendar.month
),

unpivoted as (
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from council
    unpivot (value for measure in (councils, councils_in_term))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from seat
    unpivot (
        value for measure in (
            councils_with_charter, council_seats, council_filled, stairwell_seats, stairwell_filled,
            officers_in_post
        )
    )
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from manned
    unpivot (value for measure in (officer_posts, officer_posts_filled, forces, forces_filled))
    union all
    select
        'yearly' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from duty
    unpivot (
        value for measure in (
            functions, functions_carried_out, neighbourhoods_all_functions, neighbourhoods_information,
            neighbourhoods_service, neighbourhoods_self_governance
        )
    )
    union all
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from opened
    unpivot (value for measure in (matters_opened, issue_alliances, matters_solved, matter_parties))
    union all
    select
        'flow' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from settled
    unpivot (value for measure in (matters_settled, matter_days, reviews_resolved))
    union all
    select
        'stock' as behaviour,
        'neighbourhood' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from legal
    unpivot (value for measure in (legal_stations, lawyer_points, neighbourhoods_with_lawyer))
),

measure_self_governance as (
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

select * from measure_self_governance
