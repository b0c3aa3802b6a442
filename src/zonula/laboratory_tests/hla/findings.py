"""A typing, said as findings: what is carried, and the class with its range over populations, never one person's probability."""

from datetime import date

from zonula.chart import Ask, Finding, State
from zonula.knowledge import shelf
from zonula.laboratory_tests.hla.meaning import GRADIENT, HETERODIMERS, HlaMeaning

ROOM = "laboratory_tests.hla"


def typing_findings(meaning: HlaMeaning, today: date, fact: str = "") -> tuple[Finding, ...]:
    """The findings of one clinical typing. fact: id of the chart fact it came from, if any."""
    card = shelf().card(GRADIENT)
    named = (
        ("DQ2.5" + (f" in {meaning.configuration}" if meaning.configuration else ""), meaning.dq25),
        ("DQ8", meaning.dq8),
        ("DQ2.2", meaning.dq22),
        ("half of a heterodimer", meaning.half),
    )
    carried = ", ".join(name for name, truth in named if truth is State.YES)
    only_half = carried == named[-1][0] and State.UNKNOWN not in (meaning.dq25, meaning.dq8, meaning.dq22)
    says = {
        State.YES: "HLA-DQ carries only half of a heterodimer: celiac disease is rare with it and not excluded; it is not evidence of disease."
        if only_half
        else f"HLA-DQ allows celiac disease: carries {carried or 'DQ2.5, DQ8, DQ2.2 or half of one'}. So do 30 to 40 % of people; it is not evidence of disease.",
        State.NO: "HLA-DQ shows none of DQ2.5, DQ8, DQ2.2 or their halves: celiac disease is very unlikely.",
        State.UNKNOWN: "HLA-DQ: cannot tell from this typing.",
    }[meaning.permissive]
    if meaning.one_in:
        low, high = meaning.one_in
        span = f"1 in {low:g}" if low == high else f"1 in {low:g} to 1 in {high:g}"
        says += f" Genotype {meaning.genotype}, class {meaning.risk_class}: {span} of people with this genotype in the populations studied; not this person's probability."
    if meaning.notes:
        says += f" Notes: {'; '.join(meaning.notes)}."
    asks = (Ask("clinician", "Get both genes typed to two fields."),) if meaning.permissive is State.UNKNOWN else ()
    return (
        Finding(
            id=f"{ROOM}.typing",
            says=says,
            as_of=today,
            state=meaning.permissive,
            value=meaning.genotype or None,
            because=(fact,) if fact else (),
            according_to=(HETERODIMERS, GRADIENT),
            grade=card.grade,
            verified=card.verified,
            asks=asks,
        ),
    )
