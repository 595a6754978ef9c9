"""Charts of the workforce page: from a query's rows to finding, figure and table, in the reader's words."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import Theme, sequential
from pages.parts import charts, charts_forms, charts_shares
from pages.parts.charts_forms import Made
from pages.parts.charts_information import percent, share, tenth, whole
from pages.parts.state import level_of
from pages.parts.words import area_name, enum, number, short_name, t

POSTS, STEPS = ("A", "B", "C", "D"), ("1", "2", "3")
PARTS: dict[str, tuple[str, ...]] = {
    "age_band": ("<=30", "31-45", ">45"),
    "education": ("secondary", "college", "bachelor", "master"),
    "tenure": ("<3", "3-9", "10+"),
    "party": ("yes", "no"),
}
LEVELS = len(POSTS) * len(STEPS)
SEVEN = 7  # 7+N: seven workers of fixed duties and N more
THIRD = 1 / 3
RULES = ("third", "pair", "each")


def of(rows: pd.DataFrame, dimension: str, *categories: str) -> float:
    """Workers of these categories of a dimension in the last year of the rows of workforce_years (0 if none)."""
    last = rows[(rows["year"] == rows["year"].max()) & (rows["dimension"] == dimension)]
    return float(last.loc[last["category"].isin(categories), "workers"].sum())


def posts(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Four posts of three steps each (rows of workforce_years)."""
    last = rows[(rows["year"] == rows["year"].max()) & (rows["dimension"] == "post_level")]
    data = last.assign(row=last["category"].str[0], part=last["category"].str[1], value=last["workers"])
    total = data["value"].sum()
    title = empty
    if total:
        by_post = data.groupby("row")["value"].sum()
        top = str(by_post.idxmax())
        filled = int((data["value"] > 0).sum())
        said = {"post": _post(top), "count": whole(by_post[top]), "share": share(by_post[top], total)}
        title = t("workforce.posts_all" if filled == LEVELS else "workforce.posts", levels=number(filled), **said)
    ramp = sequential(theme, 3)[::-1]
    figure = charts_shares.shares(
        data, {p: _post(p) for p in POSTS}, {s: t(f"workforce.step_{s}") for s in STEPS}, title=title, text=whole,
        theme=theme, empty=empty, colours=dict(zip(STEPS, ramp, strict=True)), whole=False,
    )  # fmt: skip
    table = data.assign(
        post=[_post(p) for p in data["row"]], step=[t(f"workforce.step_{s}") for s in data["part"]],
        share=(100 * data["value"] / total).round(2) if total else None,
    )  # fmt: skip
    return Made(title, figure, _headed(table, post="post", step="step", value="workers", share="share"))


def composition(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Age, education, tenure and Party membership as parts of all workers (rows of workforce_years)."""
    last = rows[(rows["year"] == rows["year"].max()) & rows["dimension"].isin(PARTS)]
    total = of(rows, "total", "all")
    data = last.assign(row=last["dimension"], part=last["dimension"] + "|" + last["category"], value=last["workers"])
    title = empty
    if total:
        title = t(
            "workforce.composition", young=share(of(rows, "age_band", "<=30", "31-45"), total),
            college=share(of(rows, "education", "college", "bachelor", "master"), total),
            party=share(of(rows, "party", "yes"), total),
        )  # fmt: skip
    order = {f"{d}|{c}": enum("category", c) if d != "party" else t(f"workforce.party_{c}")
             for d, parts in PARTS.items() for c in parts}  # fmt: skip
    colours = {f"{d}|{c}": colour for d, parts in PARTS.items()
               for c, colour in zip(parts, _ramp(theme, len(parts)), strict=True)}  # fmt: skip
    figure = charts_shares.shares(
        data, {d: enum("dimension", d) for d in PARTS}, order, title=title, text=whole, theme=theme, empty=empty,
        colours=colours, named=True,
    )  # fmt: skip
    place = {part: i for i, part in enumerate(order)}
    table = data.assign(dimension=[enum("dimension", d) for d in data["row"]], name=[order[p] for p in data["part"]],
                        share=(100 * data["value"] / total).round(2) if total else None)  # fmt: skip
    table = table.sort_values("part", key=lambda parts: parts.map(place))
    return Made(title, figure, _headed(table, dimension="dimension", name="category", value="workers", share="share"))


def _ramp(theme: Theme, count: int) -> tuple[str, ...]:
    """Colours of ordered parts; of two, the second recedes."""
    return (sequential(theme, 5)[3], sequential(theme, 5)[0]) if count == 2 else sequential(theme, count)


def proofs(rows: pd.DataFrame, target: float | None, theme: Theme, empty: str, height: int) -> Made:
    """Certificate and examination, two measures, in per cent of the workers by year (rows of workforce_years)."""
    years = rows.groupby(["year", "dimension", "category"])["workers"].sum().unstack(["dimension", "category"])
    table = pd.DataFrame({"year": years.index})
    lines = []
    for dimension, main in (("certificate", True), ("examination", False)):
        known = (dimension, "yes") in years and ("total", "all") in years
        held = years[dimension, "yes"].to_numpy() if known else math.nan
        totals = years["total", "all"].to_numpy() if known else math.nan
        table = table.assign(**{dimension: held, f"{dimension}_share": 100 * held / totals})
        months = (
            pd.to_datetime({"year": table["year"], "month": 12, "day": 1}) if len(table) else pd.Series(dtype=object)
        )
        points = pd.DataFrame({"month": months, "value": table[f"{dimension}_share"].astype("float64")})
        lines.append(charts.Line(t(f"workforce.{dimension}"), points, main))
    title = empty
    if len(table) and table["certificate_share"].notna().any():
        now = table.iloc[-1]
        key = "proofs" if target is None else "proofs_above" if now["certificate_share"] >= target else "proofs_below"
        said = {} if target is None else {"target": number(target)}
        title = t(f"workforce.{key}", share=number(now["certificate_share"], 1), count=whole(now["examination"]),
                  exam_share=number(now["examination_share"], 1), **said)  # fmt: skip
    figure = charts.trend(lines, title=title, text=_short_percent, theme=theme, empty=empty, height=height)
    shown = table.assign(certificate_share=table["certificate_share"].astype("float64").round(2),
                         examination_share=table["examination_share"].astype("float64").round(2))  # fmt: skip
    return Made(title, figure, _headed(shown, year="year", certificate="certified", certificate_share="certified_share",
                                       examination="examined", examination_share="examined_share"))  # fmt: skip


def _short_percent(value: float) -> str:
    """A share as an axis labels it: a whole one without decimals."""
    return f"{number(value)}%" if float(value).is_integer() else percent(value)


def needed(rule: str, workers: float, neighbourhoods: float) -> int:
    """Workers a posting rule asks for at least: a third of all; one for three neighbourhoods; one for each."""
    asked = {"third": workers * THIRD, "pair": neighbourhoods / 3, "each": neighbourhoods}[rule]
    return math.ceil(asked - 1e-9)


def rules(total: pd.Series[float], communities: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """What each of the three posting rules asks for against who is posted.

    `total`: workers, posted, neighbourhoods of the area; `communities` are rows of workforce_places by community, for
    counting those that meet a rule by themselves.
    """
    workers, posted, neighbourhoods = (float(total[k]) for k in ("workers", "posted", "neighbourhoods"))
    asks = {rule: needed(rule, workers, neighbourhoods) for rule in RULES}
    data = pd.DataFrame({"key": RULES, "name": [t(f"workforce.rule_{r}") for r in RULES], "value": list(asks.values())})
    note = {rule: t("workforce.rule_met" if posted >= asked else "workforce.rule_short", by=whole(abs(posted - asked)))
            for rule, asked in asks.items()}  # fmt: skip
    met = [rule for rule, asked in asks.items() if posted >= asked]
    title = empty
    if workers:
        key = {3: "rules_all", 0: "rules_none"}.get(len(met), "rules_some")
        unmet = [rule for rule in RULES if rule not in met]
        title = t(
            f"workforce.{key}", posted=whole(posted), share=share(posted, workers), met=_said(met), unmet=_said(unmet)
        )
    given = data if workers else data.head(0)
    figure = charts_forms.bars(
        given, title=title, text=whole, theme=theme, empty=empty, note=note, marked=met or ("",),
        most=max(posted, *asks.values()),
    )  # fmt: skip
    if workers:
        charts_shares.past(figure, [posted] * len(RULES), theme)
        _line_at(figure, posted, t("workforce.posted_line", count=whole(posted)), theme)
    meets = {
        "third": communities["posted"] >= communities["workers"] * THIRD,
        "pair": communities["posted"] * 3 >= communities["neighbourhoods"],
        "each": communities["posted"] >= communities["neighbourhoods"],
    }
    table = data.assign(posted=posted, short=[max(0, asked - posted) for asked in data["value"]],
                        communities=len(communities), meeting=[int(meets[rule].sum()) for rule in RULES])  # fmt: skip
    return Made(title, figure, _headed(table, name="rule", value="asked", posted="posted", short="short",
                                       meeting="meeting", communities="communities"))  # fmt: skip


def _said(chosen: list[str]) -> str:
    """The rules of a list in a sentence."""
    return t("workforce.and").join(t(f"workforce.rule_said_{rule}") for rule in chosen)


def _line_at(figure: go.Figure, value: float, words: str, theme: Theme) -> None:
    """An upright line across the bars of all rules, named at its foot."""
    tone, foot = charts.TONES[theme], len(RULES) - 0.55
    line = {"color": tone.series[1], "width": 2}
    figure.add_shape(type="line", x0=value, x1=value, y0=-0.45, y1=foot, line=line)
    figure.add_annotation(
        x=value, y=foot, yanchor="top", yshift=-2, text=words, showarrow=False,
        font={"color": tone.series[1], "size": tone.size},
    )  # fmt: skip
    figure.update_layout(margin_b=tone.size * 2, height=figure.layout.height + tone.size * 2)


def teams(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """How many workers the communities have (rows of workforce_places by community), against seven."""
    data = rows.dropna(subset=["workers"])
    title = empty
    sizes = data.groupby("workers").size() if len(data) else pd.Series(dtype="int64")
    if len(data):
        full = int((data["workers"] >= SEVEN).sum())
        said = {"communities": whole(len(data)), "seven": whole(full), "share": share(full, len(data))}
        title = t("workforce.teams", mean=number(data["workers"].mean(), 1), **said)
        sizes = sizes.reindex(range(int(sizes.index.min()), int(sizes.index.max()) + 1), fill_value=0)
    given = pd.DataFrame({"key": sizes.index.astype(str), "name": sizes.index.astype(str), "value": sizes.to_numpy()})
    figure = charts_shares.frequency(
        given, title=title, text=whole, theme=theme, empty=empty, across=t("workforce.across_workers"),
        marked=[key for key in given["key"] if int(key) >= SEVEN] or ("",),
    )  # fmt: skip
    table = data.assign(name=[area_name(row) for _, row in data.iterrows()], beyond=data["workers"] - SEVEN)
    table = table.sort_values(["workers", "code"], kind="stable")
    headed = {"code": "code", "name": "area", "neighbourhoods": "neighbourhoods", "workers": "workers"}
    return Made(title, figure, _headed(table, **headed, beyond="beyond_seven"))


def load(rows: pd.DataFrame, own: str, theme: Theme, empty: str) -> Made:
    """Households and cases for each worker, place by place (rows of workforce_places); `own` stands out."""
    known = rows[rows["workers"].fillna(0) > 0]
    data = known.assign(key=known["code"], name=[area_name(row) for _, row in known.iterrows()],
                        x=(known["households"] / known["workers"]).astype("float64"),
                        y=(known["cases"] / known["workers"]).astype("float64"))  # fmt: skip
    title, middle = empty, None
    if len(data):
        workers = float(data["workers"].sum())
        middle = (float(data["households"].sum()) / workers, float(data["cases"].sum()) / workers)
        said = {"households": whole(middle[0]), "cases": tenth(middle[1])}
        title = t("workforce.load_one", **said)
        if len(data) > 1:
            top = data.sort_values("x", ascending=False, kind="stable").iloc[0]
            title = t("workforce.load", **said, place=top["name"], most=whole(top["x"]))
    marked = (own,) if own in set(data["key"]) else ()
    axes = (t("workforce.households_per_worker"), t("workforce.cases_per_worker"))
    short = [short_name(row, level_of(str(row["code"]))) for _, row in data.iterrows()]
    figure = charts_shares.against(
        data.assign(name=short), title=title, text=(whole, tenth), axes=axes, theme=theme, empty=empty, marked=marked,
        middle=middle, middle_name=t("workforce.average"),
    )  # fmt: skip
    table = data.assign(x=data["x"].round(1), y=data["y"].round(1), promoted=data["promoted"].fillna(0).astype("int64"))
    table = table.sort_values("x", ascending=False, kind="stable")
    return Made(title, figure, _headed(table, code="code", name="area", workers="workers", households="households",
                                       x="households_per_worker", cases="cases", y="cases_per_worker",
                                       promoted="promoted"))  # fmt: skip


def _post(post: str) -> str:
    return t("workforce.post", post=post)


def _headed(frame: pd.DataFrame, **columns: str) -> pd.DataFrame:
    """The named columns in that order, under the words workforce.col_<…>."""
    return frame[list(columns)].set_axis([t(f"workforce.col_{word}") for word in columns.values()], axis=1)
