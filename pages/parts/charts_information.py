"""Charts of the information page: from a query's rows to finding, figure and table, in the reader's words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import Theme, sequential
from pages.parts import charts, charts_forms, charts_shares
from pages.parts.charts_forms import Made
from pages.parts.state import level_of
from pages.parts.words import area_name, enum, lang, number, short_name, signed, t

STAGES = ("received", "analysed", "dispatched", "handled", "closed")
LEVELS = ("neighbourhood", "community", "subdistrict", "district")
FORCES = ("officer", "part_time_informant", "police", "migrant_population", "law_enforcement")
INFORMANTS = ("full_time_informant", "part_time_informant")
FEW = 10  # closed matters a place needs before it is named quickest or slowest


def whole(value: float) -> str:
    """A whole number as charts label it."""
    return number(value)


def tenth(value: float) -> str:
    """A number with one decimal; from a hundred on, whole."""
    return number(value, 0 if abs(value) >= 100 else 1)


def percent(value: float) -> str:
    """A share of a hundred as charts label it."""
    return f"{number(value, 1)}%"


def staffing(value: float) -> str:
    """Full-time equivalents, which come in quarters, without decimals that say nothing."""
    text = number(value, 2)
    return text.rstrip("0").rstrip(".")


def share(part: float, of: float) -> str:
    """A part per cent with one decimal, without the sign; a dash of nothing."""
    return number(100 * part / of if of else None, 1)


def steps(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """How far the matters received have got (rows of information_stages)."""
    data = rows[rows["stage"] != "whole"].reset_index(drop=True)
    received = int(data["reached"].iloc[0]) if len(data) else 0
    stays = (data["reached"] - data["reached"].shift(-1)).fillna(0).astype(int)
    note = {
        str(s): f" · {share(reached, received)}%" for s, reached in zip(data["stage"], data["reached"], strict=True)
    }
    named = data.assign(key=data["stage"], name=[_stage(s) for s in data["stage"]], value=data["reached"], stays=stays)
    given = named if received else named.head(0)
    title = _steps_title(named, received) if received else empty
    figure = charts_forms.bars(given, title=title, text=whole, theme=theme, empty=empty, note=note)
    table = named.assign(share=(100 * named["value"] / received).round(2) if received else None)
    return Made(title, figure, _headed(table, name="stage", value="reached", share="share", stays="stays"))


def _steps_title(data: pd.DataFrame, received: int) -> str:
    waiting = int(data["stays"].sum())
    said = {"received": whole(received), "share": share(received - waiting, received), "open": whole(waiting)}
    if not waiting:
        return t("information.steps_all", received=said["received"])
    top = data.sort_values("stays", ascending=False, kind="stable").iloc[0]
    return t("information.steps", **said, stage=t(f"information.waiting_{top['stage']}"), stuck=whole(top["stays"]))


def times(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """What each step took, half and nine in ten of the matters (rows of information_stages)."""
    data = rows[rows["stage"] != "received"]
    data = data.assign(name=[_stage(s) for s in data["stage"]])
    own = data[data["stage"] != "whole"].dropna(subset=["median_hours"])
    title = empty
    if len(own):
        slow = own.sort_values("median_hours", ascending=False, kind="stable").iloc[0]
        title = t(
            "information.times",
            stage=t(f"information.step_{slow['stage']}"),
            half=tenth(slow["median_hours"]),
            nine=tenth(slow["p90_hours"]),
        )
    given = data.rename(columns={"stage": "key", "median_hours": "low", "p90_hours": "high"})
    figure = charts_shares.spans(
        given, title=title, text=tenth, theme=theme, empty=empty, ends=_ends(), marked=("whole",)
    )
    return Made(title, figure, _headed(data, name="stage", reached="reached", median_hours="median", p90_hours="p90"))


def channels(rows: pd.DataFrame, before: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Channels in per cent of all matters, a tick for the same period a year before (rows of information_channels)."""
    total, earlier = rows["received"].sum(), before["received"].sum()
    then = before.set_index("channel")["received"] / earlier * 100 if earlier else pd.Series(dtype="float64")
    data = rows.assign(key=rows["channel"], name=[enum("channel", c) for c in rows["channel"]])
    data = data.assign(value=100 * data["received"] / total, before=data["channel"].map(then).astype("float64"))
    change = (data["value"] - data["before"]).round(1)
    note = {str(k): f" ({signed(c, 1)})" for k, c in zip(data["key"], change, strict=True) if pd.notna(c)}
    title = _channels_title(data) if total else empty
    most = float(pd.concat([data["value"], data["before"]]).max()) if total else None
    figure = charts_forms.bars(
        data, title=title, text=percent, theme=theme, empty=empty, note=note, marked=INFORMANTS, most=most
    )
    if total and earlier:
        charts_shares.past(figure, data["before"].tolist(), theme)
        _ticks(figure, data["before"], charts.TONES[theme])
        charts_shares.legend(figure, [f"┃ {t('information.year_before')}"], charts.TONES[theme])
    table = data.assign(change=change, value=data["value"].round(2), before=data["before"].round(2))
    return Made(
        title,
        figure,
        _headed(
            table, name="channel", received="received", value="share", before="share_before", change="change",
            closed="closed", median_hours="median", p90_hours="p90",
        ),
    )  # fmt: skip


def _channels_title(data: pd.DataFrame) -> str:
    informants = data[data["key"].isin(INFORMANTS)]
    top = data.iloc[0]
    said = {"share": number(informants["value"].sum(), 1), "channel": top["name"], "most": number(top["value"], 1)}
    if data["before"].isna().all():
        return t("information.channels", **said)
    change = float(informants["value"].sum() - informants["before"].sum())
    key = "more" if change >= 0.05 else "less" if change <= -0.05 else "same"
    return t(f"information.channels_{key}", **said, by=number(abs(change), 1))


def _ticks(figure: go.Figure, values: pd.Series[float], tone: charts.Tone) -> None:
    """A short upright line across each bar at its earlier value."""
    for place, value in enumerate(values):
        if pd.notna(value):
            figure.add_shape(
                type="line", x0=value, x1=value, y0=place - 0.4, y1=place + 0.4, line={"color": tone.ink, "width": 2}
            )


def settled(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """At which level the closed matters of each category were settled (rows of information_categories)."""
    data = rows.assign(name=[enum("category", c) for c in rows["category"]])
    data = data.assign(own=(100 * data["neighbourhood"] / data["closed"].where(data["closed"] > 0)).astype("float64"))
    ordered = data.sort_values("own", ascending=False, kind="stable")
    title = _settled_title(ordered) if data["closed"].sum() else empty
    cells = ordered.melt("category", list(LEVELS), "part", "value").rename(columns={"category": "row"})
    ramp = sequential(theme, 4)[::-1]  # the level nearest to the residents stands out most
    figure = charts_shares.shares(
        cells, dict(zip(ordered["category"], ordered["name"], strict=True)),
        {level: enum("settled_within", level) for level in LEVELS}, title=title, text=whole, theme=theme, empty=empty,
        colours=dict(zip(LEVELS, ramp, strict=True)),
    )  # fmt: skip
    table = ordered.assign(
        own=ordered["own"].round(2), repeated=(100 * ordered["repeats"] / ordered["received"]).round(2)
    )
    levels = {level: f"level_{level}" for level in LEVELS}
    return Made(
        title,
        figure,
        _headed(
            table, name="category", received="received", closed="closed", own="settled_share", **levels,
            repeats="repeats", repeated="repeat_share", median_hours="median", p90_hours="p90",
        ),
    )  # fmt: skip


def _settled_title(ordered: pd.DataFrame) -> str:
    overall = share(ordered["neighbourhood"].sum(), ordered["closed"].sum())
    known = ordered[ordered["closed"] >= FEW]
    if len(known) < 2:
        return t("information.settled_only", share=overall)
    high, low = known.iloc[0], known.iloc[-1]
    return t("information.settled", share=overall, high=high["name"], high_share=number(high["own"]),
             low=low["name"], low_share=number(low["own"]))  # fmt: skip


def places(rows: pd.DataFrame, own: str, theme: Theme, empty: str) -> Made:
    """From receipt to closing, place by place, the quickest first (rows of information_places); `own` stands out."""
    data = rows.assign(name=[area_name(row) for _, row in rows.iterrows()], key=rows["code"])
    short = [short_name(row, level_of(str(row["code"]))) for _, row in rows.iterrows()]
    known = data[data["closed"] >= FEW].sort_values("median_hours", kind="stable")
    title = t("information.places_few")
    if len(known) > 1:
        quick, slow = known.iloc[0], known.iloc[-1]
        hours = {"quick_hours": tenth(quick["median_hours"]), "slow_hours": tenth(slow["median_hours"])}
        title = t("information.places", quick=quick["name"], slow=slow["name"], **hours)
    given = data.assign(name=short).rename(columns={"median_hours": "low", "p90_hours": "high"})
    given = given.sort_values(["low", "code"], kind="stable")
    marked = (own,) if own in set(data["key"]) else ()
    figure = charts_shares.spans(given, title=title, text=tenth, theme=theme, empty=empty, ends=_ends(), marked=marked)
    table = data.assign(
        settled=(100 * data["settled"] / data["closed"].where(data["closed"] > 0)).astype("float64").round(2),
        repeats=(100 * data["repeats"] / data["received"].where(data["received"] > 0)).astype("float64").round(2),
    )
    return Made(title, figure, _headed(table, code="code", name="area", received="received", closed="closed",
                                       median_dispatch_hours="median_dispatch", median_hours="median", p90_hours="p90",
                                       settled="settled_share", repeats="repeat_share"))  # fmt: skip


def waiting(rows: pd.DataFrame, theme: Theme) -> Made:
    """Open matters by category, the overdue ones apart (rows of information_open)."""
    empty = t("information.open_none")
    data = rows.assign(
        name=[enum("category", c) for c in rows["category"]], within=rows["open"] - rows["overdue"],
        longest=(rows["longest_hours"] / 24).astype("float64").round(1),
    )  # fmt: skip
    total, late = int(data["open"].sum()), int(data["overdue"].sum())
    title = t("information.open", open=whole(total), overdue=whole(late), share=share(late, total)) if total else empty
    cells = data.melt("category", ["overdue", "within"], "part", "value").rename(columns={"category": "row"})
    tone = charts.TONES[theme]
    figure = charts_shares.shares(
        cells, dict(zip(data["category"], data["name"], strict=True)),
        {"overdue": t("information.overdue"), "within": t("information.within")}, title=title, text=whole, theme=theme,
        empty=empty, colours={"overdue": tone.series[1], "within": sequential(theme, 5)[1]}, whole=False,
    )  # fmt: skip
    return Made(title, figure, _headed(data, name="category", open="open_count", overdue="overdue_count",
                                       usual_hours="usual", longest="longest"))  # fmt: skip


def forces(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Who works in the neighbourhoods in the last year (rows of information_posted): neighbourhoods reached."""
    last = rows[rows["year"] == rows["year"].max()].set_index("force").reindex(FORCES).dropna(subset=["staff"])
    data = last.reset_index().rename(columns={"force": "key"})
    data = data.assign(
        name=[_force(k) for k in data["key"]],
        value=100 * data["reached"] / data["neighbourhoods"],
        per=(data["neighbourhoods"] / data["staff"].where(data["staff"] > 0)).astype("float64"),
    )
    note = {str(r["key"]): t("information.force_note", staff=staffing(r["staff"])) for _, r in data.iterrows()}
    officer = data[(data["key"] == "officer") & (data["staff"] > 0)]
    title = _forces_title(officer.iloc[0]) if len(officer) else t("information.forces_none") if len(data) else empty
    shared: dict[str, Any] = {"title": title, "theme": theme, "empty": empty, "marked": ("officer",)}
    if (data["neighbourhoods"] == 1).all():  # nothing to reach beyond itself: how many there are
        figure = charts_forms.bars(data.assign(value=data["staff"]), text=staffing, **shared)
    else:
        figure = charts_forms.bars(data, text=percent, note=note, most=100.0, **shared)
    every = rows.assign(name=[_force(k) for k in rows["force"]], staff=rows["staff"].round(2)).sort_values(
        ["year", "force"], ascending=[False, True]
    )
    headed = _headed(
        every,
        year="year",
        name="force",
        staff="staff",
        reached="neighbourhoods_reached",
        neighbourhoods="neighbourhoods",
    )
    return Made(title, figure, headed)


def _forces_title(officer: pd.Series[Any]) -> str:
    staff, per = staffing(officer["staff"]), round(float(officer["per"]), 1)
    if officer["neighbourhoods"] == 1:
        return t("information.forces_one", staff=staff)
    key = "fits" if 2 <= per <= 3 else "few" if per > 3 else "many"
    neighbourhoods = whole(officer["neighbourhoods"])
    return t(f"information.forces_{key}", staff=staff, neighbourhoods=neighbourhoods, per=number(per, 1))


def repeats_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The matters that came again most often, for the reader (rows of information_repeats)."""
    named = rows.assign(
        area=rows[f"area_{lang()}"], category=[enum("category", c) for c in rows["category"]],
        first=[f"{d:%Y-%m-%d}" for d in rows["first_received_at"]],
        last=[f"{d:%Y-%m-%d}" for d in rows["last_received_at"]],
    )  # fmt: skip
    return _headed(named, case_id="case_id", area="area", category="category", repetitions="repetitions", first="first",
                   last="last")  # fmt: skip


def _stage(stage: str) -> str:
    return t(f"information.stage_{stage}")


def _force(force: str) -> str:
    return enum("agency", force) if force in FORCES[2:] else t(f"information.force_{force}")


def _ends() -> tuple[str, str]:
    return t("information.half"), t("information.nine")


def _headed(frame: pd.DataFrame, **columns: str) -> pd.DataFrame:
    """The named columns in that order, under the words information.col_<…>."""
    return frame[list(columns)].set_axis([t(f"information.col_{word}") for word in columns.values()], axis=1)
