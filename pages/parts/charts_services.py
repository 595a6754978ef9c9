"""Charts of the services page: from a query's rows to finding, figure and table, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geo.palettes import Theme
from pages.parts import charts, charts_forms, state
from pages.parts.charts_forms import Made
from pages.parts.words import area_name, compact, date_text, enum, lang, number, short_name, t

KINDS = ("assistance", "elderly_children", "culture_sport", "local")
SIZES, AGES = (0, 10, 20, 30), (0, 1, 3, 5)
NONE = "none"
MOST_TEAMS = 24  # rows a matrix of teams can hold and still be read


def whole(value: float) -> str:
    """A whole number as charts label it."""
    return number(value)


def share(part: float, of: float) -> str:
    """A part in whole per cent, without the sign; 0 of nothing."""
    return number(100 * part / of if of else 0.0)


def kinds(rows: pd.DataFrame, area: str, theme: Theme, empty: str) -> Made:
    """Teams by kind (rows of glance_teams), with the projects of each kind beside them."""
    data = rows.rename(columns={"teams": "value"}).assign(key=rows["kind"], name=[_kind(k) for k in rows["kind"]])
    top = data.sort_values("value", ascending=False, kind="stable").iloc[0]
    title = (
        t("services.kinds_zero", area=area)
        if not top["value"]
        else t(
            "services.kinds",
            area=area,
            teams=whole(data["value"].sum()),
            kind=_kind(top["kind"]),
            count=whole(top["value"]),
        )
    )
    note = {str(r["kind"]): t("services.kinds_note", projects=whole(float(r["projects"]))) for _, r in rows.iterrows()}
    given = data if data["value"].sum() else data.head(0)
    figure = charts_forms.bars(given, title=title, text=whole, theme=theme, empty=empty, note=note)
    return Made(title, figure, _headed(data, name="kind", value="teams", members="members", projects="projects_count",
                                       door_to_door="door", beneficiaries="times"))  # fmt: skip


def shapes(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Teams by size and age (rows of services_team_shapes)."""
    cells: pd.DataFrame = rows.groupby(["years_from", "members_from"])["teams"].sum().reset_index()
    total = cells["teams"].sum()
    small = cells.loc[cells["members_from"] < 20, "teams"].sum()
    old = cells.loc[cells["years_from"] >= 5, "teams"].sum()
    title = t("services.shapes", small=share(small, total), old=share(old, total)) if total else empty
    figure = charts_forms.matrix(
        cells.rename(columns={"years_from": "row", "members_from": "column", "teams": "value"}),
        {str(years): t(f"services.years_{years}") for years in AGES},
        {str(members): t(f"services.members_{members}") for members in SIZES},
        title=title, text=whole, theme=theme, empty=empty, across=t("services.across_members"),
    )  # fmt: skip
    named = rows.assign(
        kind_name=[_kind(k) for k in rows["kind"]],
        size=[t(f"services.members_{m}") for m in rows["members_from"]],
        age=[t(f"services.years_{y}") for y in rows["years_from"]],
    )
    return Made(title, figure, _headed(named, kind_name="kind", size="size", age="age", teams="teams"))


def unserved(rows: pd.DataFrame, groups: Mapping[str, str], column: str, theme: Theme, empty: str) -> Made:
    """Neighbourhoods without teams, by part of the area (rows of services_reach; `groups` code → name, by `column`)."""
    bare = rows[rows["teams"] == 0]
    title = _reach_title(bare, rows)
    flags = pd.DataFrame({NONE: rows["teams"] == 0, **{kind: rows[kind] == 0 for kind in KINDS}})
    counted = flags.groupby(rows[column]).sum().reindex(list(groups)).dropna()
    cells = counted.rename_axis("row").reset_index().melt("row", var_name="column", value_name="value")
    heads = {NONE: t("services.reach_none"), **{k: t("services.reach_without", kind=_kind(k)) for k in KINDS}}
    figure = charts_forms.matrix(
        cells, {code: groups[code] for code in counted.index}, heads, title=title, text=whole, theme=theme, empty=empty
    )
    return Made(title, figure, reach_table(rows))


def _reach_title(bare: pd.DataFrame, rows: pd.DataFrame) -> str:
    if bare.empty:
        return t("services.reach_all")
    households = whole(float(bare["households"].sum()))
    return t("services.reach_some", none=whole(len(bare)), households=households, share=share(len(bare), len(rows)))


def reach_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Every neighbourhood with the teams that serve it, those without any first."""
    named = rows.assign(name=rows[f"name_{lang()}"]).sort_values(["teams", "code"], kind="stable")
    columns = {"code": "code", "name": "neighbourhood", "households": "households", "teams": "teams"}
    table = _headed(named, **columns)
    return table.assign(**{_kind(kind): named[kind].to_numpy() for kind in KINDS})


def served(rows: pd.DataFrame, teams: pd.DataFrame, community: str, theme: Theme, empty: str) -> Made:
    """Teams × neighbourhoods of a community (rows of services_reach and of the records team_reach)."""
    names = {str(code): str(name) for code, name in zip(rows["code"], rows[f"name_{lang()}"], strict=True)}
    order = teams.groupby("team_id").size().sort_values(ascending=False, kind="stable").index[:MOST_TEAMS]
    called = teams.drop_duplicates("team_id").set_index("team_id")["name"]
    bare = int((rows["teams"] == 0).sum())
    counts = {"neighbourhoods": whole(len(rows)), "teams": whole(teams["team_id"].nunique()), "none": whole(bare)}
    title = t("services.served" if bare else "services.served_all", community=community, **counts)
    cells = pd.DataFrame({"row": teams["team_id"], "column": teams["neighbourhood"], "value": 1.0})
    figure = charts_forms.matrix(
        cells, {str(team): str(called[team]) for team in order}, names, title=title,
        text=lambda _: t("services.served_yes"), theme=theme, empty=empty,
    )  # fmt: skip
    listed = teams.assign(kind_name=[_kind(k) for k in teams["kind"]], place=teams[f"area_{lang()}"])
    return Made(title, figure, _headed(listed, name="team", kind_name="kind", members="members", place="neighbourhood"))


def projects(rows: pd.DataFrame, period: str, theme: Theme, empty: str, height: int) -> Made:
    """Projects by month and kind (rows of services_projects)."""
    total = rows["projects"].sum()
    by_kind = rows.groupby("kind")["projects"].sum()
    title = t("services.projects_none", period=period) if rows.empty else t(
        "services.projects", period=period, projects=whole(total), door=share(rows["door_to_door"].sum(), total),
        kind=_kind(str(by_kind.idxmax())), count=whole(float(by_kind.max())),
    )  # fmt: skip
    figure = charts_forms.stacked(
        rows.rename(columns={"kind": "part", "projects": "value"}), {kind: _kind(kind) for kind in KINDS},
        title=title, text=compact, theme=theme, empty=empty, height=height,
    )  # fmt: skip
    named = rows.assign(month=[f"{m:%Y-%m}" for m in rows["month"]], kind=[_kind(k) for k in rows["kind"]])
    return Made(title, figure, _headed(named, month="month", kind="kind", projects="projects_count",
                                       door_to_door="door", reported="reported", beneficiaries="times"))  # fmt: skip


def funds(given: pd.DataFrame, micro: pd.DataFrame, period: str, theme: Theme, empty: str) -> Made:
    """Spent of planned: rows of services_funds by fund, and of services_micro_projects as one."""
    rows = given.assign(name=[enum("fund", fund) for fund in given["fund"]], key=given["fund"])
    if len(micro):
        own = {"key": "micro_project", "name": t("services.micro"), "payers": None,
               "planned": micro["planned_reported"].sum(), "spent": micro["spent"].sum()}  # fmt: skip
        rows = pd.concat([rows, pd.DataFrame([own])], ignore_index=True) if len(rows) else pd.DataFrame([own])
    told = rows[rows["key"] != "micro_project"] if len(given) else rows
    planned, out = (told["planned"].sum(), told["spent"].sum()) if len(rows) else (0, 0)
    title = t("services.funds_none", period=period)
    if planned:
        title = t("services.funds", period=period, spent=compact(out), share=share(out, planned))
    if rows.empty:
        rows = pd.DataFrame(columns=["key", "name", "planned", "spent", "payers"])
    figure = charts_forms.spent(rows, title=title, text=compact, theme=theme, empty=empty, of=t("services.funds_of"))
    rows = rows.assign(share=(100 * rows["spent"] / rows["planned"]).astype("float64").round(1))
    return Made(
        title, figure, _headed(rows, name="fund", payers="payers", planned="planned", spent="spent", share="share")
    )


def organisations(rows: pd.DataFrame, theme: Theme, empty: str, height: int) -> Made:
    """Growth of the register (rows of services_organisations)."""
    table = rows.pivot_table(index="day", columns="scope", values="organisations", aggfunc="sum").fillna(0)
    table = table.reindex(columns=["community", "other"], fill_value=0)
    table["all"] = table.sum(axis=1)
    title = _growth_title(table) if len(table) else empty
    months = table.index.to_series().dt.to_period("M").dt.to_timestamp()
    lines = [
        charts.Line(name, _points(months, table[key]), main)
        for key, name, main in (
            ("all", t("services.organisations_all"), False), ("community", t("services.organisations_in"), True),
        )
    ]  # fmt: skip
    figure = charts.trend(lines, title=title, text=compact, theme=theme, empty=empty, height=height)
    out = table.reset_index().assign(day=lambda x: [date_text(d.date()) for d in x["day"]])
    return Made(title, figure, _headed(out, day="day", all="all_organisations", community="community_organisations"))


def _points(months: pd.Series[pd.Timestamp], values: pd.Series[float]) -> pd.DataFrame:
    return pd.DataFrame({"month": months.to_numpy(), "value": values.astype("float64").to_numpy()})


def _growth_title(table: pd.DataFrame) -> str:
    first, last = table.iloc[0], table.iloc[-1]
    said = {"now": whole(last["all"]), "community": whole(last["community"])}
    if table.index[0] != pd.Timestamp(2013, 1, 1) or not first["community"]:
        return t("services.organisations_new", **said)
    grown = {
        key: number(100 * (last[of] / first[of] - 1))
        for key, of in (("growth", "all"), ("community_growth", "community"))
    }
    return t("services.organisations", **said, **grown)


def ventures(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Venture philanthropy by year (rows of services_ventures): funds, with the number of projects beside them."""
    title = empty if rows.empty else t(
        "services.ventures", projects=whole(rows["projects"].sum()), funds=compact(float(rows["funds"].sum())),
        times=compact(float(rows["beneficiaries"].sum())),
    )  # fmt: skip
    data = pd.DataFrame({"key": rows["year"].astype(str), "name": rows["year"].astype(str), "value": rows["funds"]})
    note = {str(r["year"]): t("services.ventures_note", projects=whole(r["projects"])) for _, r in rows.iterrows()}
    figure = charts_forms.bars(data, title=title, text=compact, theme=theme, empty=empty, note=note)
    return Made(title, figure, _headed(rows.assign(year=data["name"]), year="year", projects="projects_count",
                                       funds="funds_amount", beneficiaries="beneficiaries"))  # fmt: skip


def points(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Neighbourhoods per service office by part of the area (rows of services_points), lawyer points beside them."""
    offices, neighbourhoods = rows["offices"].sum(), rows["neighbourhoods"].sum()
    said = {"stations": whole(rows["stations"].sum()), "lawyers": whole(rows["lawyer_points"].sum())}
    title = t("services.points_none", **said)
    if offices:
        title = t("services.points", offices=whole(offices), per=number(neighbourhoods / offices, 1), **said)
    names = [area_name(row) for _, row in rows.iterrows()]
    per = (rows["neighbourhoods"] / rows["offices"].where(rows["offices"] > 0)).astype("float64")
    called = [short_name(row, state.level_of(str(row["code"]))) for _, row in rows.iterrows()]
    data = pd.DataFrame({"key": rows["code"], "name": called, "value": per}).sort_values("value", ascending=False)
    note = {str(r["code"]): t("services.points_note", lawyers=whole(r["lawyer_points"])) for _, r in rows.iterrows()}
    shown = data.dropna(subset=["value"])
    figure = charts_forms.bars(shown, title=title, text=lambda v: number(v, 1), theme=theme, empty=empty, note=note)
    listed = rows.assign(name=names, per=per.round(2))
    table = _headed(listed, code="code", name="area", neighbourhoods="neighbourhoods",
                    offices="offices", per="per_office", stations="stations", lawyer_points="lawyers",
                    with_lawyer="with_lawyer")  # fmt: skip
    return Made(title, figure, table)


def brands(rows: pd.DataFrame, theme: Theme, empty: str) -> Made:
    """Teams of each named brand (rows of services_brands), with their projects beside them."""
    named = rows.assign(
        key=rows["brand"], name=rows["brand"], value=rows["teams"], kind=[_kind(k) for k in rows["kind"]]
    )
    title = t("services.brands", brands=whole(len(rows)), teams=whole(rows["teams"].sum())) if len(rows) else empty
    note = {str(r["brand"]): t("services.kinds_note", projects=whole(r["projects"])) for _, r in rows.iterrows()}
    figure = charts_forms.bars(named, title=title, text=whole, theme=theme, empty=empty, note=note)
    table = _headed(
        named, brand="brand", kind="kind", teams="teams", members="members", neighbourhoods="neighbourhoods_served",
        projects="projects_count", beneficiaries="times",
    )  # fmt: skip
    return Made(title, figure, table)


def _kind(kind: str) -> str:
    return enum("kind", kind)


def _headed(frame: pd.DataFrame, **columns: str) -> pd.DataFrame:
    """The named columns in that order, under the words services.<…>."""
    return frame[list(columns)].set_axis([t(f"services.{word}") for word in columns.values()], axis=1)
