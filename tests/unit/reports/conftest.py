"""A review written by hand that uses every branch of the contract, with a hostile name and narrative in it."""

from datetime import date

import pytest

from zonula.chart import (
    Ask,
    Fact,
    Finding,
    Grade,
    Interpretation,
    Kind,
    Level,
    Quantity,
    ReferenceRange,
    Sex,
    Source,
    State,
    Status,
    When,
    at,
)
from zonula.chart_review.contract import (
    CitedCard,
    Criterion,
    CriterionMet,
    DocumentLine,
    Imported,
    Period,
    Person,
    Proposal,
    Review,
    SkippedPlace,
    Summary,
    Suspicion,
    SymptomDomain,
    Tests,
    WorkupItem,
    WorkupStatus,
)

AS_OF = date(2026, 11, 24)
HOSTILE = "Eve <script>alert(1)</script> \"quoted\" & 'more' \x1b[31mred\x1b[0m \u202eesrever"
TITLES = (
    "Fatigue", "Bloating", "Body aches", "Rash", "Chemical sensitivity", "Multiple allergies",
    "Treatment side effects", "Slow healing", "Frequent illness", "Headache", "Anxiety and depression", "Itch",
)  # fmt: skip


def fact(name, kind, text, when="2019-03-04", **more):
    return Fact(id=f"a.json#{name}", kind=kind, text=text, when=at(when) if when else When(text="since childhood"),
                sources=(Source("a.json", name, "Harbour Practice"),), **more)  # fmt: skip


FACTS = (
    fact("c1", Kind.CONDITION, "Fatigue </title><img src=x onerror=alert(2)>", "2012", status=Status.CONFIRMED),
    fact("c2", Kind.CONDITION, "Bloating", "2013-04", status=Status.PATIENT_REPORTED),
    fact("c3", Kind.CONDITION, "Multiple sclerosis", "2017-10-16", status=Status.SUSPECTED, performer="Dr. K", specialty="Neurology"),
    fact("c4", Kind.CONDITION, "Multiple sclerosis", "2018-01-22", status=Status.REFUTED),
    fact("l1", Kind.OBSERVATION, "Ferritin", value=Quantity(8, "ng/mL"), reference=ReferenceRange(15, 150, "ng/mL"), interpretation=Interpretation.LOW),
    fact("l2", Kind.OBSERVATION, "TSH", "2021-04-26", value=Quantity(2.1, "m[IU]/L"), interpretation=Interpretation.NORMAL),
    fact("l3", Kind.OBSERVATION, "Breath test", "2019-09-30", value_text="rise of 14 ppm", interpretation=Interpretation.INDETERMINATE),
    fact("v1", Kind.ENCOUNTER, "Office visit", "2017-10-16", specialty="Neurology", status=Status.CONFIRMED),
    fact("n1", Kind.CONDITION, "Itch", None, negated=True),
)  # fmt: skip


def finding(name, says, because, **more):
    return Finding(id=f"chart_review.{name}", says=says, as_of=AS_OF, because=tuple(f"a.json#{each}" for each in because),
                   **{"grade": Grade.RECORD, **more})  # fmt: skip


FLAG = finding(
    "flag.iron", "Iron deficiency with anaemia was never followed up.", ("l1",), level=Level.PROMPT, grade=Grade.GUIDELINE, verified=False,
    according_to=("chart_review/iron",), asks=(Ask("clinician", "repeat ferritin and blood count"),),
)  # fmt: skip


def domain(position, title):
    known = {"Fatigue": ("c1",), "Bloating": ("c2",)}.get(title)
    name = title.lower().replace(" ", "_")
    if title == "Itch":
        return SymptomDomain(id=name, title=title, present=False, state=State.NO, because=("a.json#n1",))
    if not known:
        return SymptomDomain(id=name, title=title, present=False, state=State.UNKNOWN)
    start = date(2012 + position, 4, 1)
    return SymptomDomain(id=name, title=title, present=True, state=State.YES, first=str(start.year), last="2026-10", count=1,
                         patient_reported=position, periods=(Period(start, date(2020, 1, 31)),), because=(f"a.json#{known[0]}",))  # fmt: skip


def review_of(name=HOSTILE, **changes):
    """The hand-written review; keyword arguments replace its keys."""
    whole = {
        "as_of": AS_OF,
        "patient": Person(id="p-1", name=name, birth="1982-05-17", age=44, sex=Sex.FEMALE),
        "imported": Imported(
            documents=1, resources_read=12, facts_kept=9, skipped=(SkippedPlace("a.json", "Observation/9", "no value <b>at all</b>"),),
            per_document=(DocumentLine(name="a.json", kind="fhir-bundle", kept=9, merged=2, skipped=1, warnings=("2019-02-30 is not a date",)),),
        ),
        "symptom_domains": tuple(domain(position, title) for position, title in enumerate(TITLES)),
        "summary": Summary(
            domains_present=2, max_concurrent_domains=2, concurrent_from=date(2013, 4, 1), concurrent_to=date(2020, 1, 31), first_symptom="2012",
            years=14.9, encounters=1, specialties=1, specialty_names=("Neurology",), chronic_conditions=1,
            tests=Tests(results=3, distinct=3, repeated=0, normal=1, abnormal=1, inconclusive=1),
        ),
        "suspicions": (
            Suspicion(
                id="multiple_sclerosis", label="Multiple sclerosis", status="suspected", recognition="A recognised disease.", proposed_by="Dr. K",
                proposals=(Proposal(by="Dr. K", specialty="Neurology", on="2017-10-16", recorded_as="suspected", fact="a.json#c3"),),
                refuted_by_record=("a.json#c4",), because=("a.json#c3",), what_would_refute="A normal MRI.",
                criteria=(
                    Criterion(id="mri", says="Lesions on MRI", standing=CriterionMet.NOT_MET, because=("a.json#c4",)),
                    Criterion(id="csf", says="Bands in the spinal fluid", standing=CriterionMet.NEVER_TESTED),
                ),
            ),
        ),
        "workup": (
            WorkupItem(id="tsh", title="TSH", groups=("core",), status=WorkupStatus.REASSURING, result="2.1 mIU/L", on="2021-04-26", times=1, because=("a.json#l2",)),
            WorkupItem(id="ferritin", title="Ferritin", groups=("core", "fatigue"), status=WorkupStatus.ABNORMAL, result="8 ng/mL", on="2019-03-04", times=1, because=("a.json#l1",)),
            WorkupItem(id="ttg", title="tTG-IgA with total IgA", groups=("core",), status=WorkupStatus.MISSING),
        ),
        "red_flags": (FLAG,),
        "findings": (FLAG, finding("burden.tests", "3 results of 3 tests.", ("l1", "l2", "l3")), finding("domain.fatigue", "Fatigue: recorded once.", ("c1",)),
                     finding("guess", "Not enough is written to tell.", (), state=State.UNKNOWN, hypothesis=True)),
        "facts": {each.id: each for each in FACTS},
        "cards": {
            "chart_review/iron": CitedCard(title="Iron deficiency", meaning="Ferritin below 30.", grade="guideline", verified=False, signed_off=False,
                                           reviewed=AS_OF, sources=(("A guideline", "https://example.org/iron", "M"), ("Ours", "docs/review.md", "D"))),
        },
    }  # fmt: skip
    return Review(**{**whole, **changes})


@pytest.fixture
def review():
    return review_of()


@pytest.fixture
def write_review():
    """The function that writes a review with some keys replaced."""
    return review_of
