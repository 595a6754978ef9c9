-- One row per measure of outcomes × area at its native grain × month.
with answered as (
    select
        survey.community as area,
        year_end.month,
        survey.question,
        sum(survey.responses) as responses,
        sum(case when survey.answer = 'yes' then survey.responses else 0 end) as yes
    from record_survey as survey
    inner join year_end on survey.year = year_end.year
    group by survey.community, year_end.month, survey.question
),

rated as (
    select
        assessment.community as area,
        year_end.month,
        assessment.dimension,
        assessment.score_sum,
        assessment.raters,
        -- raters × the variance of their scores: adds up over communities to the variance of their common mean
        case
            when assessment.raters > 1
                then
                    assessment.raters / (assessment.raters - 1.0)
                    * (assessment.score_squares - assessment.score_sum * assessment.score_sum / assessment.raters)
        end as within
    from record_assessment as assessment
    inner join year_end on assessment.year = year_end.year
),

document as (
    select
        district.code as area,
        calendar.month,
        count(*) as policy_documents
    from calendar
    inner join record_policy_document as policy_document on calendar.next_month > policy_document.issued_on
    cross join area as district
    where district.level = 'district'
    group by district.code, calendar.month
),

unpivoted as (
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from answered
    unpivot (value for measure in (yes as satisfaction_yes, responses as satisfaction_responses))
    where question = 'satisfaction'
    union all
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from answered
    unpivot (value for measure in (yes as approval_yes, responses as approval_responses))
    where question = 'approval'
    union all
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from answered
    unpivot (value for measure in (yes as standardisation_yes, responses as standardisation_responses))
    where question = 'standardisation_approval'
    union all
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from rated
    unpivot (value for measure in (score_sum as usefulness_sum, raters as usefulness_raters, within as usefulness_within))
    where dimension = 'usefulness'
    union all
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from rated
    unpivot (value for measure in (score_sum as participation_sum, raters as participation_raters, within as participation_within))
    where dimension = 'participation'
    union all
    select
        'yearly' as behaviour,
        'community' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from rated
    unpivot (value for measure in (score_sum as gain_sum, raters as gain_raters, within as gain_within))
    where dimension = 'gain'
    union all
    select
        'stock' as behaviour,
        'district' as grain_level,
        'continuous' as delivery,
        measure,
        area,
        month,
        value
    from document
    unpivot (value for measure in (policy_documents))
),

measure_outcomes as (
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

select * from measure_outcomes
