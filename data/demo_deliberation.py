"""Deliberations, issue alliances and residents' reviews, with those that the report names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_names import TIANQIN
from data.demo_tools import LAST_DAY, NO_DATE, Dates, Floats, Texts, choose, days_between, pick, serials, texts

TEAS = 15  # matters talked over at 天勤
# 'A year and more' to the end of 2020: reviews and teas are taken to have begun in September 2019.
RECENT_FROM, RECENT_TO = "2019-09-02", "2020-12-20"
REVIEWS_SOLVED = 628  # published as 'more than 620'
REVIEW_REST = {"partly_solved": 57, "withdrawn": 21, "open": 66}
TOPICS = {
    "illegal_building": 0.08,
    "greening": 0.13,
    "security": 0.09,
    "parking_traffic": 0.2,
    "old_estate_renewal": 0.14,
    "civilised_city": 0.07,
    "sanitation": 0.13,
    "facilities": 0.11,
    "neighbour_relations": 0.05,
}
REVIEW_TOPICS = {"civilised_city": 0.28, "facilities": 0.2, "old_estate_renewal": 0.27, "parking_traffic": 0.25}
TEA_TOPICS = {"illegal_building": 0.3, "greening": 0.3, "security": 0.25, "facilities": 0.15}
TITLES = {
    "illegal_building": ("拆除违建后的场地使用", "楼顶搭建处置", "占用公共通道的搭建"),
    "greening": ("绿地补种", "毁绿种菜整治", "树木修剪遮光"),
    "security": ("门禁与监控", "夜间巡逻", "楼道照明"),
    "parking_traffic": ("停车位划线", "出入口通行", "非机动车充电与停放"),
    "old_estate_renewal": ("老小区改造方案", "外墙与管网更新", "加装电梯意见征询"),
    "civilised_city": ("文明创建点位整治", "飞线整治", "楼道堆物清理"),
    "sanitation": ("垃圾分类投放点", "下水道疏通", "宠物粪便"),
    "facilities": ("健身器材更新", "休息座椅添置", "活动室开放时间"),
    "neighbour_relations": ("楼上楼下噪音", "公共晾晒", "漏水责任"),
}
OUTCOMES = {"solved": 0.74, "partly_solved": 0.14, "withdrawn": 0.05, "open": 0.07}
DAYS = {"deliberation": 21.0, "issue_alliance": 55.0, "residents_review": 34.0}  # usual days to settle
COUNTS = {"deliberation": 4_150, "issue_alliance": 760}


@dataclass(frozen=True)
class Named:
    """A matter the report names: where, in which form, what about; its dates are assumptions of ours."""

    community: str
    form: str
    topic: str
    title: str
    opened: str
    settled: str
    parties: int


NAMED = (
    Named("320613005018", "issue_alliance", "greening", "梦想家园联盟：空中花园", "2018-03-12", "2020-06-30", 9),
    Named("320613005009", "residents_review", "parking_traffic", "幼儿园门前错时限行", "2019-10-14", "2019-12-20", 7),
)


def make_deliberation(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `deliberation`: 628 solved reviews with the named one, and nothing but its 15 teas for 天勤."""
    parts = [_plain(district, form, count, rng) for form, count in COUNTS.items()]
    table = pd.concat([*parts, _reviews(district, rng), _teas(rng), _named(district)], ignore_index=True)
    table = table.sort_values(["opened_on", "neighbourhood"], kind="stable", ignore_index=True)
    return {"deliberation": table.assign(matter_id=serials("DM", len(table)))}


def _plain(district: District, form: str, count: int, rng: np.random.Generator) -> pd.DataFrame:
    place = pick(rng, _weights(district, 0.5) * rng.lognormal(0, 0.4, len(district.codes)), count)
    opened = _after_the_epidemic(days_between(rng, "2018-01-03", "2020-12-18", count, 1.25), rng)
    return _matters(district, form, place, choose(rng, TOPICS, count), opened, choose(rng, OUTCOMES, count), rng)


def _weights(district: District, vigour: float) -> Floats:
    """Lively places deliberate more; 天勤 has nothing here but its teas, which are counted apart."""
    weight: Floats = np.exp(vigour * district.lively("deliberation"))
    weight[district.codes == TIANQIN] = 0.0
    return weight


def _after_the_epidemic(opened: Dates, rng: np.random.Generator) -> Dates:
    """Two in three matters of February and March 2020 had to wait three months until people could meet."""
    closed = (opened >= np.datetime64("2020-01-28")) & (opened < np.datetime64("2020-04-01"))
    waits = closed & (rng.random(len(opened)) < 0.67)
    moved: Dates = opened + np.where(waits, 91, 0).astype("timedelta64[D]")
    return moved


def _reviews(district: District, rng: np.random.Generator) -> pd.DataFrame:
    """The report lists what reviews are about: civic standards, city works, renewal of old estates, traffic."""
    solved = REVIEWS_SOLVED - sum(named.form == "residents_review" for named in NAMED)
    counts = {"solved": solved, **REVIEW_REST}
    outcome = rng.permutation(np.repeat(texts(list(counts)), list(counts.values())))
    place = pick(rng, _weights(district, 0.6), len(outcome))
    topic = choose(rng, REVIEW_TOPICS, len(outcome))
    # Nothing solved can have been opened on the last day.
    opened = days_between(rng, RECENT_FROM, "2020-12-10", len(outcome))
    return _matters(district, "residents_review", place, topic, opened, outcome, rng)


def _matters(
    district: District,
    form: str,
    place: np.ndarray,
    topic: Texts,
    opened: Dates,
    outcome: Texts,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Days to settle are right-skewed; what cannot settle before the last day stays open, reviews excepted."""
    count = len(place)
    slow = np.exp(-0.15 * district.lively("deliberation")[place])
    days = np.ceil(DAYS[form] * slow * rng.lognormal(0, 0.75, count)).astype(int)
    room = (LAST_DAY - opened).astype(int)
    if form != "residents_review":
        outcome = np.where((days > room) & (outcome != "open"), "open", outcome)
    settled = opened + np.minimum(days, room).astype("timedelta64[D]")
    word = texts([TITLES[each][i % 3] for i, each in enumerate(topic)])
    return pd.DataFrame(
        {
            "form": form,
            "topic": topic,
            "title": word,
            "neighbourhood": district.codes.to_numpy()[place],
            "opened_on": opened,
            "settled_on": np.where(outcome == "open", NO_DATE, settled),
            "parties": 2 + rng.poisson(2.2 if form == "deliberation" else 4.0, count),
            "outcome": outcome,
        }
    )


def _teas(rng: np.random.Generator) -> pd.DataFrame:
    """The 15 matters of the secretary's afternoon tea, all talked through to an end."""
    opened = np.sort(days_between(rng, RECENT_FROM, "2020-11-10", TEAS))
    topic = choose(rng, TEA_TOPICS, TEAS)
    return pd.DataFrame(
        {
            "form": "deliberation",
            "topic": topic,
            "title": texts([f"书记下午茶：{TITLES[each][i % 3]}" for i, each in enumerate(topic)]),
            "neighbourhood": TIANQIN,
            "opened_on": opened,
            "settled_on": opened + rng.integers(5, 45, TEAS).astype("timedelta64[D]"),
            "parties": 3 + rng.poisson(3, TEAS),
            "outcome": np.where(np.arange(TEAS) % 7 == 6, "partly_solved", "solved"),
        }
    )


def _named(district: District) -> pd.DataFrame:
    """The two matters that the report tells of, in the first neighbourhood of their communities."""
    codes = district.codes
    rows = [
        {
            "form": named.form,
            "topic": named.topic,
            "title": named.title,
            "neighbourhood": codes[codes.str.startswith(named.community)].iloc[0],
            "opened_on": np.datetime64(named.opened),
            "settled_on": np.datetime64(named.settled),
            "parties": named.parties,
            "outcome": "solved",
        }
        for named in NAMED
    ]
    return pd.DataFrame(rows).astype({"opened_on": "datetime64[s]", "settled_on": "datetime64[s]"})
