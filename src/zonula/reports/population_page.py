"""A screening of a population as text and as one page with plots; suppressed counts are shown as such."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from zonula.population.report import Report
from zonula.population.validate import Share, Validity

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
_SHOWN = 25


def shown(count: int | None, least: int) -> str:
    """A count, or that it is too small or would give one away."""
    return f"{count:,}" if count is not None else f"hidden (<{least} or derivable)"


def share(report: Report, count: int | None) -> str:
    """A count as a share of everyone."""
    return "" if count is None or not report.patients else f"{100 * count / report.patients:.1f} %"


def population_text(report: Report) -> str:
    """The report for a terminal."""
    lines = [
        f"{shown(report.patients, report.least)} patients as of {report.today}",
        "",
        "From everyone to the worklist:",
    ]
    lines += [f"  {shown(step.left, report.least):>24}  {step.says}" for step in report.attrition]
    lines += ["", "Symptom domains at any time, patients with exactly so many:"]
    lines += [f"  {many:>2}: {shown(count, report.least)}" for many, count in enumerate(report.overlap) if count != 0]
    ranked = sorted((rule for rule in report.rules if rule.yes), key=lambda rule: (-(rule.yes or 0), rule.rule))
    lines += ["", "Rules that hold most often (yes, unknown):"]
    lines += [
        f"  {shown(rule.yes, report.least):>10} {shown(rule.unknown, report.least):>24}  {rule.rule}: {rule.says}"
        for rule in ranked[:_SHOWN]
    ]
    return "\n".join([*lines, "", report.note])


def population_html(report: Report) -> str:
    """One self-contained page: no script, no request to anywhere."""
    most = max((count or 0 for count in report.overlap), default=0) or 1
    most_together = max((count or 0 for row in report.together for count in row), default=0) or 1
    first = report.attrition[0].left or 1
    return _template().render(
        report=report,
        style=(TEMPLATES / "page.css").read_text(encoding="utf-8"),
        show=lambda count: shown(count, report.least),
        share=lambda count: share(report, count),
        bars=[
            {"many": many, "count": count, "height": 180 * (count or 0) / most, "x": 50 + 40 * many}
            for many, count in enumerate(report.overlap)
        ],
        steps=[{"step": step, "width": 100 * (step.left or 0) / first} for step in report.attrition],
        shade=lambda count: f"{0.75 * (count or 0) / most_together:.2f}",
        names=[name.replace("_", " ") for name in report.domains],
        rules=sorted(report.rules, key=lambda rule: (-(rule.yes or 0), rule.rule)),
    )


def validation_text(found: Validity) -> str:
    """Validity for a terminal."""
    lines = []
    for rule in found.rules:
        lines += [
            f"{rule.rule} against {rule.against}: {rule.labelled} patients ({rule.undecided} where the rule is unknown, counted as not found)",
            f"  sensitivity {_interval(rule.sensitivity)}",
            f"  specificity {_interval(rule.specificity)}",
            f"  positive predictive value {_interval(rule.ppv)}",
        ]
        if rule.kappa is not None:
            lines.append(f"  agreement beyond chance (kappa) {rule.kappa:.2f}")
    return "\n".join([*lines, *(f"skipped: {why}" for why in found.skipped)])


def _interval(share_of: Share) -> str:
    if share_of.share is None or share_of.low is None or share_of.high is None:
        return "cannot be told (nobody to count)"
    return (
        f"{100 * share_of.share:.0f} % (95 % interval {100 * share_of.low:.0f} to {100 * share_of.high:.0f}; "
        f"{share_of.found} of {share_of.of})"
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("population.html.j2")
