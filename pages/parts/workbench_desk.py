"""The desk: what one planner has open, and what each request of the map does to it and to the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo.operations import Operation
from geo.plans import Plan
from geo.previews import preview
from geo.store_errors import ConflictError
from pages.parts import failures, planner, state, workbench_base, workbench_drafts, workbench_map, workbench_steps
from pages.parts import workbench_words as said
from pages.parts.words import t
from pages.parts.workbench_drafts import Opened
from pages.parts.workbench_steps import Outcome, Outside, Step, StepInvalid

Sent = Mapping[str, Any]


@dataclass
class Desk:
    """One planner's desk: draft ("" until the first step), communities open, neighbourhood chosen, the step in hand.

    `answered`: the last request done; `conflict`: somebody else's change that the last commit met.
    """

    draft: str
    communities: tuple[str, ...]
    chosen: str | None = None
    outcome: Outcome | None = None
    asked: int = 0
    answered: int = 0
    message: tuple[int, str] | None = None
    conflict: ConflictError | None = None
    head: int = 0

    def drop(self) -> None:
        """No step is in hand any more."""
        self.outcome, self.asked, self.conflict = None, 0, None

    def tell(self, text: str) -> None:
        """A sentence the map says, once."""
        self.message = (self.answered, text)


@dataclass(frozen=True)
class Look:
    """What the desk shows now: the plan where the draft began, as it is, and the draft (None until its first step)."""

    start: Plan
    plan: Plan
    opened: Opened | None

    @property
    def head(self) -> int:
        """The last entry of the draft."""
        return self.opened.draft.head if self.opened else 0


def desk(draft: str, communities: tuple[str, ...], chosen: str | None) -> Desk:
    """The desk of this session for a draft and communities; another draft or place begins a new one."""
    found: Desk | None = state.recall("desk", None)
    if found is None or found.draft != draft or found.communities != communities:
        found = Desk(draft, communities, chosen, answered=found.answered if found else 0)
        state.keep("desk", found)
    return found


def look(found: Desk) -> Look:
    """The desk's plans as they are now. Raises Unknown for a draft that is not there."""
    if not found.draft:
        plan = workbench_base.base().plan
        return Look(plan, plan, None)
    opened = workbench_drafts.opened(found.draft, planner.current_user())
    return Look(opened.start, opened.plan, opened)


def act() -> None:
    """Do what the map asked for; an error of ours becomes a sentence, and the draft stays as it was."""
    found: Desk | None = state.recall("desk", None)
    sent = workbench_map.sent()
    if found is None or not isinstance(sent.get("n"), int) or sent["n"] <= found.answered:
        return
    found.answered = sent["n"]
    handler = HANDLERS.get(str(sent.get("do")))
    try:
        if handler is None:
            raise StepInvalid(str(sent.get("do")))
        handler(found, look(found), sent)
    except StepInvalid:
        found.tell(t("workbench.not_understood"))
    except Outside:
        found.drop()
        found.tell(said.js_word("outside"))
    except ConflictError as conflict:
        found.drop()
        found.conflict = conflict
        found.tell(said.conflict_sentence(look(found).plan, conflict))
    except Exception as error:  # told to the planner on the map, as the guard of a page's part does below it
        tell_error(found, error)


def tell_error(found: Desk, error: Exception) -> None:
    """Say on the map what went wrong, why, and what to do."""
    told = failures.explain(error)
    failures.log.warning("workbench: %s", error, exc_info=bool(told.incident))
    found.tell(" ".join(part for part in (told.sentence, told.reason, told.next_step) if part))


def show(found: Desk, outcome: Outcome) -> None:
    """Put a step on the map that did not come from there: the map takes it up as the step in hand."""
    found.answered += 1
    found.outcome, found.asked, found.conflict = outcome, found.answered, None


def _choose(found: Desk, now: Look, sent: Sent) -> None:
    code = str(sent.get("code"))
    found.drop()
    if now.plan.members(code):
        found.chosen = code


def _preview(found: Desk, now: Look, sent: Sent) -> None:
    found.conflict = None
    found.outcome = workbench_steps.tried(now.plan, workbench_steps.read_step(sent, found.communities))
    found.asked = found.answered


def _cancel(found: Desk, now: Look, sent: Sent) -> None:
    found.drop()


def _commit(found: Desk, now: Look, sent: Sent) -> None:
    """Try the step on the plan the planner saw and write what it does there; the store merges what others did."""
    if sent.get("verb") == "propose":
        return _commit_shown(found, now, sent)
    seen = _seen(found, now, sent)
    outcome = workbench_steps.tried(seen, workbench_steps.read_step(sent, found.communities))
    if outcome.preview is not None:
        return write(found, now, [outcome.preview.operation], sent, outcome.step.why)
    found.outcome, found.asked = outcome, found.answered
    if outcome.refused is not None:
        found.tell(said.refusal_sentence(now.plan, outcome.refused))
    return None


def _commit_shown(found: Desk, now: Look, sent: Sent) -> None:
    """Write the proposal that is on the map."""
    shown = found.outcome.preview if found.outcome else None
    if shown is None:
        raise StepInvalid("propose")
    write(found, now, [shown.operation], sent, str(sent.get("why") or "").strip()[:200])


def _seen(found: Desk, now: Look, sent: Sent) -> Plan:
    head = sent.get("head")
    if not found.draft or not isinstance(head, int) or not 0 <= head < now.head:
        return now.plan
    store = workbench_drafts.store()
    return store.plans.of(store.line(found.draft).at(head))


def _repair(found: Desk, now: Look, sent: Sent) -> None:
    """Do what would do instead; what asks for a reason comes onto the map first, as a step in hand."""
    outcome = workbench_steps.tried(now.plan, workbench_steps.read_step(sent, found.communities))
    if outcome.refused is None or not outcome.refused.repair:
        return
    whole = workbench_drafts.as_one(outcome.refused.repair)
    instead = preview(now.plan, whole)
    if said.cautions(instead.plan, instead) and not outcome.step.why:
        found.outcome, found.asked = Outcome(Step("propose"), instead), found.answered
    else:
        write(found, now, [whole], sent, outcome.step.why)


def write(found: Desk, now: Look, operations: Sequence[Operation], sent: Sent, why: str) -> None:
    """Write operations as one step into the draft, which begins with its first step."""
    user = planner.current_user()
    if not found.draft:
        found.draft = workbench_drafts.create(user, draft_name(found.communities)).id
        state.go(draft=found.draft)
    head = sent.get("head")
    expect = head if isinstance(head, int) and 0 <= head <= now.head else now.head
    workbench_drafts.append(found.draft, operations, user, why, expect, str(sent.get("id") or ""))
    found.drop()
    after = look(found).plan
    if found.chosen and not after.members(found.chosen):
        found.chosen = None
    what = said.step_sentence(now.plan, after, workbench_steps.verb_of(operations[-1]))
    found.tell(t("workbench.saved", what=what))


def draft_name(communities: Sequence[str]) -> str:
    """What a draft is called at first: its communities and the day, and which one of that day it is."""
    places = said.listed(said.published_name(code) for code in communities)
    name = t("workbench.draft_name", place=places, month=datetime.now().month, day=datetime.now().day)
    again = sum(draft.name.startswith(name) for draft in workbench_drafts.drafts())
    return t("workbench.draft_again", name=name, count=again + 1) if again else name


def _undo(found: Desk, now: Look, sent: Sent) -> None:
    found.drop()
    workbench_drafts.store().undo(found.draft, planner.current_user(), id=str(sent.get("id") or ""))
    found.tell(t("workbench.undone"))


def _redo(found: Desk, now: Look, sent: Sent) -> None:
    found.drop()
    workbench_drafts.store().redo(found.draft, planner.current_user(), id=str(sent.get("id") or ""))
    found.tell(t("workbench.redone"))


def _take_back(found: Desk, now: Look, sent: Sent) -> None:
    found.drop()
    entry = int(sent.get("entry") or 0)
    workbench_drafts.store().take_back(found.draft, entry, planner.current_user(), id=str(sent.get("id") or ""))
    found.tell(t("workbench.taken_back"))


def _keep_theirs(found: Desk, now: Look, sent: Sent) -> None:
    found.drop()
    found.tell(t("workbench.kept_theirs"))


def _take_mine(found: Desk, now: Look, sent: Sent) -> None:
    """The planner's own version after all, over what is there now."""
    conflict = found.conflict
    if conflict is None:
        return
    operation = conflict.operation
    why = t("workbench.mine_over", name=planner.shown_name(conflict.theirs))
    write(found, now, [operation], {**sent, "head": now.head}, why)


def _ground(found: Desk, now: Look, sent: Sent) -> None:
    workbench_map.hand_over_again()


HANDLERS: dict[str, Callable[[Desk, Look, Sent], None]] = {
    "choose": _choose,
    "preview": _preview,
    "cancel": _cancel,
    "commit": _commit,
    "repair": _repair,
    "undo": _undo,
    "redo": _redo,
    "take_back": _take_back,
    "keep_theirs": _keep_theirs,
    "take_mine": _take_mine,
    "ground": _ground,
}


def operations(now: Look) -> tuple[dict[str, Any], ...]:
    """The draft's operations in force, in words, the latest first."""
    steps = now.opened.steps if now.opened else ()
    return tuple(
        {
            "id": step.entry.seq,
            "words": said.step_sentence(step.before, step.after, workbench_steps.verb_of(step.entry.operation)),
            "about": said.about(
                planner.shown_name(step.entry.user.name), workbench_drafts.local_time(step.entry.at), step.entry.why
            ),
        }
        for step in reversed(steps)
    )


def closed(now: Look) -> str:
    """Why nothing can be changed here now, "" where it can."""
    if planner.current_user().role == "approver":
        return t("workbench.closed_approver")
    if planner.current_user().role != "planner":
        return t("workbench.closed_role", role=t(f"planner.role.{planner.current_user().role}"))
    if now.opened is not None and not now.opened.editable:
        return t("workbench.closed_state", state=t(f"workbench.state.{now.opened.draft.state}"))
    return ""
