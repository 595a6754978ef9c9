"""Charts of the self-governance page: from queries' rows to finding, figure and table, in the reader's words."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geo.palettes import Theme
from pages.parts import charts_forms
from pages.parts.charts_forms import Made
from pages.parts.charts_party import place_name
from pages.parts.words import area_name, enum, number, t

SHARES = (
    ("councils", "neighbourhoods"), ("in_term", "councils"), ("charters", "councils"), ("chair_filled", "chair_seats"),
    ("council_filled", "council_seats"), ("stairwell_filled", "stairwell_seats"), ("officers", "councils"),
)  # fmt: skip
FUNCTIONS = ("information", "service", "self_governance")
POSTS = ("officer", "chair", "council_member", "stairwell_head", "none")  # who answers for a function; none: nobody
BODIES = ("party_committee", "residents_committee", "service_station", "management_office", "service_window")
FORMS = ("deliberation", "issue_alliance", "residents_review")
OUTCOMES = ("solved", "partly_solved", "withdrawn", "open")
SPANS = (0, 8, 15, 31, 61, 91)


def share(part: float, of: float) -> float:
    """A part in per cent; NaN of nothing."""
    return 100 * part / of if of else float("nan")


def whole(value: float) -> str:
    """A number as charts label it, without decimals."""
    return number(value)


def councils(rows: pd.DataFrame, area: str, theme: Theme, empty: str) -> Made:
    """What the councils have, by area: standing, term, charter, posts (rows of self_governance_councils)."""
    cells = pd.DataFrame(
        [
            {"row": r["code"], "column": part, "value": share(r[part], r[of])}
            for _, r in rows.iterrows()
            for part, of in SHARES
        ]
    )
    sums = rows[sorted({name for pair in SHARES for name in pair})].sum()
    vacant = {part: int(sums[of] - sums[part]) for part, of in SHARES}
    title = t(
        "self_governance.councils_say", area=area, councils=whole(sums["councils"]), of=whole(sums["neighbourhoods"]),
        ended=whole(vacant["in_term"]), chairs=whole(vacant["chair_filled"]), seats=whole(vacant["council_filled"]),
        heads=whole(vacant["stairwell_filled"]),
    )  # fmt: skip
    names = {str(r["code"]): place_name(r) for _, r in rows.iterrows()}
    heads = {part: t(f"self_governance.{part}") for part, _ in SHARES}
    figure = charts_forms.matrix(cells, names, heads, title=title, text=whole, theme=theme, empty=empty)
    named = rows.assign(area=list(names.values()))
    columns = ("code", "area", "neighbourhoods", "councils", "elected", "in_term", "charters", "chair_seats",
               "chair_filled", "council_seats", "council_filled", "stairwell_seats", "stairwell_filled",
               "officers")  # fmt: skip
    return Made(title, figure, _headed(named, *columns))


def functions(rows: pd.DataFrame, area: str, one: bool, theme: Theme, empty: str) -> Made:
    """Share of neighbourhoods that carry out each basic function, by area (rows of self_governance_functions).

    `one`: each area is a single neighbourhood, which carries it out or not.
    """
    done = rows.assign(done=rows["neighbourhoods"].where(rows["carried_by"] != "none", 0))
    sums = done.groupby(["code", "function"])[["done", "neighbourhoods"]].sum()
    cells = pd.DataFrame(
        [
            {"row": r["code"], "column": r["function"], "value": share(r["done"], r["neighbourhoods"])}
            for _, r in sums.reset_index().iterrows()
        ]
    )
    whole_area = done.groupby("function")[["done", "neighbourhoods"]].sum().reindex(FUNCTIONS).fillna(0)
    counts = {name: whole(whole_area["done"][name]) for name in FUNCTIONS}
    title = t("self_governance.functions", area=area, of=whole(whole_area["neighbourhoods"].max()), **counts)
    names = {str(r["code"]): place_name(r) for _, r in rows.drop_duplicates("code").iterrows()}
    heads = {name: enum("function", name) for name in FUNCTIONS}
    figure = charts_forms.matrix(
        cells, names, heads, title=title, text=_yes_no if one else whole, theme=theme, empty=empty
    )
    table = sums["done"].unstack("function").reindex(columns=list(FUNCTIONS)).fillna(0).astype("int64")
    table = table.set_axis([heads[name] for name in FUNCTIONS], axis=1)
    table.insert(0, t("self_governance.code"), table.index)
    table.insert(1, t("self_governance.area"), [names[code] for code in table.index])
    table.insert(2, t("self_governance.neighbourhoods"), sums["neighbourhoods"].groupby("code").max())
    return Made(title, figure, table.reset_index(drop=True))


def _yes_no(value: float) -> str:
    return t("common.yes" if value else "common.no")


def carried_by(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """By which post each basic function is carried out, in per cent of the neighbourhoods (the same rows)."""
    table = rows.pivot_table(index="function", columns="carried_by", values="neighbourhoods", aggfunc="sum").fillna(0)
    table = table.reindex(index=list(FUNCTIONS), columns=list(POSTS), fill_value=0)
    totals = table.sum(axis=1)
    cells = pd.DataFrame(
        [{"row": f, "column": p, "value": share(table[p][f], totals[f])} for f in FUNCTIONS for p in POSTS]
    )
    heads = {post: t("self_governance.undone") if post == "none" else enum("carried_by", post) for post in POSTS}
    names = {name: enum("function", name) for name in FUNCTIONS}
    said = [
        t(
            "self_governance.carried_by_of",
            function=names[f],
            post=heads[p],
            share=number(share(table[p][f], totals[f])),
        )
        for f, p in ((f, str(table.loc[f, list(POSTS[:-1])].idxmax())) for f in FUNCTIONS)
    ]
    undone = int(table["none"].sum())
    title = t("self_governance.carried_by", said=t("self_governance.semicolon").join(said), undone=whole(undone))
    figure = charts_forms.matrix(
        cells, names, heads, title=title, text=lambda v: f"{number(v)}%", theme=theme, empty=empty
    )
    out = table.astype("int64").set_axis([heads[post] for post in POSTS], axis=1)
    out.insert(0, t("self_governance.function"), [names[name] for name in FUNCTIONS])
    return Made(title, figure, out.reset_index(drop=True))


def terms(rows: pd.DataFrame, until: date, theme: Theme, empty: str) -> Made:
    """When terms run out: ended ones as one bar, then half-years (rows of self_governance_terms)."""
    ended = int(rows.loc[rows["expired"], "councils"].sum())
    coming = rows[~rows["expired"].astype(bool)]
    year = pd.Timestamp(until) + pd.DateOffset(years=1)
    soon = int(coming.loc[coming["half"] < year, "councils"].sum())
    data = pd.DataFrame(
        [
            {"key": "ended", "name": t("self_governance.ended"), "value": float(ended)},
            *(
                {"key": f"{r['half']:%Y-%m}", "name": _half(r["half"]), "value": float(r["councils"])}
                for _, r in coming.iterrows()
            ),
        ]
    )
    title = t("self_governance.terms", ended=whole(ended), soon=whole(soon), all=whole(rows["councils"].sum()))
    figure = charts_forms.bars(data, title=title, text=whole, theme=theme, empty=empty, marked=["ended"])
    return Made(title, figure, _headed(data.rename(columns={"name": "ends", "value": "councils"}), "ends", "councils"))


def _half(day: pd.Timestamp) -> str:
    return t("self_governance.half_1" if day.month == 1 else "self_governance.half_2", year=day.year)


def structure(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """One committee, one residents' committee, one station, one office, by area (self_governance_structure)."""
    sums = rows[["communities", *BODIES]].sum()
    lacking = {body: int(sums["communities"] - sums[body]) for body in BODIES}
    worst = max(BODIES, key=lambda body: lacking[body])
    title = t("self_governance.structure_all", communities=whole(sums["communities"]))
    if lacking[worst]:
        title = t(
            "self_governance.structure", communities=whole(sums["communities"]), lacking=whole(lacking[worst]),
            body=t(f"self_governance.{worst}"),
        )  # fmt: skip
    data = pd.DataFrame(
        {
            "key": list(BODIES),
            "name": [t(f"self_governance.{body}") for body in BODIES],
            "value": [share(sums[body], sums["communities"]) for body in BODIES],
        }
    )
    note = {
        body: t("self_governance.of_communities", have=whole(sums[body]), of=whole(sums["communities"]))
        for body in BODIES
    }
    figure = charts_forms.bars(
        data, title=title, text=lambda v: f"{number(v)}%", theme=theme, empty=empty, most=100, note=note,
        marked=[body for body in BODIES if lacking[body]],
    )  # fmt: skip
    named = rows.assign(area=[area_name(r) for _, r in rows.iterrows()])
    return Made(title, figure, _headed(named, "code", "area", "communities", *BODIES))


def topics(rows: pd.DataFrame, period: str, theme: Theme, empty: str) -> Made:
    """Matters by topic, with the share solved and the parties at the table (rows of self_governance_matters)."""
    by_topic = rows.groupby("topic")[["matters", "parties"]].sum()
    by_topic["solved"] = rows[rows["outcome"] == "solved"].groupby("topic")["matters"].sum()
    by_topic = by_topic.fillna({"solved": 0}).sort_values("matters", ascending=False, kind="stable").reset_index()
    named = by_topic.assign(
        name=[enum("topic", topic) for topic in by_topic["topic"]],
        per=(by_topic["parties"] / by_topic["matters"]).round(1),
        solved_share=(100 * by_topic["solved"] / by_topic["matters"]).round(1),
    )
    sums = by_topic[["matters", "parties", "solved"]].sum()
    title = t(
        "self_governance.topics", period=period, matters=whole(sums["matters"]), topic=named["name"].iloc[0],
        count=whole(named["matters"].iloc[0]), solved=number(share(sums["solved"], sums["matters"])),
        parties=number(sums["parties"] / sums["matters"], 1),
    )  # fmt: skip
    data = named.assign(key=named["topic"], value=named["matters"].astype("float64"))
    note = {r["topic"]: t("self_governance.topics_note", solved=number(r["solved_share"])) for _, r in named.iterrows()}
    figure = charts_forms.bars(data, title=title, text=whole, theme=theme, empty=empty, note=note)
    return Made(title, figure, _headed(named.rename(columns={"name": "topic_name"}), "topic_name", "matters", "parties",
                                       "per", "solved", "solved_share"))  # fmt: skip


def outcomes(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """What came of the matters: outcomes by form, in per cent of the form (rows of self_governance_matters)."""
    table = rows.pivot_table(index="form", columns="outcome", values="matters", aggfunc="sum").fillna(0)
    table = table.reindex(index=[f for f in FORMS if f in table.index], columns=list(OUTCOMES), fill_value=0)
    totals = table.sum(axis=1)
    cells = pd.DataFrame(
        [
            {"row": form, "column": outcome, "value": share(table[outcome][form], totals[form])}
            for form in table.index
            for outcome in OUTCOMES
        ]
    )
    solved = table["solved"] / totals * 100
    best, least = str(solved.idxmax()), str(solved.idxmin())
    key = "self_governance.outcomes" if len(solved) > 1 else "self_governance.outcomes_one"
    title = t(
        key, best=enum("form", best), high=number(solved[best]), least=enum("form", least), low=number(solved[least]),
        open=whole(table["open"].sum()),
    )  # fmt: skip
    heads = {outcome: enum("outcome", outcome) for outcome in OUTCOMES}
    names = {form: enum("form", form) for form in table.index}
    figure = charts_forms.matrix(
        cells, names, heads, title=title, text=lambda v: f"{number(v)}%", theme=theme, empty=empty
    )
    out = table.astype("int64").set_axis([heads[o] for o in OUTCOMES], axis=1)
    out.insert(0, t("self_governance.form"), [names[form] for form in table.index])
    return Made(title, figure, out.reset_index(drop=True))


def days(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Days from opening to settling, by form in spans; median and 90th percentile (rows of self_governance_days)."""
    usual = rows.drop_duplicates("form").set_index("form")
    totals = rows.groupby("form")["matters"].sum()
    forms = [form for form in FORMS if form in totals.index]
    cells = pd.DataFrame(
        {
            "row": rows["form"],
            "column": rows["days_from"].astype(str),
            "value": [share(m, totals[f]) for m, f in zip(rows["matters"], rows["form"], strict=True)],
        }
    )
    said = [
        t(
            "self_governance.days_of", form=enum("form", form), median=number(usual["median_days"][form]),
            p90=number(usual["p90_days"][form]),
        )
        for form in forms
    ]  # fmt: skip
    title = t("self_governance.days", said=t("self_governance.semicolon").join(said))
    figure = charts_forms.matrix(
        cells, {form: enum("form", form) for form in forms},
        {str(span): t(f"self_governance.days_{span}") for span in SPANS}, title=title,
        text=lambda v: f"{number(v)}%", theme=theme, empty=empty,
    )  # fmt: skip
    named = rows.assign(
        form=[enum("form", form) for form in rows["form"]],
        span=[t(f"self_governance.days_{span}") for span in rows["days_from"]],
    )
    return Made(title, figure, _headed(named, "form", "span", "matters", "median_days", "p90_days"))


def _headed(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The named columns in that order, under the words self_governance.<column>."""
    return frame[list(columns)].set_axis([t(f"self_governance.{column}") for column in columns], axis=1)
