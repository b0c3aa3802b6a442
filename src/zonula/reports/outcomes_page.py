"""A clinic's outcomes as text and as one printable page with plots; harm stands beside benefit."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from zonula.knowledge import Card, Shelf
from zonula.outcomes import ClinicReport, Curve, PatientOutcome, Standing, Verdict

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
STANDINGS = {
    Standing.RECOVERED: "recovered",
    Standing.PARTIAL: "partly better",
    Standing.UNCHANGED: "unchanged",
    Standing.WORSE: "worse",
    Standing.RELAPSED: "recovered, then relapsed",
    Standing.UNKNOWN: "cannot be told",
}
VERDICTS = {
    Verdict.PREDICTS: "tells something",
    Verdict.DOES_NOT: "tells nothing useful",
    Verdict.CANNOT_TELL: "cannot be told yet",
    Verdict.NOT_ENOUGH: "not enough data",
}
CARDS = ("run_in", "recovery", "partial_response", "worsening", "relapse", "drop_out", "enough", "worth_knowing")


def outcomes_text(report: ClinicReport) -> str:
    """The report for a terminal."""
    lines = [f"{report.patients} patients ({report.without_run_in} without a run-in, so without a baseline)", ""]
    for kind, words in STANDINGS.items():
        lines.append(f"  {words:<26}{report.standings[kind.value]:>7}")
    lines.append(f"  {'dropped out':<26}{report.ends['dropped_out']:>7}")
    lines.append(
        f"  {'with an adverse event':<26}{report.patients_harmed:>7}   ({report.serious_adverse_events} serious events)"
    )
    lines += [
        "",
        change_sentence(report),
        recovery_sentence(report),
        foods_sentence(report),
        *stage_sentences(report),
        "",
    ]
    lines.append(f"Skin-test claim: {VERDICTS[report.claim.verdict]}. {report.claim.says}")
    if report.claim.hazard_ratio is not None and report.claim.interval is not None:
        low, high = report.claim.interval
        lines.append(f"  hazard ratio per standard deviation {report.claim.hazard_ratio:.2f} ({low:.2f} to {high:.2f})")
    for band in report.bands:
        seen = (
            "too few recoveries to say"
            if band.seen_median_weeks is None
            else f"seen {band.seen_median_weeks:.0f} weeks"
        )
        lines.append(
            f"  band {band.band}: the clinic expects {band.expected_weeks[0]:g} to {band.expected_weeks[1]:g} weeks, {seen} "
            f"({band.recovered} of {band.patients} recovered)"
        )
    return "\n".join(lines)


def stage_sentences(report: ClinicReport) -> list[str]:
    """Stages compared within patients; description, as their order is never randomised."""
    return [
        f"From {one.earlier} to {one.later}: {one.change:+.1f} points of 120 within {one.patients} patients "
        f"(95 % interval {one.low:+.1f} to {one.high:+.1f}). Stages follow in one order, so this describes and does not prove."
        for one in report.stages
    ]


def patient_text(found: PatientOutcome) -> str:
    """One patient's outcome for a terminal."""
    own = found.outcome
    lines = [f"Patient {own.patient}: {STANDINGS[own.standing]}"]
    if own.baseline is not None and own.change_percent is not None:
        lines.append(f"Baseline {own.baseline:.0f} of 120; last four weeks {own.change_percent:+.0f} %.")
    if found.reliable_change is not None:
        more = "more than" if found.reliably_changed else "no more than"
        lines.append(f"Reliable change index {found.reliable_change:+.1f}: {more} measurement noise (limit 1.96).")
    if found.own_change_percent is not None:
        lines.append(
            f"About {found.own_change_percent:+.0f} % would be expected without anything done (regression to the mean)."
        )
    if found.prediction:
        made = found.prediction
        lines.append(
            f"If the patient stays: recovery by day {made.median_day:.0f} (8 of 10 between {made.low_day:.0f} and {made.high_day:.0f}), "
            f"from {made.recoveries} recoveries in {made.patients} patients."
        )
    if found.alike:
        last = found.alike.points[-1]
        lines.append(
            f"Of {found.alike.patients} patients alike, {100 * last.probability:.0f} % had recovered by day {last.day}."
        )
    return "\n".join([*lines, *(f"Not said: {why}." for why in found.because)])


def change_sentence(report: ClinicReport) -> str:
    """Mean change beside what regression to the mean alone would bring."""
    if report.mean_change_percent is None:
        return "No change against baseline can be computed."
    own = (
        "how much of that would have come by itself (regression to the mean) cannot be told"
        if report.own_change_percent is None
        else f"about {report.own_change_percent:+.0f} % would have come by itself (regression to the mean)"
    )
    return f"Mean change of the 12-domain total: {report.mean_change_percent:+.0f} %; {own}. Without a control group the rest is not proof of effect."


def recovery_sentence(report: ClinicReport) -> str:
    """Median time to recovery, or why it is not given."""
    if report.recovery is None:
        return f"Time to recovery: not enough data ({report.ends['recovered']} recoveries)."
    if report.recovery.median_day is None:
        return "Time to recovery: fewer than half recovered within the time seen."
    return f"Half had recovered by day {report.recovery.median_day} (drop-out counted as a competing event)."


def foods_sentence(report: ClinicReport) -> str:
    """Foods restricted and given back."""
    foods = report.foods
    days = (
        ""
        if foods.median_days_restricted is None
        else f" Median days under restriction: {foods.median_days_restricted:.0f}."
    )
    return f"Foods: {foods.restricted} restricted, {foods.given_back} given back (known for {foods.known_for} patients).{days}"


def outcomes_html(report: ClinicReport, shelf: Shelf) -> str:
    """One self-contained page: no script, no request to anywhere."""
    cards: list[Card] = [shelf.card(f"outcomes/{name}") for name in CARDS]
    return _template().render(
        report=report,
        standings=[(words, report.standings[kind.value]) for kind, words in STANDINGS.items()],
        verdict=VERDICTS[report.claim.verdict],
        sentences=[
            change_sentence(report),
            recovery_sentence(report),
            foods_sentence(report),
            *stage_sentences(report),
        ],
        curve=_curve_points(report.recovery),
        left=_curve_points(report.drop_out),
        last_day=report.recovery.points[-1].day if report.recovery and report.recovery.points else 0,
        cards=cards,
    )


# The plot's frame in SVG units: left, top, width, height.
FRAME = (60.0, 20.0, 520.0, 220.0)


def _curve_points(curve: Curve | None) -> list[dict[str, float]]:
    if curve is None or not curve.points:
        return []
    left, top, width, height = FRAME
    last = curve.points[-1].day
    return [
        {
            "x": left + width * point.day / last,
            "y": top + height * (1 - point.probability),
            "low": top + height * (1 - point.low),
            "high": top + height * (1 - point.high),
            "day": point.day,
            "percent": 100 * point.probability,
            "at_risk": point.at_risk,
        }
        for point in curve.points
    ]


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("outcomes.html.j2")
    template.globals["style"] = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return template
