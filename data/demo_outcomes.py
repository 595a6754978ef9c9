"""What residents and cadres say: surveys, scores of usefulness, participation and gain; and the guiding documents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo_areas import District
from data.demo_tools import YEARS, Floats, days_between, logistic, serials, standard, texts

# Published for the report date, so met by the survey of 2020; earlier years stood a little lower.
SHARES = {
    "satisfaction": {2018: 0.821, 2019: 0.838, 2020: 0.8500},
    "approval": {2018: 0.658, 2019: 0.689, 2020: 0.7120},
    "standardisation_approval": {2018: 0.641, 2019: 0.675, 2020: 0.7030},
}
SCORES = {"usefulness": 79.5, "participation": 73.0, "gain": 77.0}
# Titles of which the report tells; the other guiding documents bear only their theme and a number.
NAMED_DOCUMENTS = (
    ("崇川区社区邻里建设意见", "structure", "2016-04-20", "former_chongchuan"),
    ("崇川区社区标准化建设实施意见", "services", "2017-03-15", "former_chongchuan"),
    ("关于进一步加强社区邻里工作者队伍建设的实施办法", "workforce", "2017-09-08", "former_chongchuan"),
    ("社工管理办法", "workforce", "2018-01-18", "former_chongchuan"),
    ("港闸区诚信邻里建设“C19”（诚要久）行动实施方案", "values", "2018-05-10", "former_gangzha"),
    ("关于加强“四有”邻里党组织建设意见", "party", "2019-03-21", "former_chongchuan"),
    ("邻里和谐促进会自治章程", "self_governance", "2019-05-16", "former_chongchuan"),
    ("邻里理事长、理事、楼道长推选办法", "self_governance", "2019-05-16", "former_chongchuan"),
    ("崇川区社区邻里基层治理文件汇编", "structure", "2019-10-30", "former_chongchuan"),
    ("邻里+城市基层治理的崇川方案", "structure", "2020-08-20", "chongchuan"),
)
RATERS_APART = 8.0  # points by which the raters of one community differ (standard deviation)
DOCUMENTS = 32
THEME_NAMES = {
    "structure": "邻里架构",
    "party": "邻里党建",
    "services": "邻里服务",
    "self_governance": "邻里自治",
    "values": "邻里价值",
    "information": "邻里信息",
    "workforce": "邻里社工",
}


def make_outcomes(district: District, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return `survey`, `assessment` and `policy_document`."""
    mood = _mood(district, rng)
    return {
        "survey": _surveys(district, mood, rng),
        "assessment": _assessments(district, mood, rng),
        "policy_document": _documents(rng),
    }


def _mood(district: District, rng: np.random.Generator) -> Floats:
    """How content each community is: livelier ones more, those far from an office less, and much that is neither."""
    places = district.communities
    lively, far = standard(places["vigour"].to_numpy()), standard(places["far"].to_numpy())
    return 0.30 * lively - 0.14 * far + rng.normal(0, 0.28, len(places))


def _surveys(district: District, mood: Floats, rng: np.random.Generator) -> pd.DataFrame:
    frames = []
    for question, by_year in SHARES.items():
        for year, share in by_year.items():
            cadres = question == "standardisation_approval"
            asked = rng.integers(4, 10, len(mood)) if cadres else rng.integers(40, 121, len(mood))
            yes = _answers(asked, share, mood + rng.normal(0, 0.12, len(mood)), rng)
            for answer, responses in (("yes", yes), ("no", asked - yes)):
                frames.append(
                    pd.DataFrame(
                        {
                            "community": district.communities["code"],
                            "year": year,
                            "question": question,
                            "answer": answer,
                            "responses": responses,
                        }
                    )
                )
    return pd.concat(frames, ignore_index=True)


def _answers(asked: np.ndarray, share: float, lean: Floats, rng: np.random.Generator) -> np.ndarray:
    """Yes answers by community: their total is `share` of all asked; each community leans its own way."""
    chance = logistic(np.log(share / (1 - share)) + lean)
    yes = rng.binomial(asked, chance)
    missing = round(share * int(asked.sum())) - int(yes.sum())
    while missing:
        room = np.flatnonzero(yes < asked if missing > 0 else yes > 0)
        moved = rng.permutation(room)[: abs(missing)]
        yes[moved] += np.sign(missing)
        missing -= int(np.sign(missing)) * len(moved)
    return yes


def _assessments(district: District, mood: Floats, rng: np.random.Generator) -> pd.DataFrame:
    frames = []
    for year in YEARS:
        raters = rng.integers(12, 41, len(mood))
        for dimension, usual in SCORES.items():
            mean = usual + 1.1 * (year - 2018) + 7 * mood + rng.normal(0, 1.8, len(mood))
            total = np.clip(mean, 40, 98) * raters + rng.normal(0, RATERS_APART, len(mood)) * np.sqrt(raters)
            whole = np.round(np.clip(total, 0, 100 * raters), 1)
            # The raters of one place differ as the deviation says; their squares add up by a chi-squared draw.
            apart = RATERS_APART**2 * rng.chisquare(raters - 1)
            frames.append(
                pd.DataFrame(
                    {
                        "community": district.communities["code"],
                        "year": year,
                        "dimension": dimension,
                        "score_sum": whole,
                        "raters": raters,
                        "score_squares": np.round(whole**2 / raters + apart, 1),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def _documents(rng: np.random.Generator) -> pd.DataFrame:
    """32 of the five years 2016 to 2020; nothing is invented but a number."""
    rest = DOCUMENTS - len(NAMED_DOCUMENTS)
    themes = [list(THEME_NAMES)[i % len(THEME_NAMES)] for i in range(rest)]
    dates = np.sort(days_between(rng, "2016-02-01", "2020-11-30", rest))
    issuer = np.where(rng.random(rest) < 0.3, "former_gangzha", "former_chongchuan").astype(object)
    issuer[dates >= np.datetime64("2020-07-01")] = "chongchuan"
    plain = pd.DataFrame(
        {
            "title": texts([f"{THEME_NAMES[theme]}指导性文件（演示{i + 1:02d}）" for i, theme in enumerate(themes)]),
            "theme": themes,
            "issued_on": dates.astype("datetime64[s]"),
            "issuer": issuer,
        }
    )
    named = pd.DataFrame(list(NAMED_DOCUMENTS), columns=["title", "theme", "issued_on", "issuer"])
    named["issued_on"] = pd.to_datetime(named["issued_on"])
    table = pd.concat([named, plain], ignore_index=True).sort_values("issued_on", kind="stable", ignore_index=True)
    return table.assign(document_id=serials("PD", DOCUMENTS, 2))
