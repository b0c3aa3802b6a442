"""The diet's answers as lines for the terminal."""

from zonula.chart import Finding
from zonula.diet import Answer, Checks, Intake, Nutrients, Standing, Week, catalogue, nutrients
from zonula.diet.residues import ResidueReport
from zonula.diet.supplements import SupplementReview
from zonula.knowledge import Shelf

_DAYS = "1234567"


def spoken_check(results: Checks, shelf: Shelf) -> str:
    """One block per food, then what replaces the excluded groups when something was not allowed."""
    names = {code: food.name for code, food in catalogue(shelf).foods.items()}
    named = {code: nutrient.name for code, nutrient in nutrients(shelf).items()}
    lines = []
    for one in results.checks:
        lines.append(f"{one.asked}: {one.answer.value.replace('_', ' ').upper()}")
        lines += [f"  because {reason}" for reason in one.because]
        if swap := results.instead.get(one.asked):
            for said, foods in (("instead", swap.fits), ("if the label fits", swap.label_decides)):
                lines += [f"  {said}: {'; '.join(names[food] for food in foods)}"] if foods else []
        if one.near:
            lines.append(f"  did you mean {', '.join(one.near)}?")
    if any(one.answer is Answer.NOT_ALLOWED for one in results.checks):
        for row in results.replacements:
            lines.append(
                f"Instead of {names[row.removed].lower()}, bring back {', '.join(named[one] for one in row.at_risk)}:"
            )
            lines += [f"  {names[food]}" for food in row.offer]
            lines += [
                f"  {named[nutrient]}: {'; '.join(names[food] for food in foods)}"
                for nutrient, foods in row.richest.items()
            ]
            lines += [f"  {row.advice}"] if row.advice else []
            lines += (
                [f"  no figure for any allowed food: {', '.join(named[one] for one in row.not_covered)}"]
                if row.not_covered
                else []
            )
    return "\n".join(lines)


def spoken_nutrients(result: Nutrients) -> str:
    """A table, the doubts, the findings."""
    lines = [f"Mean per day over {result.days} day{'s' if result.days != 1 else ''}, from food and supplements:"]
    for one in result.intakes:
        if one.need is not None or one.amount.nutrient == "energy" or one.exceeded:
            lines.append(
                f"  {one.amount.name:<26} {_range(one, result.complete):<44} {_needed(one):<24} {_standing(one)}"
            )
    if not result.complete:
        lines.append("Whether these days are complete is not known, so no shortage is sure (--complete when they are).")
    lines += [f"? {line}" for line in result.asked_back]
    return "\n".join([*lines, *_found(result.findings)])


def _range(one: Intake, complete: bool) -> str:
    least = one.amount.least + one.from_supplements
    if one.amount.most is not None and complete:
        most = one.amount.most + one.from_supplements
        if most - least < 1e-9 * max(1.0, most):
            return f"{least:.4g} {one.amount.unit}"
        return f"{least:.4g} to {most:.4g} {one.amount.unit}"
    unknown = len(one.amount.unknown_foods)
    if unknown and least == 0:
        return f"unknown; no figure for {unknown} food{'s' if unknown != 1 else ''}"
    return f"at least {least:.4g} {one.amount.unit}" + (
        f"; unknown for {unknown} food{'s' if unknown != 1 else ''}" if unknown else ""
    )


def _needed(one: Intake) -> str:
    if one.need is None:
        return ""
    need = one.need
    figure = f"{need.least:.4g}" if need.least == need.most else f"{need.least:.4g}-{need.most:.4g}"
    return f"{need.kind} {figure}"


def _standing(one: Intake) -> str:
    said = {Standing.NO_FIGURE: "", Standing.BELOW_ADEQUATE: "below the adequate intake", Standing.SHORT: "SHORT"}
    words = said.get(one.standing, one.standing.value.replace("_", " "))
    return words + "".join(f"  ABOVE {limit.authority} limit {limit.amount:g}" for limit in one.exceeded)


def spoken_week(week: Week, dietitian: Finding | None) -> str:
    """The week as a grid, or why there is none."""
    lines = [week.finding.says]
    if week.portions:
        lines += [f"{'':<40} per week (usual)   days {' '.join(_DAYS)}"]
        for one in week.portions:
            grid = " ".join(str(count) if count else "." for count in one.days)
            lines.append(f"  {one.name:<38} {one.portions:>2} x {one.grams:g} g ({one.usual})".ljust(64) + grid)
        lines += [f"Given up: {'; '.join(week.given_up)}"] if week.given_up else []
        if week.label_decides:
            lines.append(f"The label decides (--checked when it fits): {'; '.join(week.label_decides)}")
        lines.append(
            f"Change: {week.change:g}; no week that meets the targets can change less than {week.no_less_than:g}."
        )
        lines.append("Brings at least, per day (targets first):")
        for brought in sorted(week.brings, key=lambda one: not one.target):
            shown = "unknown" if brought.least is None else f"{brought.least:.4g} {brought.unit}"
            need = "" if brought.recommended is None else f"of {brought.recommended:g}"
            mark = "*" if brought.target else " "
            lines.append(f" {mark} {brought.name:<28} {shown} {need}")
    if week.impossible is not None:
        if week.impossible.lift_one:
            lines.append(f"Giving back any one of these makes a week possible: {', '.join(week.impossible.lift_one)}")
        for nutrient, share in week.impossible.falls_short.items():
            lines.append(f"  {nutrient}: at best about {100 * share:.0f} % of the target")
    return "\n".join([*lines, *_found((week.finding, *((dietitian,) if dietitian else ())), says=False)])


def spoken_residues(report: ResidueReport) -> str:
    """The honest statement first, then the quotients with their doubt."""
    lines = [
        report.statement,
        "",
        f"Against {report.reference_version}, dated {report.reference_date}; residues from {report.source}.",
    ]
    lines.append("Quotient of the reference dose, undetected samples as 0 / half / all of the limit of detection:")
    for one in report.quotients:
        shown = " / ".join("unknown" if value is None else f"{value:.2g}" for value in one.quotient)
        lines.append(
            f"  {one.name:<24} {one.authority}  {shown}   ({one.detected} of {one.samples} samples; {'; '.join(one.foods)})"
        )
    lines += [f"  sum within one mechanism, {name}: {value:.2g}" for name, value in report.by_mechanism.items()]
    if report.not_sampled:
        lines.append(f"At least: the file has no samples of {'; '.join(report.not_sampled)}.")
    if report.no_reference:
        lines.append(f"No reference dose known here for: {', '.join(report.no_reference)}.")
    lines += [f"? {line}" for line in report.skipped]
    return "\n".join([*lines, *_found(report.findings), "", report.washing])


def spoken_supplements(result: SupplementReview) -> str:
    """One block per product, then the sums."""
    lines = []
    for one in result.products:
        grade = f", evidence grade {one.evidence}" if one.evidence else ""
        lines.append(f"{one.name}: {one.advice.value.replace('_', ' ').upper()}{grade}")
        lines += [f"  {line}" for line in _found(one.findings)]
    lines += (
        [f"Total per day: {', '.join(f'{name} {amount:g}' for name, amount in result.totals.items())}"]
        if result.totals
        else []
    )
    return "\n".join([*lines, *_found(result.findings)])


def _found(findings: tuple[Finding, ...], says: bool = True) -> list[str]:
    lines = []
    for one in findings:
        level = f"[{one.level.value}] " if one.level else ""
        if says or one.id == "diet.dietitian":
            lines.append(f"* {level}{one.says}{'' if one.verified else ' (figure not verified at its source)'}")
        lines += [f"    {ask.who}: {ask.what}" for ask in one.asks]
        lines.append(f"    according to {', '.join(one.according_to)}")
    return lines
