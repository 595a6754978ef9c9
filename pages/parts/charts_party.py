"""Charts of the Party page: from queries' rows to finding, figure and table, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from geo.palettes import PALETTES, Theme, sequential
from pages.parts import charts_forms, state
from pages.parts.charts import TONES, canvas, short, width_of
from pages.parts.charts_forms import Made
from pages.parts.words import area_name, enum, level_name, number, short_name, t

ROLES = (
    "information", "mediation", "order", "cleaning", "security", "patrol", "publicity", "review", "assistance",
)  # fmt: skip
UNITS = ("grid", "group", "both")  # what may coincide with a neighbourhood
FORCES = ("force_professional", "force_volunteer", "force_joint")
COUNTS = (
    "communities", "committees", "neighbourhoods", "branches", "with_branch", "groups", "households", "members",
)  # fmt: skip


def share(part: float, of: float) -> float:
    """A part in per cent; 0 of nothing."""
    return 100 * part / of if of else 0.0


def whole(value: float) -> str:
    """A number as charts label it, without decimals."""
    return number(value)


def percent(value: float) -> str:
    """A share as charts label it."""
    return f"{number(value)}%"


def place_name(row: Any) -> str:
    """An area's name where all those beside it are of its level."""
    return short_name(row, state.level_of(str(row["code"])))


# ── the chain ──


def chain(rows: list[tuple[str, pd.DataFrame]], theme: Theme) -> Made:
    """The Party chain as an icicle: `rows` are (level, rows of party_chain), the area itself first, then its parts.

    A box is as wide as its neighbourhoods, coloured by the share of them with a branch; a community without a committee
    is hatched, and so is a neighbourhood without a branch. Under neighbourhoods stand their stairwell groups and key
    households.
    """
    top = rows[0][1].iloc[0]
    title = t(
        "party.chain",
        area=area_name(top),
        committees=whole(top["committees"]),
        branches=whole(top["branches"]),
        share=number(share(top["with_branch"], top["neighbourhoods"])),
        groups=whole(top["groups"]),
        households=whole(top["households"]),
    )
    if rows[0][0] == "neighbourhood":
        title = t(
            "party.chain_one", area=area_name(top), branches=whole(top["branches"]), groups=whole(top["groups"]),
            households=whole(top["households"]),
        )  # fmt: skip
    placed = [_placed(rows[0][1], None)]
    for _, frame in rows[1:]:
        placed.append(_placed(frame, placed[-1]))
    levels = [level for level, _ in rows]
    names = [level_name(level) for level in levels]
    boxes = [
        _boxes(frame, depth, theme, level, up=depth == 0)
        for depth, (level, frame) in enumerate(zip(levels, placed, strict=True))
    ]
    if levels[-1] == "neighbourhood":
        for column in ("groups", "households"):
            names.append(t(f"party.row_{column}"))
            boxes.append(_counts(placed[-1], len(boxes), theme, column))
    return Made(title, _icicle(title, pd.concat(boxes), names, theme), _chain_table(rows))


def _placed(frame: pd.DataFrame, above: pd.DataFrame | None) -> pd.DataFrame:
    """The areas with their left end and width, each inside the area above that it is part of."""
    frame = frame.assign(width=frame["neighbourhoods"].clip(lower=1).astype("float64"))
    if above is None:
        return frame.assign(left=0.0)
    starts = above.set_index("code")["left"]
    holder = frame["parent"] if frame["parent"].isin(starts.index).all() else pd.Series(starts.index[0], frame.index)
    order = frame.assign(start=holder.map(starts)).sort_values(["start", "code"], kind="stable")
    return order.assign(left=order["start"] + order.groupby("start")["width"].cumsum() - order["width"])


def _boxes(frame: pd.DataFrame, depth: int, theme: Theme, level: str, up: bool) -> pd.DataFrame:
    ramp = sequential(theme, 5)
    shares = [share(r["with_branch"], r["neighbourhoods"]) for _, r in frame.iterrows()]
    bare = frame["branches"] == 0
    if level == "community":
        bare = frame["with_committee"] == 0
    colours = [ramp[min(4, int(value // 20))] for value in shares]
    if level == "neighbourhood":
        colours = [PALETTES[theme].zero if away else ramp[3] for away in bare]
    return pd.DataFrame(
        {
            "key": [
                str(r["parent"]) if up and isinstance(r["parent"], str) else str(r["code"]) for _, r in frame.iterrows()
            ],
            "depth": depth,
            "left": frame["left"].to_numpy(),
            "width": frame["width"].to_numpy(),
            "colour": colours,
            "ink": [charts_forms.ink_on(colour) for colour in colours],
            "bare": bare.to_numpy() & (level in {"community", "neighbourhood"}),
            "text": [_written(_inside(r, level), level, theme) for _, r in frame.iterrows()],
            "said": [_said(r, level) for _, r in frame.iterrows()],
        }
    )


def _written(name: str, level: str, theme: Theme) -> str:
    """A name in its box: on a projector, whose large type is wider than a subdistrict's box, Chinese goes downwards."""
    if theme == "projector" and level == "subdistrict" and not name.isascii():
        return "<br>".join(name)
    return short(name, 14)


def _inside(row: pd.Series[Any], level: str) -> str:
    """A name inside a box of a row that says the level, so without it: 新城桥."""
    name = short_name(row, level)
    return name if level == "district" else name.removesuffix(level_name(level))


def _said(row: pd.Series[Any], level: str) -> str:
    known = {name: whole(row[name]) for name in COUNTS}
    key = "party.box_one" if level == "neighbourhood" else "party.box"
    return t(key, area=area_name(row), **known)


def _counts(frame: pd.DataFrame, depth: int, theme: Theme, column: str) -> pd.DataFrame:
    ramp, most = sequential(theme, 5), max(int(frame[column].max()), 1)
    steps = [min(4, int(4 * value / most)) if value else -1 for value in frame[column]]
    colours = [PALETTES[theme].zero if step < 0 else ramp[step] for step in steps]
    return pd.DataFrame(
        {
            "key": frame["code"].to_numpy(),
            "depth": depth,
            "left": frame["left"].to_numpy(),
            "width": frame["width"].to_numpy(),
            "colour": colours,
            "ink": [charts_forms.ink_on(colour) for colour in colours],
            "bare": False,
            "text": [whole(value) for value in frame[column]],
            "said": [f"{area_name(r)} · {t(f'party.row_{column}')} {whole(r[column])}" for _, r in frame.iterrows()],
        }
    )


def _icicle(title: str, boxes: pd.DataFrame, names: list[str], theme: Theme) -> go.Figure:
    tone = TONES[theme]
    left = max(map(width_of, names)) * tone.size * 0.6 + 12
    figure = canvas(title, theme, round(len(names) * tone.size * 3.6 + tone.title * 3.4), left=left)
    figure.add_trace(
        go.Bar(
            x=boxes["left"] + boxes["width"] / 2, width=boxes["width"], base=boxes["depth"], y=[0.94] * len(boxes),
            marker={
                "color": boxes["colour"], "line": {"color": tone.paper, "width": 1},
                "pattern": {"shape": ["/" if bare else "" for bare in boxes["bare"]], "fgcolor": tone.muted, "size": 5},
            },
            text=boxes["text"], textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"color": boxes["ink"], "size": tone.size},
            customdata=boxes[["key", "said"]].to_numpy().tolist(),
            hovertemplate="%{customdata[1]}<extra></extra>",
        )
    )  # fmt: skip
    end = float((boxes["left"] + boxes["width"]).max())
    figure.update_xaxes(visible=False, range=[0, end])
    figure.update_yaxes(
        range=[len(names), 0], tickvals=[place + 0.47 for place in range(len(names))], ticktext=names, showgrid=False,
        zeroline=False,
    )  # fmt: skip
    figure.update_layout(margin_b=6, uniformtext={"minsize": tone.size - 2, "mode": "hide"})
    return figure


def _chain_table(rows: list[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                t("party.code"): frame["code"],
                t("party.area"): [area_name(r) for _, r in frame.iterrows()],
                t("party.level"): level_name(level),
            }
            | {t(f"party.{column}"): frame[column] for column in COUNTS}
        )
        for level, frame in rows
    ]
    return pd.concat(parts, ignore_index=True)


# ── coverage, units, posts, actions ──


def coverage(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """How many communities and neighbourhoods each level of the chain reaches (one row of party_chain)."""
    row = rows.iloc[0]
    steps = (
        ("with_committee", "communities"),
        *((w, "neighbourhoods") for w in ("with_branch", "with_group", "with_households")),
    )
    data = pd.DataFrame(
        {
            "key": [step for step, _ in steps],
            "name": [t(f"party.{step}") for step, _ in steps],
            "value": [share(row[step], row[of]) for step, of in steps],
            "reached": [int(row[step]) for step, _ in steps],
            "of": [int(row[of]) for _, of in steps],
        }
    )
    communities, neighbourhoods = row["communities"] - row["with_committee"], row["neighbourhoods"] - row["with_branch"]
    kind = "_both" if communities and neighbourhoods else "_branch" if neighbourhoods else "_all"
    kind = "_committee" if communities and not neighbourhoods else kind
    title = t(f"party.coverage{kind}", communities=whole(communities), neighbourhoods=whole(neighbourhoods))
    note = {
        r["key"]: t("party.coverage_note", reached=whole(r["reached"]), of=whole(r["of"])) for _, r in data.iterrows()
    }
    figure = charts_forms.bars(data, title=title, text=percent, theme=theme, empty=empty, most=100, note=note)
    return Made(title, figure, _headed(data, name="step", reached="reached", of="of", value="share"))


def three_in_one(
    parts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], names: Mapping[str, str], theme: Theme, empty: str
) -> Made | None:
    """Share of neighbourhoods with a grid, a residents' group or both of their own ground, by area.

    `parts` are rows of indicator_by_area, one for each of UNITS; a neighbourhood has them or not.
    """
    known = [frame[frame["denominator"] > 0].set_index("code") for frame in parts]
    if known[0].empty:
        return None
    shares = {unit: 100 * frame["numerator"] / frame["denominator"] for unit, frame in zip(UNITS, known, strict=True)}
    cells = pd.concat(
        [pd.DataFrame({"row": column.index, "column": unit, "value": column.values}) for unit, column in shares.items()]
    )
    total, (grids, groups, both) = known[0]["denominator"].sum(), (frame["numerator"].sum() for frame in known)
    title = t(
        "party.units", count=whole(total), both=whole(both), share=number(share(both, total), 1), grids=whole(grids),
        groups=whole(groups),
    )  # fmt: skip
    heads = {unit: t(f"party.unit_{unit}") for unit in UNITS}
    rows = {str(code): names[str(code)] for code in known[0].index}
    figure = charts_forms.matrix(cells, rows, heads, title=title, text=_cell(rows), theme=theme, empty=empty)
    table = pd.DataFrame({"code": list(rows), "area": list(rows.values()), "of": known[0]["denominator"].to_numpy()})
    counts = {unit: frame["numerator"].to_numpy() for unit, frame in zip(UNITS, known, strict=True)}
    named = table.assign(**counts, share=shares["both"].round(1).to_numpy())
    return Made(title, figure, _headed(named, code="code", area="area", of="compared", grid="unit_grid",
                                       group="unit_group", both="unit_both", share="share"))  # fmt: skip


def _cell(rows: Mapping[str, str]) -> Callable[[float], str]:
    """How a matrix of shares writes its cells: a single neighbourhood has a thing or not."""
    one = all(state.level_of(code) == "neighbourhood" for code in rows)
    return (lambda value: t("common.yes" if value else "common.no")) if one else whole


def posts(rows: pd.DataFrame, area: str, theme: Theme, empty: str) -> Made:
    """Share of neighbourhoods in which each role and force is filled, by area (rows of party_posts)."""
    known = rows[rows["posts"] > 0]
    cells = pd.DataFrame(
        {
            "row": known["code"],
            "column": known["post"],
            "value": [share(f, p) for f, p in zip(known["filled"], known["posts"], strict=True)],
        }
    )
    roles = known[known["post"].isin(ROLES)].groupby("post")[["filled", "posts"]].sum()
    shares = (100 * roles["filled"] / roles["posts"]).sort_values(kind="stable")
    forces = known[known["post"].isin(FORCES)]
    title = t(
        "party.posts", area=area, role=enum("post", str(shares.index[0])), low=number(shares.iloc[0]),
        best=enum("post", str(shares.index[-1])), high=number(shares.iloc[-1]), people=whole(forces["members"].sum()),
    )  # fmt: skip
    names = {str(r["code"]): place_name(r) for _, r in known.drop_duplicates("code").iterrows()}
    heads = {post: enum("post", post) for post in (*ROLES, *FORCES)}
    figure = charts_forms.matrix(cells, names, heads, title=title, text=_cell(names), theme=theme, empty=empty)
    named = rows.assign(area=[area_name(r) for _, r in rows.iterrows()], post=[enum("post", p) for p in rows["post"]])
    return Made(title, figure, _headed(named, code="code", area="area", post="post", posts="posts_count",
                                       filled="filled", members="people"))  # fmt: skip


def actions(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Nine assist actions by times, with the cadres who took part (rows of party_actions)."""
    summed = rows.groupby("action", as_index=False)[["times", "cadres"]].sum().sort_values("times", ascending=False)
    data = pd.DataFrame(
        {"key": summed["action"], "name": [enum("action", a) for a in summed["action"]], "value": summed["times"]}
    )
    last = int(rows["year"].max())
    title = t(
        "party.actions", times=whole(summed["times"].sum()), best=data["name"].iloc[0], year=last,
        cadres=whole(rows.loc[rows["year"] == last, "cadres"].sum()),
    )  # fmt: skip
    note = {r["action"]: t("party.actions_note", cadres=whole(r["cadres"])) for _, r in summed.iterrows()}
    figure = charts_forms.bars(data, title=title, text=whole, theme=theme, empty=empty, note=note)
    named = rows.assign(action=[enum("action", a) for a in rows["action"]])
    return Made(title, figure, _headed(named, year="year", action="action", times="times", cadres="cadres"))


def against_target(
    rows: pd.DataFrame, names: Mapping[str, str], target: float | None, mark: str | None, theme: Theme, empty: str,
    key: str, decimals: int, scale: float = 1.0,
) -> Made | None:  # fmt: skip
    """An indicator by area against its target (rows of indicator_by_area); areas below it in the accent.

    Words party.<key> with {below}, {count}, {high} and {low}; party.<key>_all where none is below its target,
    party.<key>_none where all are, and party.<key>_free where the period has no target.
    """
    known = rows.dropna(subset=["numerator", "denominator"])
    known = known[known["denominator"] > 0]
    if known.empty:
        return None
    known = known.assign(value=scale * known["numerator"] / known["denominator"]).sort_values("value", ascending=False)
    data = pd.DataFrame({"key": known["code"], "name": [names[c] for c in known["code"]], "value": known["value"]})
    below = list(data.loc[data["value"] < target, "key"]) if target is not None else []
    kind = "_free" if target is None else "" if below else "_all"
    kind = "_none" if len(below) == len(data) > 1 else kind
    title = t(
        f"party.{key}{kind}", below=whole(len(below)), count=whole(len(data)),
        high=number(data["value"].iloc[0], decimals), low=number(data["value"].iloc[-1], decimals),
        best=data["name"].iloc[0],
    )  # fmt: skip
    figure = charts_forms.bars(
        data, title=title, text=lambda v: number(v, decimals), theme=theme, empty=empty, most=target,
        marked=below or ([mark] if mark else []),
    )  # fmt: skip
    if target is not None and target <= data["value"].iloc[0]:  # beyond the bars it would cross their labels
        figure.add_shape(
            type="line", x0=target, x1=target, y0=0, y1=1, yref="paper",
            line={"color": TONES[theme].ink, "width": 1, "dash": "dot"},
        )  # fmt: skip
    table = known.assign(name=data["name"], value=known["value"].round(decimals + 1))
    return Made(title, figure, _headed(table, code="code", name="area", numerator=f"{key}_numerator",
                                       denominator=f"{key}_denominator", value=f"{key}_value"))  # fmt: skip


def _headed(frame: pd.DataFrame, **columns: str) -> pd.DataFrame:
    """The named columns in that order, under the words party.<…>."""
    return frame[list(columns)].set_axis([t(f"party.{word}") for word in columns.values()], axis=1)
