"""Charts of the page on values and events: from a query's rows to finding, figure and table, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import PALETTES, Theme
from pages.parts import charts, charts_forms
from pages.parts.charts import Tone, canvas, empty_chart, month_axis, value_axis
from pages.parts.charts_forms import Made
from pages.parts.words import compact, date_text, enum, lang, number, t

BRANDS = ("neighbourhood_visiting", "four_seasons", "integrity")
BANDS = ("0-14", "15-34", "35-59", "60-74", "75+")
SEXES = ("male", "female")
SIZES = (0, 20, 50, 100, 200, 500, 1000)
FAMILIES = ("culture_place", "interest_group", "garden")
SEASONS = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}
ELSEWHERE = "elsewhere"


def whole(value: float) -> str:
    """A whole number as charts label it."""
    return number(value)


def share(part: float, of: float) -> str:
    """A part in whole per cent, without the sign; 0 of nothing."""
    return number(100 * part / of if of else 0.0)


# ── when ──


def by_week(days: pd.DataFrame) -> pd.DataFrame:
    """Rows of events_days summed by week: week (its Monday), events, counted, volunteering, attendances (or null)."""
    starts = days["day"] - pd.to_timedelta(days["day"].dt.day_of_week, unit="D")
    columns = ["events", "counted", "volunteering", "attendances"]
    return days.assign(week=starts).groupby("week")[columns].sum(min_count=1).reset_index()


def weeks(days: pd.DataFrame, area: str, theme: Theme, empty: str, height: int) -> Made:
    """Attendances week by week with the seasons and 20 May (rows of events_days)."""
    rows = by_week(days)
    table = headed(
        rows.assign(week=[date_text(day.date()) for day in rows["week"]]),
        week="week", events="events_count", counted="counted", volunteering="volunteering", attendances="attendances",
    )  # fmt: skip
    if rows.empty or not rows["attendances"].fillna(0).sum():
        return Made(empty, empty_chart("", empty, theme, height), table)
    title = _weeks_title(days, rows, area)
    figure = canvas(title, theme, height)
    tone, values = charts.TONES[theme], rows["attendances"].astype("float64").fillna(0)
    value_axis(figure, [0.0, *values], compact, "y")
    if (days["day"].max() - days["day"].min()).days <= 366:
        _seasons(figure, days, tone, theme)
    mays = [pd.Timestamp(year, 5, 20) for year in sorted(days["day"].dt.year.unique())]
    mays = [day for day in mays if days["day"].min() <= day <= days["day"].max()]
    own = {day - pd.Timedelta(days=day.weekday()) for day in mays}
    figure.add_trace(
        go.Bar(
            x=rows["week"] + pd.Timedelta(days=3), y=values, width=86_400_000 * 6,
            marker={"color": [tone.series[1] if week in own else tone.accent for week in rows["week"]]},
            customdata=[
                [f"{week:%Y-%m}", date_text(week.date()), whole(float(value)), whole(float(events))]
                for week, value, events in zip(rows["week"], values, rows["events"], strict=True)
            ],
            hovertemplate=f"%{{customdata[1]}}  <b>%{{customdata[2]}}</b> {t('events.attendances')}"
            f"<br>%{{customdata[3]}} {t('events.events_count')}<extra></extra>",
        )
    )  # fmt: skip
    month_axis(figure, pd.concat([rows["week"], rows["week"] + pd.Timedelta(days=6)]))
    for day in mays:
        _mark_day(figure, day, tone)
    return Made(title, figure, table)


def _weeks_title(days: pd.DataFrame, rows: pd.DataFrame, area: str) -> str:
    may = days[(days["day"].dt.month == 5) & (days["day"].dt.day == 20) & days["attendances"].notna()]
    best = rows.iloc[int(rows["attendances"].astype("float64").fillna(0).to_numpy().argmax())]
    day, top = date_text(best["week"].date()), whole(float(best["attendances"]))
    if may.empty:
        return t("events.weeks", area=area, day=day, value=top)
    events, value = whole(may["events"].sum()), whole(may["attendances"].sum())
    return t("events.weeks_may", area=area, day=day, top=top, events=events, value=value)


def _seasons(figure: go.Figure, days: pd.DataFrame, tone: Tone, theme: Theme) -> None:
    """Every second season on a tinted ground, each named on top."""
    first, last = days["day"].min(), days["day"].max()
    begins = [first, *(d for d in pd.date_range(first, last, freq="MS") if d.month in SEASONS and d > first), last]
    for start, end in pairwise(begins):
        season = SEASONS[max((m for m in SEASONS if m <= start.month), default=12)]
        tinted = season in {"summer", "winter"}
        figure.add_vrect(
            x0=start,
            x1=end,
            layer="below",
            line_width=0,
            fillcolor=PALETTES[theme].paper if tinted else "rgba(0,0,0,0)",
        )
        if (end - start).days > 40:
            figure.add_annotation(
                x=start + (end - start) / 2, y=1, yref="paper", yanchor="top", text=t(f"events.{season}"),
                showarrow=False, font={"color": tone.muted},
            )  # fmt: skip


def _mark_day(figure: go.Figure, day: pd.Timestamp, tone: Tone) -> None:
    figure.add_shape(
        type="line", x0=day, x1=day, y0=0, y1=0.9, yref="paper",
        line={"color": tone.series[1], "width": 1.5, "dash": "dot"},
    )  # fmt: skip
    figure.add_annotation(
        x=day, y=0.9, yref="paper", yanchor="top", xanchor="left", xshift=4, text=t("events.may20"), showarrow=False,
        font={"color": tone.series[1], "weight": 600},
    )  # fmt: skip


# ── what ──


def kinds(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Attendances by kind (rows of glance_events), with the number of events."""
    data = rows.assign(key=rows["kind"], name=[enum("kind", k) for k in rows["kind"]], value=rows["attendances"])
    total = data["value"].sum()
    title = empty if data.empty else t(
        "events.kinds", kind=data.iloc[0]["name"], share=share(data.iloc[0]["value"], total),
        events=whole(data["events"].sum()), attendances=whole(total),
    )  # fmt: skip
    note = {str(r["kind"]): t("events.kinds_note", events=whole(r["events"])) for _, r in rows.iterrows()}
    figure = charts_forms.bars(data, title=title, text=compact, theme=theme, empty=empty, note=note)
    table = headed(data, name="kind", events="events_count", attendances="attendances")
    return Made(title, figure, table.assign(**{enum("brand", brand): rows[brand].to_numpy() for brand in BRANDS}))


def brands(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Attendances per event under each brand and without one (rows of events_brands)."""
    per = (rows["attendances"] / rows["counted"].where(rows["counted"] > 0)).astype("float64")
    data = rows.assign(key=rows["brand"], name=[enum("brand", b) for b in rows["brand"]], value=per)
    title = _brands_title(rows) if len(rows) else empty
    note = {str(r["brand"]): t("events.kinds_note", events=whole(r["events"])) for _, r in rows.iterrows()}
    figure = charts_forms.bars(
        data,
        title=title,
        text=whole,
        theme=theme,
        empty=empty,
        note=note,
        marked=[b for b in BRANDS if b in set(rows["brand"])],
    )
    table = data.assign(value=per.round(1))
    return Made(title, figure, headed(table, name="brand", events="events_count", counted="counted",
                                       attendances="attendances", value="per_event"))  # fmt: skip


def _brands_title(rows: pd.DataFrame) -> str:
    own, other = rows[rows["brand"] != "none"], rows[rows["brand"] == "none"]
    if own.empty:
        return t("events.brands_none", events=whole(rows["events"].sum()))

    def per(part: pd.DataFrame) -> str:
        counted = part["counted"].sum()
        return number(part["attendances"].sum() / counted if counted else None)

    events = own["events"].sum()
    return t(
        "events.brands", events=whole(events), share=share(events, rows["events"].sum()), per=per(own), other=per(other)
    )


def sizes(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Events by attendances of the single event (rows of events_sizes)."""
    by_size = rows.set_index(rows["attendances_from"].fillna(-1).astype(int))
    keys = [*SIZES, *([-1] if -1 in by_size.index else [])]
    full = by_size.reindex(keys)
    names = [t("events.size_unknown") if key < 0 else t(f"events.size_{key}") for key in keys]
    data = pd.DataFrame({"key": [str(k) for k in keys], "name": names, "value": full["events"].fillna(0).to_numpy()})
    title = empty if rows.empty else _sizes_title(full, rows)
    given = data if len(rows) else data.head(0)
    figure = charts_forms.bars(given, title=title, text=whole, theme=theme, empty=empty, marked=[str(k) for k in SIZES])
    table = data.assign(attendances=full["attendances"].astype("Int64").to_numpy())
    return Made(title, figure, headed(table, name="size", value="events_count", attendances="attendances"))


def _sizes_title(full: pd.DataFrame, rows: pd.DataFrame) -> str:
    median = rows["median"].iloc[0]
    top = full.loc[1000]
    if pd.isna(top["events"]):
        return t("events.sizes_small", median=number(median))
    held = share(float(top["attendances"]), float(rows["attendances"].sum()))
    return t("events.sizes", median=number(median), top=whole(float(top["events"])), share=held)


# ── who, and from where ──


def pyramid(rows: pd.DataFrame, whose: str, k: int, theme: Theme, empty: str) -> Made:
    """Attendances by age and sex (rows of chart_attendance_age_sex after suppression: with `hidden`).

    `whose` names the area counted where that is not the one in view, else "".
    """
    known = rows[rows["age_band"].isin(BANDS) & rows["sex"].isin(SEXES)]
    title = _pyramid_title(known) if known["attendances"].notna().any() else empty
    title = t("events.pyramid_of", area=whose, said=title) if whose else title
    data = known.rename(columns={"age_band": "band", "sex": "side", "attendances": "value", "first_time": "inner"})
    figure = charts_forms.pyramid(
        data, {band: enum("age_band", band) for band in reversed(BANDS)},
        ((SEXES[0], enum("sex", SEXES[0])), (SEXES[1], enum("sex", SEXES[1]))),
        title=title, text=compact, theme=theme, empty=empty, inner=t("events.pyramid_inner"),
        hidden=t("events.hidden", k=k),
    )  # fmt: skip
    named = rows.assign(
        age_band=[enum("age_band", b) for b in rows["age_band"]], sex=[enum("sex", s) for s in rows["sex"]]
    )
    columns = {"age_band": "age_band", "sex": "sex", "attendances": "attendances", "first_time": "first_time"}
    return Made(title, figure, headed(told_cells(named, "attendances", "first_time", k=k), **columns))


def _pyramid_title(known: pd.DataFrame) -> str:
    if known[["attendances", "first_time"]].isna().to_numpy().any():
        return t("events.pyramid_part")
    total = float(known["attendances"].sum())
    by_sex = known.groupby("sex")["attendances"].sum()
    top = str(by_sex.idxmax())
    old = float(known.loc[known["age_band"].isin(["60-74", "75+"]), "attendances"].sum())
    first = float(known["first_time"].sum())
    return t("events.pyramid", sex=enum("sex", top), share=share(float(by_sex.max()), total), old=share(old, total),
             first=share(first, total))  # fmt: skip


def exchange(
    named: pd.DataFrame,
    hosted: pd.Series[float],
    names: Mapping[str, str],
    level: str,
    k: int,
    theme: Theme,
    empty: str,
) -> Made:
    """Who attends where: rows of events_exchange after suppression, with `hidden` and ELSEWHERE for what lies outside.

    `names` are code → name of the areas shown, `level` is the name of their level, `hosted` all attendances hosted by
    each of them in the years shown (told anyhow, so that the finding needs no hidden count).
    """
    outside = (named[["host", "home"]] == ELSEWHERE).to_numpy().any()
    parts = {**names, ELSEWHERE: t("events.elsewhere")} if outside else dict(names)
    title = _exchange_title(named, hosted, parts, level) if len(named) else empty
    cells = named.rename(columns={"host": "row", "home": "column", "attendances": "value"})
    labels = len(parts) <= 8
    hint = t("events.across_hidden") if named["attendances"].isna().any() and not labels else t("events.across_home")
    figure = charts_forms.matrix(
        cells, parts, parts, title=title, text=compact, theme=theme, empty=empty, log=True, across=hint, labels=labels,
        hidden=t("events.hidden", k=k),
    )  # fmt: skip
    table = named.assign(host=[parts[c] for c in named["host"]], home=[parts[c] for c in named["home"]])
    told = told_cells(table, "attendances", k=k)
    return Made(title, figure, headed(told, host="host", home="home", attendances="attendances"))


def _exchange_title(named: pd.DataFrame, hosted: pd.Series[float], parts: Mapping[str, str], level: str) -> str:
    stays = named[named["host"] == named["home"]].set_index("host")["attendances"].astype("Float64").dropna()
    total = hosted.reindex(stays.index).astype("float64").dropna()
    away = total - stays.astype("float64").reindex(total.index)
    if away.empty or not away.sum():
        return t("events.exchange_none", level=level)
    return t("events.exchange", share=share(away.sum(), total.sum()), level=level, name=parts[str(away.idxmax())],
             count=whole(float(away.max())))  # fmt: skip


def flows(rows: pd.DataFrame, code: str, name: str, within: float | None, k: int, theme: Theme, empty: str) -> Made:
    """The strongest flows of one community (rows of chart_attendance_flow with `hidden`); `within`: its own people."""
    coming = rows["host"] == code
    other = rows["home"].where(coming, rows["host"])
    called = rows[f"home_{lang()}"].where(coming, rows[f"host_{lang()}"])
    data = rows.assign(
        key=other + coming.map({True: "|coming", False: "|going"}), value=rows["attendances"],
        name=[t("events.flow_in" if c else "events.flow_out", name=n) for c, n in zip(coming, called, strict=True)],
    )  # fmt: skip
    arrived = rows[coming & rows["attendances"].notna()]
    title = t("events.flows_none", area=name)
    if len(arrived):
        top, total = arrived.iloc[0], float(arrived["attendances"].sum())
        title = t("events.flows_top", area=name, name=top[f"home_{lang()}"], count=whole(float(top["attendances"])))
    if len(arrived) and within is not None:
        title = t("events.flows", area=name, share=share(total, total + within), name=top[f"home_{lang()}"],
                  count=whole(float(top["attendances"])))  # fmt: skip
    shown = data.head(14)
    figure = charts_forms.bars(
        shown, title=title, text=whole, theme=theme, empty=empty, marked=set(shown.loc[coming, "key"]),
        hidden=t("events.hidden", k=k),
    )  # fmt: skip
    table = data.assign(direction=[t("events.coming" if c else "events.going") for c in coming],
                        host=rows[f"host_{lang()}"], home=rows[f"home_{lang()}"])  # fmt: skip
    columns = {"direction": "flow_direction", "host": "host", "home": "home", "attendances": "attendances"}
    return Made(title, figure, headed(told_cells(table, "attendances", k=k), **columns))


def told_cells(frame: pd.DataFrame, *columns: str, k: int) -> pd.DataFrame:
    """Hidden counts as words where there are any: such a cell is never a zero and never empty."""
    words = t("events.hidden_cell", k=k)
    gaps = [c for c in columns if frame[c].isna().any()]
    return frame.assign(**{c: [words if pd.isna(v) else whole(float(v)) for v in frame[c]] for c in gaps})


# ── values and places ──


def values(rows: pd.DataFrame, theme: Theme, empty: str, height: int) -> Made:
    """Covenants and integrity neighbourhoods by year (rows of events_values)."""
    table = headed(
        rows, year="year", neighbourhoods="neighbourhoods", covenants="covenants",
        integrity_neighbourhoods="integrity_neighbourhoods", model_neighbours="model_neighbours", stories="stories",
        integrity_events="integrity_events",
    )  # fmt: skip
    title = _values_title(rows.iloc[-1]) if len(rows) else empty
    ratios = rows[["covenants", "integrity_neighbourhoods"]].mul(100).div(rows["neighbourhoods"], axis=0)
    shared = ratios.assign(month=pd.to_datetime({"year": rows["year"], "month": 12, "day": 1}))
    lines = [
        charts.Line(t(f"events.{words}"), shared.assign(value=shared[column]), main)
        for column, words, main in (
            ("covenants", "covenant_line", False), ("integrity_neighbourhoods", "integrity_line", True),
        )
    ]  # fmt: skip
    figure = charts.trend(lines, title=title, text=lambda v: f"{number(v)}%", theme=theme, empty=empty, height=height)
    return Made(title, figure, table)


def _values_title(last: pd.Series[float]) -> str:
    if last["neighbourhoods"] == 1:
        covenant = t("events.has_covenant" if last["covenants"] else "events.no_covenant")
        integrity = t("events.is_integrity" if last["integrity_neighbourhoods"] else "events.not_integrity")
        return t("events.values_one", covenant=covenant, integrity=integrity)
    return t(
        "events.values", covenants=whole(last["covenants"]), share=share(last["covenants"], last["neighbourhoods"]),
        integrity=whole(last["integrity_neighbourhoods"]),
        integrity_share=share(last["integrity_neighbourhoods"], last["neighbourhoods"]),
    )  # fmt: skip


def places(rows: pd.DataFrame, neighbourhoods: int, theme: Theme, empty: str) -> Made:
    """Places for culture, interest groups and gardens by kind (rows of events_places)."""
    order = rows.assign(rank=[FAMILIES.index(f) for f in rows["family"]]).sort_values(
        ["rank", "places"], ascending=[True, False]
    )
    data = order.assign(
        key=order["family"] + "|" + order["kind"], value=order["places"],
        name=[_of_family(f, k) for f, k in zip(order["family"], order["kind"], strict=True)],
    )  # fmt: skip
    counts = rows.groupby("family")["places"].sum()
    own = rows.loc[rows["family"] == "culture_place", "neighbourhoods_of_family"]
    held = int(own.iloc[0]) if len(own) else 0
    covered = t("events.places_all") if held >= neighbourhoods else t("events.places_some", count=whole(held))
    key = "events.places" if neighbourhoods > 1 else "events.places_one"
    title = empty if rows.empty else t(
        key, covered=covered, places=whole(counts.get("culture_place", 0)),
        groups=whole(counts.get("interest_group", 0)), gardens=whole(counts.get("garden", 0)),
    )  # fmt: skip
    figure = charts_forms.bars(data, title=title, text=whole, theme=theme, empty=empty)
    table = order.assign(
        family=[t(f"events.family_{f}") for f in order["family"]], kind=[enum("kind", k) for k in order["kind"]]
    )
    return Made(title, figure, headed(table, family="family", kind="kind", places="places_count",
                                       neighbourhoods="neighbourhoods", size="size_of"))  # fmt: skip


def _of_family(family: str, kind: str) -> str:
    return f"{t(f'events.family_{family}')} · {enum('kind', kind)}"


def headed(frame: pd.DataFrame, **columns: str) -> pd.DataFrame:
    """The named columns in that order, under the words events.<…>."""
    return frame[list(columns)].set_axis([t(f"events.{word}") for word in columns.values()], axis=1)
