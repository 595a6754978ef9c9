"""What the comparison says: side by side, who changed most, one scale over time, who is alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pandas as pd

from data.indicators import Indicator
from data.spreadsheets import Figure
from geo.palettes import Theme
from pages.parts import charts_outcomes, data, glances, state, tables, undelivered
from pages.parts.charts_forms import Made, bars, matrix
from pages.parts.scene import Shown
from pages.parts.words import area_name, lang, level_name, levels_name, number, period_text, signed, t, unit_name
from queries.indicators import likeness
from queries.indicators import values as values_of

LISTED = 16  # areas a chart names; of more, those that changed most
ALIKE = 10


def sentence(known: Sequence[Indicator], values: pd.DataFrame, area: str, period: str) -> str:
    """Which area leads in most of the indicators that have a better direction, and in how many the one in view does."""
    judged = [each for each in known if each.direction != "none" and values[each.id].notna().sum() > 1]
    leads = pd.Series([leader(each, values[each.id]) for each in judged], dtype=object).dropna().value_counts()
    if leads.empty:
        none = t("compare_page.sentence_none", count=number(len(values)), period=period_text(period))
        return undelivered.otherwise((table for each in known for table in each.source), area, period, none)
    top = leads.index[leads == leads.max()]
    said = t(
        "compare_page.sentence" if len(top) == 1 else "compare_page.sentence_joint",
        period=period_text(period),
        count=number(len(values)),
        of=number(len(judged)),
        names=t("alerts.and").join(area_name(data.area(str(code))) for code in top[:2]),
        leads=number(int(leads.max())),
    )
    if area in values.index and area not in top:
        key = "compare_page.sentence_own" if leads.get(area, 0) else "compare_page.sentence_own_none"
        said += t(key, name=area_name(data.area(area)), leads=number(int(leads.get(area, 0))))
    return said + t("compare_page.sentence_end")


def leader(indicator: Indicator, values: pd.Series[float]) -> str | None:
    """The one area with the best value; None where several share it or it has nobody beside it."""
    known = values.dropna()
    if len(known) < 2:
        return None
    best = known.min() if indicator.direction == "down" else known.max()
    ahead = known.index[known == best]
    return str(ahead[0]) if len(ahead) == 1 else None


def table(known: Sequence[Indicator], values: pd.DataFrame, kept: pd.DataFrame) -> str:
    """Indicators down, areas across; the best value of each is bold, each leads to its records; `kept`: withheld."""
    areas = data.areas()
    levels = areas.loc[values.index, "level"].nunique()
    columns = [tables.Column(t("area.indicator"), lambda row: _name(row["indicator"]))]
    for code in map(str, values.index):
        level = level_name(str(areas.at[code, "level"])) if levels > 1 else ""
        columns.append(tables.Column(data.place_name(str(code)), _cells_of(values, kept, code), level, numeric=True))
    groups = [tables.Group("", [{"indicator": each} for each in known])]
    return tables.table(groups, columns, t("compare_page.table"))


def _name(indicator: Indicator) -> str:
    name = indicator.words("name", lang())
    link = tables.anchor(state.link(indicator=indicator.id), name, t("compare_page.map_of", name=name))
    return f'{link} <span class="ll-unit">{escape(unit_name(indicator.unit))}</span>'


def _cells_of(values: pd.DataFrame, kept: pd.DataFrame, code: str) -> Callable[[tables.Row], str]:
    return lambda row: _cell(row["indicator"], values, kept, code)


def _cell(indicator: Indicator, values: pd.DataFrame, kept: pd.DataFrame, code: str) -> str:
    value = float(values[indicator.id].loc[code])
    if pd.isna(value):
        withheld = bool(kept.at[code, indicator.id])
        why, said = t("meaning.withheld_legend"), t("meaning.withheld")
        if not withheld:
            why, said = t("legend.missing"), _missing(indicator, code) or number(None)
        return f'<span class="ll-nothing" title="{escape(why)}">{escape(said)}</span>'
    best = indicator.direction != "none" and leader(indicator, values[indicator.id]) == code
    shown = number(value, indicator.decimals)
    filters = {state.own_key(column): ",".join(given) for column, given in indicator.records_filter.items()}
    address = (
        state.link("records", area=code, table=indicator.records, **filters)
        if indicator.records
        else glances.records_link(indicator)
    )
    label = t(
        "compare_page.records_of", name=indicator.words("name", lang()), area=area_name(data.area(code)), value=shown
    )
    link = tables.anchor(address, shown, label)
    return f'<strong class="ll-best" title="{escape(t("compare_page.best"))}">{link}</strong>' if best else link


def exported(known: Sequence[Indicator], values: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """The table as a frame for a file; what is withheld stands in it as a word."""
    areas, hidden = data.areas(), kept & values.isna()
    rows = [
        {
            t("area.indicator"): each.words("name", lang()),
            t("definitions.unit"): unit_name(each.unit),
            **{
                area_name(areas.loc[code]): _told(each, str(code), values.at[code, each.id], hidden.at[code, each.id])
                for code in values.index
            },
        }
        for each in known
    ]
    return pd.DataFrame(rows)


def _missing(indicator: Indicator, code: str) -> str:
    return undelivered.word(indicator.source, code, state.current_view().period)


def _told(indicator: Indicator, code: str, value: Any, hidden: Any) -> Figure | str | None:
    if hidden:
        return t("meaning.withheld")
    return (_missing(indicator, code) or None) if pd.isna(value) else Figure(float(value), indicator.decimals)


def board(
    known: Sequence[Indicator], values: pd.DataFrame, kept: pd.DataFrame, period: str, theme: Theme
) -> Made | None:
    """The table as a board: indicators down, areas across, the better a value among the areas the darker its cell."""
    rows: dict[str, str] = {}
    places: list[dict[str, object]] = []
    words: dict[str, str] = {}
    for each in known:
        column = values[each.id].dropna()
        if column.empty:
            continue
        rows[each.id] = t("compare_page.board_row", name=each.words("short", lang()), unit=unit_name(each.unit))
        for code, place in _places_of(each, column).items():
            places.append({"row": each.id, "column": str(code), "value": place})
            words[f"{each.id}|{code}"] = number(float(column[str(code)]), each.decimals)
    if not rows:
        return None
    names = {str(code): data.place_name(str(code)) for code in values.index}
    title = t("compare_page.board_title", period=period, areas=number(len(names)), indicators=number(len(rows)))
    figure = matrix(
        pd.DataFrame(places), rows, names, title=title, text=lambda v: number(v, 2), theme=theme, empty=title,
        words=words,
    )  # fmt: skip
    return Made(title, figure, exported(known, values, kept))


def _places_of(indicator: Indicator, column: pd.Series[float]) -> pd.Series[float]:
    """From 0 for the last to 1 for the first of the areas; all in the middle where nothing is better or worse."""
    if indicator.direction == "none" or len(column) < 2 or column.nunique() == 1:
        return pd.Series(0.5, index=column.index)
    ranks = column.rank(method="average", ascending=indicator.direction != "down")
    return (ranks - 1) / (len(column) - 1)


def changes(
    indicator: Indicator, before: pd.DataFrame, after: pd.DataFrame, what: Shown, periods: tuple[str, str], theme: Theme
) -> Made | None:
    """From the one period to the other, most risen first; of many areas those that changed most."""
    ratio = indicator.denominator is not None
    one, other = (values_of(each, indicator.scale, ratio=ratio).set_axis(each["code"]) for each in (before, after))
    both = pd.DataFrame({"before": one, "after": other}).dropna()
    if both.empty:
        return None
    both["change"] = both["after"] - both["before"]
    both["name"] = [data.place_name(str(code)) for code in both.index]
    both = both.sort_values("change", ascending=False)
    step = 0.5 * 10**-indicator.decimals
    title = t(
        "compare_page.change_title",
        indicator=indicator.words("short", lang()),
        since=period_text(periods[0]),
        until=period_text(periods[1]),
        counted=levels_name(what.level, len(both)),
        rose=number(int((both["change"] >= step).sum())),
        fell=number(int((both["change"] <= -step).sum())),
    )
    shown = both if len(both) <= LISTED else pd.concat([both.head(LISTED // 2), both.tail(LISTED // 2)])
    frame = pd.DataFrame(
        {
            "key": shown.index, "name": shown["name"], "value": shown["after"],
            "low": shown[["before", "after"]].min(axis=1), "high": shown[["before", "after"]].max(axis=1),
            "note": [signed(change, indicator.decimals) for change in shown["change"]],
        }
    )  # fmt: skip
    figure = charts_outcomes.intervals(
        frame, title=title, text=lambda v: number(v, indicator.decimals if v % 1 else 0), theme=theme, empty=title,
        marked=[what.mark] if what.mark else [],
    )  # fmt: skip
    twin = pd.DataFrame(
        {
            t("ranked.area"): both["name"].to_list(),
            period_text(periods[0]): both["before"].round(indicator.decimals + 1).to_list(),
            period_text(periods[1]): both["after"].round(indicator.decimals + 1).to_list(),
            t("compare_page.change"): both["change"].round(indicator.decimals + 1).to_list(),
        }
    )
    return Made(title, figure, twin)


def multiples(indicator: Indicator, rows: pd.DataFrame, codes: Sequence[str], own: str, theme: Theme) -> Made | None:
    """The indicator over time, a panel an area, all of one scale."""
    points = rows.assign(
        key=rows["code"],
        month=pd.to_datetime(rows["month"])
        if "month" in rows
        else pd.to_datetime({"year": rows["year"], "month": 12, "day": 1}),
        value=values_of(rows, indicator.scale, ratio=indicator.denominator is not None),
    )
    if points["value"].notna().sum() == 0:
        return None
    names = {code: data.place_name(code) for code in codes}
    peak = points.iloc[int(points["value"].argmax())]
    title = t(
        "compare_page.multiples_title",
        indicator=indicator.words("short", lang()),
        name=names[str(peak["code"])],
        month=f"{peak['month']:%Y-%m}" if "month" in rows else f"{peak['month']:%Y}",
        value=number(float(peak["value"]), indicator.decimals),
    )
    figure = charts_outcomes.multiples(
        points, names, title=title, text=lambda v: number(v, indicator.decimals if v % 1 else 0), theme=theme,
        empty=title, marked=own,
    )  # fmt: skip
    wide = points.pivot(index="month", columns="code", values="value").reindex(columns=list(codes))
    twin = wide.round(indicator.decimals + 1).set_axis([names[code] for code in codes], axis=1)
    twin.insert(0, t("compare_page.month"), [f"{month:%Y-%m}" for month in twin.index])
    return Made(title, figure, twin.reset_index(drop=True))


def alike(rows: pd.DataFrame, code: str, period: str, theme: Theme) -> Made | None:
    """The areas most like one: how far, and what likeness goes by."""
    distance = likeness(rows, code).sort_values(kind="stable").head(ALIKE)
    if distance.empty:
        return None
    every = rows.set_index("code", drop=False)
    elderly = data.indicator_of(data.indicators()["elderly_share"], [code, *distance.index], period)["value"]
    frame = pd.DataFrame(
        {
            "key": distance.index,
            "name": [area_name(every.loc[c]) for c in distance.index],
            "value": distance.to_numpy(),
        }
    )
    sizes = [row for _, row in every.loc[distance.index].iterrows()]
    note = {str(row["code"]): t("compare_page.note", people=number(row["people"])) for row in sizes}
    title = t(
        "compare_page.alike_title",
        name=area_name(every.loc[code]),
        first=frame["name"].iloc[0],
        own=_size(every.T[code]),
        other=_size(sizes[0]),
    )
    figure = bars(frame, title=title, text=lambda v: number(v, 2), theme=theme, empty=title, note=note)
    twin = pd.DataFrame([_features(every.loc[c], distance.get(c), elderly.get(c)) for c in [code, *distance.index]])
    return Made(title, figure, twin)


def _size(row: pd.Series[Any]) -> str:
    return t("compare_page.size", people=number(row["people"]), density=number(_density(row)))


def _density(row: pd.Series[Any]) -> float:
    return float(row["people"]) / max(float(row["area_km2"]), 1e-9)


def _features(row: pd.Series[Any], distance: float | None, elderly: float | None) -> dict[str, object]:
    kind = row["kind"]
    return {
        t("ranked.area"): area_name(row),
        t("compare_page.distance"): None if distance is None else round(float(distance), 2),
        t("compare_page.people"): int(row["people"]),
        t("compare_page.density"): round(_density(row)),
        t("compare_page.km2"): round(float(row["area_km2"]), 2),
        t("compare_page.elderly"): None if elderly is None or pd.isna(elderly) else round(float(elderly), 1),
        t("compare_page.kind"): t(f"area.kind_{kind}") if isinstance(kind, str) else "",
    }
