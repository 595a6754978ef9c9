"""Words of the workbench: neighbourhoods in a draft, steps, refusals, cautions and rule lights as sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from geo import plans_checks
from geo.necks import NECK_M, has_neck
from geo.operations import Transfer
from geo.plans import Plan, PlanRefused
from geo.plans_figures import Figures, Range
from geo.plans_limits import Concern, Warned
from geo.previews import Preview
from geo.store_errors import ConflictError
from geo.zoning_rules import RULES
from pages.parts import bounds, data, planner, workbench_base, workbench_steps
from pages.parts.words import has, lang, number, t, words
from pages.parts.workbench_steps import NEW, Options, TooShort

FOLLOWS = 0.9
JS = "workbench.js."


def browser_words() -> dict[str, Any]:
    """All words of the map, nested by their keys; `reasons` is a list."""
    found: dict[str, Any] = {}
    for key, text in words(lang()).items():
        if key.startswith(JS):
            *groups, name = key.removeprefix(JS).split(".")
            place = found
            for group in groups:
                place = place.setdefault(group, {})
            place[name] = text
    found["reasons"] = list(found["reasons"].values())
    return found


def js_word(name: str) -> str:
    """One of the map's words."""
    return t(f"workbench.js.{name}")


def hood_name(plan: Plan, code: str) -> str:
    """Name of a neighbourhood in a draft: as it was renamed, as published, else its community's with its serial."""
    given = plan.names.get(code)
    if given:
        return given[1] if lang() == "en" and given[1] else given[0]
    return published_name(code) or _serial_name(code)


def published_name(code: str) -> str:
    """The name of a published area in the reader's language, "" where there is none."""
    pair = workbench_base.names().get(code)
    return "" if pair is None else pair[lang() == "en"]


def _serial_name(code: str) -> str:
    short = published_name(code[:12]).removesuffix("社区").removesuffix(" Community") or code[:12]
    return f"{short}-{code[12:].lstrip('0').zfill(2)}"


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as each language lists them; of more than four the first three."""
    found = list(names)
    if len(found) > 4:
        return t("workbench.and_more", names=t("workbench.comma").join(found[:3]), count=number(len(found)))
    return t("workbench.comma").join(found)


def step_sentence(before: Plan, after: Plan, verb: str) -> str:
    """What a step did or would do: “Painted: 3 blocks, 41 households, from A to B”."""
    blocks = plans_checks.differences(before, after)
    values: dict[str, Any] = {"verb": t(f"workbench.did.{verb}")}
    if not blocks:
        return _sentence_without_blocks(before, after, values)
    values |= {
        "blocks": blocks_words(len(blocks)),
        "households": households_words(sum(after.ground.counts(block).households for block in blocks)),
        "givers": listed(hood_name(before, code) for code in sorted({old for old, _ in blocks.values() if old})),
        "takers": listed(hood_name(after, code) for code in sorted({new for _, new in blocks.values()})),
    }
    return t("workbench.moved", **values)


def _sentence_without_blocks(before: Plan, after: Plan, values: dict[str, Any]) -> str:
    renamed = [code for code, name in after.names.items() if before.names.get(code) != name]
    if renamed:
        return t("workbench.renamed", old=hood_name(before, renamed[0]), new=hood_name(after, renamed[0]))
    pieces = sorted(after.ground.shape.keys() - before.ground.shape.keys())
    if len(pieces) > 2:
        divided = before.ground.shape.keys() - after.ground.shape.keys()
        return t("workbench.split_many", blocks=blocks_words(len(divided)), pieces=number(len(pieces)), **values)
    if pieces:
        counts = t("workbench.and").join(households_words(after.ground.counts(piece).households) for piece in pieces)
        return t("workbench.split", name=hood_name(after, after.code_of(pieces[0])), counts=counts, **values)
    return t("workbench.nothing_moved", **values)


def blocks_words(count: int) -> str:
    """“3 blocks”, with the singular where a language has one."""
    return t("workbench.blocks_one" if count == 1 else "workbench.blocks", count=number(count))


def households_words(count: int) -> str:
    """“41 households”, with the singular where a language has one."""
    return t("workbench.households_one" if count == 1 else "workbench.households", count=number(count))


def refusal_sentence(plan: Plan, refusal: PlanRefused) -> str:
    """Why an operation was refused, with the names of those concerned."""
    key = f"workbench.refused.{refusal.reason}"
    names = listed(hood_name(plan, code) for code in refusal.neighbourhoods)
    return t(key if has(key) else "workbench.refused.other", names=names, blocks=blocks_words(len(refusal.blocks)))


def conflict_sentence(plan: Plan, conflict: ConflictError) -> str:
    """Who else changed what the planner wanted to change, and into what."""
    values = {"name": planner.shown_name(conflict.theirs)}
    if not conflict.blocks:
        return t("workbench.conflict_together", **values)
    theirs = listed(hood_name(plan, code) for code in sorted({b.theirs for b in conflict.blocks if b.theirs}))
    return t("workbench.conflict", blocks=blocks_words(len(conflict.blocks)), takers=theirs, **values)


def conflict_choice(plan: Plan, conflict: ConflictError | None) -> dict[str, str] | None:
    """A conflict as the map shows it: its sentence and the words of its two buttons ("": not offered)."""
    if conflict is None:
        return None
    mine = listed(hood_name(plan, code) for code in sorted({b.mine for b in conflict.blocks if b.mine}))
    return {
        "sentence": conflict_sentence(plan, conflict),
        "theirs": t("workbench.keep_theirs", name=planner.shown_name(conflict.theirs)),
        "mine": t("workbench.take_mine", takers=mine) if mine else "",
    }


def cautions(after: Plan, found: Preview) -> list[str]:
    """What asks for a reason: what gets worse, and every transfer to another community."""
    told = [t("workbench.caution.transfer")] if isinstance(found.operation, Transfer) else []
    return list(dict.fromkeys(told + [caution_sentence(after, each) for each in found.warnings]))


def caution_sentence(plan: Plan, warned: Warned) -> str:
    """What an operation makes worse."""
    names = listed(hood_name(plan, code) for code in warned.neighbourhoods)
    value = number(warned.after, 2 if warned.concern == Concern.COMPACTNESS else 0)
    return t(f"workbench.caution.{warned.concern}", names=names, value=value)


def lights(plan: Plan, found: Mapping[str, Figures]) -> list[dict[str, str]]:
    """The rules with their thresholds and how the neighbourhoods given stand to each: tone (ok, caution, none where a
    rule does not hold for them) and words.
    """
    if not found:
        return []

    def failing(test: Callable[[Figures], bool]) -> list[str]:
        return [hood_name(plan, code) for code, each in found.items() if test(each)]

    cut = workbench_steps.cut_in(plan, found)
    least = number(plan.limits.round_min, 2)
    return [
        _light("range", failing(lambda f: f.range in (Range.FAR_BELOW, Range.FAR_ABOVE))),
        _buildings_light(plan, found, failing(lambda f: f.buildings_fit is False)),
        {"tone": "ok", "text": t("workbench.light.whole")},
        _light("compounds", cut["compound"]),
        _light("village_groups", cut["village_group"]),
        _light("landmarks", cut["landmark"]),
        _light("roundness", failing(lambda f: f.polsby_popper < plan.limits.round_min), least=least),
        _light("neck", [hood_name(plan, code) for code in found if _necked(plan, code)], metres=number(NECK_M)),
        _light("following", failing(lambda f: f.barrier_following is not None and f.barrier_following < FOLLOWS)),
    ]


def _necked(plan: Plan, code: str) -> bool:
    return has_neck([plan.ground.shape[block] for block in plan.members(code)])


def _buildings_light(plan: Plan, found: Mapping[str, Figures], failing: Collection[str]) -> dict[str, str]:
    """Where the kind of none of them has a rule of buildings (villages), it says so instead of praising them."""
    rule = plan.limits.kinds.get("urban", RULES["urban"])
    values = {"low": number(rule.low), "high": number(rule.high)}
    if all(each.buildings_fit is None for each in found.values()):
        return {"tone": "none", "text": t("workbench.light.buildings_none", **values)}
    return _light("buildings", failing, **values)


def _light(rule: str, failing: Collection[str], **values: str) -> dict[str, str]:
    if failing:
        values |= {"names": listed(failing), "count": number(len(failing))}
        return {"tone": "caution", "text": t(f"workbench.light.{rule}_not", **values)}
    return {"tone": "ok", "text": t(f"workbench.light.{rule}", **values)}


def alternative(words: Mapping[str, Any]) -> str:
    """An alternative in a few words."""
    match words["kind"]:
        case "rows":
            values = {"counts": " + ".join(number(count) for count in words["counts"])}
        case "line":
            named = listed(data.line_name(name) for name in words["names"][:2])
            values = {"name": named or bounds.unnamed(words["main"]), "metres": number(words["metres"])}
            values["share"] = number(100 * words["following"])
        case "split":
            values = {"count": number(words["count"])}
        case _:
            values = {}
    return t(f"workbench.alternative.{words['kind']}", **values)


def options(plan: Plan, found: Options | None) -> list[dict[str, Any]]:
    """What can be chosen of a cut: which side goes, and where to; each with the key the browser sends back."""
    if found is None:
        return []
    sides = [
        {"value": i, "text": t("workbench.side", count=number(count)), "taken": i == found.side}
        for i, count in enumerate(found.households)
    ]
    targets = [
        {
            "value": code,
            "text": t("workbench.as_new") if code == NEW else hood_name(plan, code),
            "taken": code == found.target,
        }
        for code in found.targets
    ]
    return [
        {"key": "side", "label": t("workbench.which_side", name=hood_name(plan, found.code)), "choices": sides},
        {"key": "other", "label": t("workbench.where_to"), "choices": targets},
    ]


def short_sentence(plan: Plan, short: TooShort) -> str:
    """How much farther a border must be pulled, or that nothing can follow."""
    name = hood_name(plan, short.gainer)
    if short.metres is None:
        return t("workbench.pull_none", name=name)
    return t("workbench.pull_further", name=name, metres=number(max(1, short.metres)))


def steps_words(count: int) -> str:
    """“3 steps”, with the singular where a language has one."""
    return t("workbench.steps_one" if count == 1 else "workbench.steps", count=number(count))


def repair_words(plan: Plan, repaired: Plan) -> str:
    """A repair as the words on its button: what it would do instead."""
    blocks = plans_checks.differences(plan, repaired)
    households = sum(repaired.ground.counts(block).households for block in blocks)
    return t("workbench.repair", blocks=blocks_words(len(blocks)), households=households_words(households))


def about(who: str, when: datetime, why: str) -> str:
    """Who did it, when and why, under an operation."""
    day = t("workbench.when", month=when.month, day=when.day, time=f"{when:%H:%M}")
    return t("workbench.comma").join(part for part in (who, day, why) if part)
