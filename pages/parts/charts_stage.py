"""The trend as it is read from the back row: two lines, three ticks, the last value; names stand in the heading."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import Theme
from pages.parts.charts import TONES, Line, Text, canvas, value_axis, width_of

HEIGHT = 190  # px at the projector's type size, as wide as the column beside the map
RIGHT = 12


def plain_trend(lines: Sequence[Line], *, text: Text, theme: Theme) -> go.Figure | None:
    """Lines over months without title or names, the main one (the first) on top with its last value; None without one.

    Each line has columns month (datetime) and value (float, null = no data); a gap stays a gap.
    """
    tone = TONES[theme]
    shown = [line for line in lines if line.points["value"].notna().any()]
    if not shown or not shown[0].main:
        return None
    last = shown[0].points.dropna(subset=["value"]).sort_values("month").iloc[-1]
    written = text(float(last["value"]))
    figure = canvas("", theme, HEIGHT, right=RIGHT + width_of(written) * tone.size * 0.56)
    for line in reversed(shown):
        points = line.points.sort_values("month")
        alone = points["value"].notna().sum() < 4
        figure.add_trace(
            go.Scatter(
                x=points["month"], y=points["value"], mode="lines+markers" if alone else "lines", name=line.name,
                line={"color": tone.accent if line.main else tone.context, "width": 4 if line.main else 2.5,
                      "dash": "solid" if line.main else "dot"},
                marker={"size": 9}, cliponaxis=False, hovertemplate="%{x|%Y-%m}  <b>%{y}</b><extra></extra>",
            )
        )  # fmt: skip
    value_axis(figure, [v for line in shown for v in line.points["value"].dropna()], text, "y")
    _ends(figure, pd.concat([line.points["month"] for line in shown]))
    figure.add_annotation(
        x=last["month"], y=float(last["value"]), text=f"<b>{written}</b>", showarrow=False, xanchor="left", xshift=6,
        font={"color": tone.accent},
    )  # fmt: skip
    return figure


def _ends(figure: go.Figure, months: pd.Series[pd.Timestamp]) -> None:
    """The first and the last month named, the first where it begins and the last where it ends."""
    first, last = pd.Timestamp(months.min()), pd.Timestamp(months.max())
    yearly = months.dt.month.nunique() == 1
    end = "%m" if first.year == last.year else "%Y-%m"  # the year once, so that both fit under a narrow chart
    labels = [f"{m:%Y}" for m in (first, last)] if yearly else [f"{first:%Y-%m}", last.strftime(end)]
    pad = max((last - first) * 0.03, pd.Timedelta(days=12))
    figure.update_xaxes(type="date", showticklabels=False, range=[first - pad, last + pad])
    for month, label, anchor in zip((first, last), labels, ("left", "right"), strict=True):
        if anchor == "right" and first == last:
            break
        figure.add_annotation(
            x=month, y=0, yref="paper", yanchor="top", yshift=-4, text=label, showarrow=False, xanchor=anchor,
            font={"color": figure.layout.template.layout.xaxis.tickfont.color},
        )  # fmt: skip
