"""The assessment in words: what is unsafe first, then what to do next, what is excluded, what is open, what is believed."""

import textwrap
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from zonula.chart import Level, State
from zonula.journey import SAME_QUESTION, Assessment, NextStep
from zonula.laboratory_tests.celiac import CeliacState
from zonula.laboratory_tests.celiac.signs import Intake
from zonula.reports.reasons import UNVERIFIED, CardLine, FactLine, Reasons
from zonula.reports.review_page import DISCLAIMER, statement
from zonula.reports.review_view import Statement
from zonula.reports.wording import plain

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 100
CRISIS = "Act on this first"
EMERGENCY = "Nothing further down is acted on until the emergency is dealt with."
UNVERIFIED_MARK = "*"


class Step(NamedTuple):
    """One next step as it is read."""

    order: int
    level: str
    who: str
    what: str
    by: str
    why: str


class Section(NamedTuple):
    """One list of statements with what an empty list means."""

    id: str
    title: str
    lead: str
    empty: str
    statements: tuple[Statement, ...]


class AssessmentPage(NamedTuple):
    """The whole page."""

    name: str
    who: str
    as_of: str
    version: str
    disclaimer: str
    crisis: tuple[Statement, ...]
    emergency: str
    gluten: str
    celiac: str
    steps: tuple[Step, ...]
    sections: tuple[Section, ...]
    others: tuple[Statement, ...]
    facts: tuple[FactLine, ...]
    cards: tuple[CardLine, ...]


def page_of(assessment: Assessment, version: str) -> AssessmentPage:
    """The assessment in words. version: of the program, printed on the page."""
    reasons = Reasons(assessment)
    person = assessment.review.patient

    def said(ids: tuple[str, ...]) -> tuple[Statement, ...]:
        return tuple(_pointed(statement(assessment.findings[name], reasons), assessment) for name in ids)

    crisis = tuple(
        name
        for name in assessment.unsafe
        if assessment.findings[name].level in (Level.EMERGENCY, Level.URGENT)
        and assessment.findings[name].state is State.YES
    )
    shown_above = {*assessment.unsafe, *assessment.look_at}
    placed = {*assessment.unsafe, *assessment.look_at, *assessment.excluded, *assessment.open, *assessment.hypotheses}
    others = tuple(name for name in assessment.findings if name not in placed)
    return AssessmentPage(
        name=plain(person.name, 100) or "name not recorded",
        who=", ".join(
            (
                f"born {person.birth or 'on an unknown date'}",
                f"{person.age} years" if person.age is not None else "age not known",
                f"record id {plain(person.id, 80)}",
            )
        ),
        as_of=assessment.as_of.isoformat(),
        version=version,
        disclaimer=DISCLAIMER,
        crisis=said(crisis),
        emergency=EMERGENCY if any(assessment.findings[name].level is Level.EMERGENCY for name in crisis) else "",
        gluten=_gluten(assessment),
        celiac=f"Celiac state {assessment.celiac.state.value}: {plain(assessment.celiac.because, 300)}.",
        steps=tuple(_step(step, assessment) for step in assessment.next_steps),
        sections=(
            Section(
                "unsafe",
                "What is unsafe",
                "Most urgent first.",
                "Nothing Zonula knows to look for was found. What was never written down cannot be found.",
                said(assessment.unsafe),
            ),
            Section(
                "look-at",
                "What a clinician looks at before going on",
                "Less urgent, and not to be skipped.",
                "Nothing.",
                said(assessment.look_at),
            ),
            Section(
                "excluded",
                "What the work-up speaks against",
                "Reassuring results of today's work-up. A reassuring test lowers a probability; it proves no absence.",
                "Nothing yet.",
                said(assessment.excluded),
            ),
            Section(
                "open",
                "What is still open",
                "Missing, out of date, inconclusive or not interpretable, beyond what stands above.",
                "Nothing else is open.",
                said(tuple(name for name in assessment.open if name not in shown_above)),
            ),
            Section(
                "hypotheses",
                "What the clinic believes",
                "Working hypotheses, under test. They open and close no safety gate.",
                "None is stated.",
                said(assessment.hypotheses),
            ),
        ),
        others=said(others),
        facts=reasons.facts,
        cards=reasons.cards,
    )


def _pointed(said: Statement, assessment: Assessment) -> Statement:
    """A question that is asked better elsewhere is not asked a second time in other words: the statement points to its step."""
    if said.id not in SAME_QUESTION:
        return said
    steps = [step for step in assessment.next_steps if said.id in step.because]
    own = " ".join(said.asks)
    if not steps or all(step.what.rstrip(".") in own for step in steps):
        return said
    return said._replace(asks=tuple(f"{step.who[:1].upper()}{step.who[1:]}: see step {step.order}" for step in steps))


def _gluten(assessment: Assessment) -> str:
    if assessment.celiac.state is CeliacState.C7:
        return "Gluten stays out of the diet for life and is never a food to re-introduce."
    if assessment.gluten_may_be_restricted:
        return "Gluten may be restricted if the plan asks for it: celiac testing does not need it any more."
    if assessment.celiac.signs.gluten is Intake.TOO_LITTLE:
        return (
            "Too little gluten was eaten for the test. No plan restricts gluten until celiac testing is settled; "
            "whether to eat it again for the test is the clinician's decision."
        )
    return "Gluten stays in the diet: celiac testing is not settled."


def _step(step: NextStep, assessment: Assessment) -> Step:
    reasons = [plain(assessment.findings[name].says.split(". ")[0].rstrip("."), 160) for name in step.because]
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return Step(
        step.order,
        step.level,
        f"{step.who[:1].upper()}{step.who[1:]}",
        plain(step.what, 900).rstrip("."),
        step.by.isoformat() if step.by else "",
        f"{reasons[0]}{more}",
    )


def assessment_text(page: AssessmentPage) -> str:
    """The assessment for a terminal, 100 columns."""
    lines = [
        f"ASSESSMENT  {page.name}",
        page.who,
        f"as of {page.as_of}",
        *_wrap(page.disclaimer),
        *_crisis(page),
        "",
        *_wrap(page.celiac),
        *_wrap(page.gluten),
    ]
    first = page.sections[0]
    lines += ["", first.title.upper(), *(_lines(first) or _wrap(first.empty))]
    lines += ["", "WHAT TO DO NEXT, IN ORDER"]
    for (level, who), steps in groupby(page.steps, key=lambda step: (step.level, step.who)):
        lines.append(f"{f'[{level}] ' if level else ''}{who}:")
        for step in steps:
            by = f" (by {step.by})" if step.by else ""
            lines += [*_wrap(f"{step.order}. {step.what}{by}", "    "), *_wrap(f"because: {step.why}", "        ")]
    for section in page.sections[1:]:
        lines += ["", section.title.upper(), *(_lines(section) or _wrap(section.empty))]
    lines += [
        "",
        f"{len(page.others)} further statements stand in the page (--html) and the JSON, each with its records and sources.",
        f"{UNVERIFIED_MARK} rests on a figure that was not verified at its source.",
    ]
    return "\n".join(lines)


def _crisis(page: AssessmentPage) -> list[str]:
    """What cannot wait, with what to do, before anything else is read."""
    if not page.crisis:
        return []
    lines = ["", CRISIS.upper()]
    if page.emergency:
        lines += _wrap(EMERGENCY, "  ")
    for each in page.crisis:
        lines += _wrap(f"!! {each.level_says}. {each.says}", "  ")
        for ask in each.asks:
            lines += _wrap(ask, "       ")
    return lines


def _lines(section: Section) -> list[str]:
    found: list[str] = []
    for each in section.statements:
        level = f"[{each.level}] " if each.level else ""
        told = "; ".join(doubt for doubt in each.doubts if doubt != UNVERIFIED)
        mark = f" {UNVERIFIED_MARK}" if UNVERIFIED in each.doubts else ""
        found += _wrap(f"{level}{each.says}{f' ({told})' if told else ''}{mark}", "  ")
        if each.reason.evidence:
            found += _wrap(each.reason.evidence, "      ")
    return found


def _wrap(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + ("  " if indent else ""))


def assessment_html(page: AssessmentPage) -> str:
    """One self-contained page: no script, no request to anywhere, everything from the chart escaped."""
    return _template().render(page=page)


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("assessment.html.j2")
    template.globals["style"] = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return template
