-- One row per area × year × question × answer (all: any answer): survey responses, before small counts are withheld
with
counted as (
    select
        descendant.ancestor as area,
        survey.year,
        survey.question,
        survey.answer,
        sum(survey.responses)::bigint as counted
    from survey
    inner join descendant on survey.community = descendant.code
    group by descendant.ancestor, survey.year, survey.question, survey.answer
),

everything as (
    select
        counted.area,
        counted.year,
        counted.question,
        'all' as answer,
        sum(counted.counted)::bigint as counted
    from counted
    group by counted.area, counted.year, counted.question
)

select * from counted
union all
select * from everything
order by year, question, area, answer
