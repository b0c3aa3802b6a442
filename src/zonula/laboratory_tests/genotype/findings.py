"""A genotype file, said as findings: the permitted labels, the limits of such files, and what to do instead of relying on it."""

from datetime import date

from zonula.chart import Ask, Finding, State
from zonula.knowledge import shelf
from zonula.laboratory_tests.genotype.calls import CARD, GenotypeReading, Label

ROOM = "laboratory_tests.genotype"


def genotype_findings(reading: GenotypeReading, today: date) -> tuple[Finding, ...]:
    """The labels, then the caveats. It never says that celiac disease is unlikely and never gives a risk."""
    card = shelf().card(CARD)

    def finding(name: str, says: str, state: State = State.YES, asks: tuple[Ask, ...] = ()) -> Finding:
        return Finding(
            id=f"{ROOM}.{name}",
            says=says,
            as_of=today,
            state=state,
            according_to=(CARD,),
            grade=card.grade,
            verified=card.verified,
            asks=asks,
        )

    unknown = Label.CANNOT_TELL in reading.labels
    found = [
        finding(
            "labels",
            f"Genotype file: {', '.join(reading.labels)}.",
            State.UNKNOWN if unknown else State.YES,
            (Ask("clinician", "If HLA-DQ would change what is done, order clinical HLA-DQ typing."),),
        ),
        finding("limits", card.data["limits"]),
        finding("ancestry", card.data["ancestry"]),
    ]
    if reading.notes:
        found.append(finding("notes", f"About this file: {'; '.join(reading.notes)}."))
    return tuple(found)
