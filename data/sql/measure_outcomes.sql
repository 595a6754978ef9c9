-- One row per measure of outcomes × area at its native grain × month.
with answered as (
    select
        survey.community as area, year_end.month, survey.question, sum(survey.responses) as responses,
        sum(case when survey.answer = 'yes' then survey.responses else 0 end) as yes
    from record_survey as survey
    join year_end on year_end.year = survey.year
    group by survey.community, year_end.month, survey.question
),

rated as (
    select assessment.community as area, year_end.month, assessment.dimension, assessment.score_sum, assessment.raters
    from record_assessment as assessment
    join year_end on year_end.year = assessment.year
),

document as (
    select district.code as area, calendar.month, count(*) as documents
    from calendar
    join record_policy_document as policy_document on policy_document.issued_on < calendar.next_month
    cross join area as district
    where district.level = 'district'
    group by district.code, calendar.month
),

measure_outcomes as (
    select 'satisfaction_yes' as measure, 'yearly' as behaviour, 'community' as grain_level, area, month, yes as value
    from answered where question = 'satisfaction'
    union all
    select 'satisfaction_responses', 'yearly', 'community', area, month, responses from answered where question = 'satisfaction'
    union all
    select 'approval_yes', 'yearly', 'community', area, month, yes from answered where question = 'approval'
    union all
    select 'approval_responses', 'yearly', 'community', area, month, responses from answered where question = 'approval'
    union all
    select 'standardisation_yes', 'yearly', 'community', area, month, yes from answered where question = 'standardisation_approval'
    union all
    select 'standardisation_responses', 'yearly', 'community', area, month, responses
    from answered where question = 'standardisation_approval'
    union all
    select 'usefulness_sum', 'yearly', 'community', area, month, score_sum from rated where dimension = 'usefulness'
    union all
    select 'usefulness_raters', 'yearly', 'community', area, month, raters from rated where dimension = 'usefulness'
    union all
    select 'participation_sum', 'yearly', 'community', area, month, score_sum from rated where dimension = 'participation'
    union all
    select 'participation_raters', 'yearly', 'community', area, month, raters from rated where dimension = 'participation'
    union all
    select 'gain_sum', 'yearly', 'community', area, month, score_sum from rated where dimension = 'gain'
    union all
    select 'gain_raters', 'yearly', 'community', area, month, raters from rated where dimension = 'gain'
    union all
    select 'policy_documents', 'stock', 'district', area, month, documents from document
)

select measure, behaviour, grain_level, 'bureau' as reporter, area, month, cast(value as double) as value
from measure_outcomes
