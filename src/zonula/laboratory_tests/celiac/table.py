"""The decision table of celiac exclusion (facts §1.4): the first row whose conditions all hold gives the state.

Read it from top to bottom: what is established, then contradictions, then positives, then what rules out or lets pass, then
what is not interpretable. A condition not named in a row does not matter there. What each state says stands on the card
`laboratory_tests/celiac_states`. It is never said that someone has or does not have celiac disease.
"""

from enum import StrEnum

import msgspec

from zonula.chart import State as Truth
from zonula.knowledge import shelf
from zonula.laboratory_tests.celiac.signs import Histology, Iga, Igg, Intake, Known, Serology, Signs

STATES_CARD = "laboratory_tests/celiac_states"


class CeliacState(StrEnum):
    """Where the exclusion stands. C0 to C8 as in the facts; POSITIVE_UNSPLIT when the multiple is unknown; OPEN when incomplete."""

    C0 = "C0"
    C1 = "C1"
    C2 = "C2"
    C2_RESOLVED = "C2 resolved"
    C3 = "C3"
    C4 = "C4"
    POSITIVE_UNSPLIT = "C3 or C4"
    C5 = "C5"
    C6 = "C6"
    C7 = "C7"
    C8 = "C8"
    OPEN = "open"

    @property
    def blocks_gluten_restriction(self) -> bool:
        """Whether gluten must stay in the diet for now (card `laboratory_tests/celiac_states`); later gates read this."""
        return bool(shelf().card(STATES_CARD).data[self.value]["blocks"])


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row: the state, why in plain words, and for each named sign the values that satisfy it."""

    state: CeliacState
    because: str
    when: dict[str, tuple[StrEnum, ...]]

    def matches(self, signs: Signs) -> bool:
        """Whether every named sign has one of its values."""
        return all(getattr(signs, sign) in values for sign, values in self.when.items())


_POSITIVE = (Serology.POSITIVE, Serology.STRONG, Serology.POSITIVE_UNSPLIT)
_NOT_POSITIVE = (Serology.NONE, Serology.NEGATIVE)
_NO_IGG = (Igg.NONE, Igg.NEGATIVE)
_MILD = (Histology.NORMAL, Histology.LYMPHOCYTES)
_LESION = (Histology.LYMPHOCYTES, Histology.ATROPHY)
_NOT_ENOUGH = (Intake.TOO_LITTLE, Intake.UNKNOWN)

TABLE: tuple[Row, ...] = (
    Row(state=CeliacState.C7, because="established before", when={"known": (Known.YES,)}),
    Row(
        state=CeliacState.C8,
        because="an IgA antibody is positive and the duodenum shows no atrophy",
        when={"serology": _POSITIVE, "histology": _MILD},
    ),
    Row(
        state=CeliacState.C8,
        because="an IgG antibody is positive and the duodenum shows no atrophy",
        when={"igg": (Igg.POSITIVE,), "histology": _MILD},
    ),
    Row(
        state=CeliacState.C8,
        because="an IgA antibody is positive and HLA-DQ is not permissive",
        when={"serology": _POSITIVE, "hla": (Truth.NO,)},
    ),
    Row(
        state=CeliacState.C8,
        because="an IgG antibody is positive and HLA-DQ is not permissive",
        when={"igg": (Igg.POSITIVE,), "hla": (Truth.NO,)},
    ),
    Row(
        state=CeliacState.C8,
        because="an IgA antibody was positive before and is not now",
        when={"serology": (Serology.CONFLICTING,)},
    ),
    Row(
        state=CeliacState.C4,
        because="tTG-IgA is at least ten times its upper limit",
        when={"serology": (Serology.STRONG,)},
    ),
    Row(
        state=CeliacState.POSITIVE_UNSPLIT,
        because="tTG-IgA is positive and the multiple of its limit cannot be computed",
        when={"serology": (Serology.POSITIVE_UNSPLIT,)},
    ),
    Row(state=CeliacState.C3, because="an IgA antibody is positive", when={"serology": (Serology.POSITIVE,)}),
    Row(state=CeliacState.C3, because="an IgG antibody is positive", when={"igg": (Igg.POSITIVE,)}),
    Row(
        state=CeliacState.C8,
        because="the duodenum has a lesion and no antibody is positive",
        when={"histology": _LESION},
    ),
    Row(
        state=CeliacState.OPEN,
        because="the patient reports celiac disease that no record confirms",
        when={"known": (Known.REPORTED,)},
    ),
    Row(
        state=CeliacState.C5,
        because="a clinical typing resolved to two fields shows no permissive HLA-DQ",
        when={"hla": (Truth.NO,), "known": (Known.NO,), "serology": _NOT_POSITIVE, "igg": _NO_IGG},
    ),
    Row(
        state=CeliacState.C2_RESOLVED,
        because="total IgA is low and an IgG antibody is negative on enough gluten",
        when={
            "iga": (Iga.LOW,),
            "igg": (Igg.NEGATIVE,),
            "serology": _NOT_POSITIVE,
            "gluten": (Intake.ENOUGH,),
            "known": (Known.NO,),
            "risk": (Truth.NO,),
            "hidden": (Truth.NO,),
        },
    ),
    Row(state=CeliacState.C2, because="total IgA is low", when={"iga": (Iga.LOW,)}),
    Row(
        state=CeliacState.C6,
        because="HLA-DQ is permissive and no blood was drawn on enough gluten",
        when={"hla": (Truth.YES,), "gluten": _NOT_ENOUGH},
    ),
    Row(
        state=CeliacState.C0,
        because="too little gluten was eaten before the blood draw",
        when={"gluten": (Intake.TOO_LITTLE,)},
    ),
    Row(
        state=CeliacState.C0,
        because="it is not known how much gluten was eaten before the blood draw",
        when={"gluten": (Intake.UNKNOWN,), "serology": (Serology.NEGATIVE, Serology.UNCLEAR)},
    ),
    Row(
        state=CeliacState.C8,
        because="serology is negative and a feature of the history raises suspicion",
        when={"serology": (Serology.NEGATIVE,), "iga": (Iga.NORMAL,), "risk": (Truth.YES,)},
    ),
    Row(
        state=CeliacState.C1,
        because="tTG-IgA is below its limit on enough gluten, total IgA is normal, nothing raises suspicion",
        when={
            "serology": (Serology.NEGATIVE,),
            "igg": _NO_IGG,
            "iga": (Iga.NORMAL,),
            "known": (Known.NO,),
            "risk": (Truth.NO,),
            "hidden": (Truth.NO,),
        },
    ),
    Row(
        state=CeliacState.C6,
        because="HLA-DQ is permissive and the serology is not complete",
        when={"hla": (Truth.YES,)},
    ),
    Row(state=CeliacState.OPEN, because="something is missing", when={}),
)


def decide(signs: Signs, table: tuple[Row, ...] = TABLE) -> Row:
    """The first row that matches; the last row matches everything."""
    return next(row for row in table if row.matches(signs))


def reason(row: Row, signs: Signs) -> str:
    """The row in words; for an open work-up of which nothing is missing, what keeps it open."""
    if row is TABLE[-1] and signs.serology is Serology.NEGATIVE and signs.hidden is Truth.YES:
        return "serology is negative and something can hide antibodies"
    return row.because
