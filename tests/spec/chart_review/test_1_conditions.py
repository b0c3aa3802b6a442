"""Conditions: asked of one fact"""

from zonula.chart_review.nodes import (
    After,
    And,
    Attribute,
    CodedIn,
    DayOf,
    Exists,
    Facts,
    Figure,
    First,
    In,
    Is,
    Last,
    Measured,
    Not,
    Or,
    TextLike,
    Within,
)

HALF_A_YEAR = Figure("chart_review/suspicions/ibs", "onset_days")


def where(*conditions):
    return Exists(Facts(conditions[0] if len(conditions) == 1 else And(conditions)))


def test_coded_in(spec):
    """`CodedIn`: one of the fact's codes stands in the list. An ICD row covers the codes below it; dots and case do not matter."""
    table = """
    id | kind      | code
    1  | condition | icd10cm R14.0
    2  | condition | icd10cm r142
    3  | condition | icd10cm R15.9
    4  | condition | icd10 R14
    """
    spec(table, where(CodedIn("domain/bloating")), "yes", "1 2")


def test_coded_in_answer(spec):
    """`CodedIn(answer=True)`: the coded result, as when a form asks for the main symptom and the answer is a code."""
    table = """
    id | kind        | text         | answer code
    1  | observation | Main symptom | icd10cm R53.83
    """
    spec(table, where(CodedIn("domain/fatigue", answer=True)), "yes", "1")
    spec(table, where(CodedIn("domain/fatigue")), "no", "")


def test_text_like(spec):
    """`TextLike`: wording is read only where no ICD-CM or LOINC code explains the fact, and only what is affirmed counts."""
    table = """
    id | kind      | code          | text
    1  | symptom   |               | Itchy skin for weeks
    2  | symptom   |               | denies itching
    3  | symptom   |               | Mother: itching
    4  | symptom   |               | if itching returns, call
    5  | condition | icd10cm Z00.0 | Itching
    6  | condition | local 77      | Pruritus, chronic
    """
    spec(table, where(TextLike("domain/itch")), "yes", "1 6")
    spec(table, where(TextLike("domain/itch", ("denied",))), "yes", "2")
    spec(table, where(TextLike("domain/itch", ("family",))), "yes", "3")


def test_text_like_uncertain(spec):
    """What is only considered is a suspicion: "rule out", "possible", "?" make wording uncertain, and "ruled out" denies it."""
    table = """
    id | kind      | text
    1  | condition | r/o multiple sclerosis
    2  | condition | multiple sclerosis?
    3  | condition | multiple sclerosis was ruled out
    """
    spec(table, where(TextLike("label/multiple_sclerosis", ("uncertain",))), "yes", "1 2")
    spec(table, where(TextLike("label/multiple_sclerosis", ("denied",))), "yes", "3")
    spec(table, where(TextLike("label/multiple_sclerosis")), "no", "")


def test_in_standing(spec):
    """`In(standing)`: only what the record asserts counts. Refuted, negated, planned, mistaken and family facts do not."""
    table = """
    id | kind           | code          | status           | negated
    1  | condition      | icd10cm R21   | confirmed        |
    2  | condition      | icd10cm R21   | patient_reported |
    3  | condition      | icd10cm R21   | resolved         |
    4  | condition      | icd10cm R21   | refuted          |
    5  | condition      | icd10cm R21   | confirmed        | yes
    6  | condition      | icd10cm R21   | entered_in_error |
    7  | condition      | icd10cm R21   | planned          |
    8  | family_history | icd10cm R21   | confirmed        |
    9  | condition      | icd10cm R21   | not_done         |
    """
    spec(table, where(CodedIn("domain/rash"), In(Attribute.STANDING, ("asserted",))), "yes", "1 2 3")
    spec(table, where(CodedIn("domain/rash"), In(Attribute.STANDING, ("denied",))), "yes", "4 5")
    spec(table, where(CodedIn("domain/rash"), In(Attribute.STANDING, ("family",))), "yes", "8")


def test_in_standing_of_an_answer(spec):
    """An observation answered "no", "not at all" or 0 denies the symptom it asks for."""
    table = """
    id | kind        | text              | answer     | value
    1  | observation | Headache          | yes        |
    2  | observation | Headache          | No         |
    3  | observation | Headache severity |            | 0
    4  | observation | Headache severity |            | 6
    """
    headache = Or((TextLike("domain/headache"), TextLike("domain/headache", ("denied",))))
    spec(table, where(headache, In(Attribute.STANDING, ("denied",))), "yes", "2 3")
    spec(table, where(headache, In(Attribute.STANDING, ("asserted",))), "yes", "1 4")


def test_in_kind_and_status(spec):
    """`In(kind)` and `In(status)`: as the importer wrote them."""
    table = """
    id | kind       | text       | status
    1  | medication | cetirizine | confirmed
    2  | medication | cetirizine | resolved
    3  | allergy    | cetirizine | confirmed
    """
    spec(table, where(In(Attribute.KIND, ("medication",))), "yes", "1 2")
    spec(
        table, where(In(Attribute.KIND, ("medication", "allergy")), In(Attribute.STATUS, ("confirmed",))), "yes", "1 3"
    )


def test_in_judgement(spec):
    """`In(judgement)`: by the sender's interpretation, else the result's own limits, else its words; otherwise unknown, never normal."""
    table = """
    id | kind        | code           | value    | limits | interpretation | answer
    1  | observation | loinc 2276-4   | 50 ug/L  | 30-200 |                |
    2  | observation | loinc 2276-4   | 12 ug/L  | 30-200 |                |
    3  | observation | loinc 2276-4   | 50 ug/L  | 30-200 | abnormal       |
    4  | observation | loinc 2276-4   |          |        |                | Positive
    5  | observation | loinc 2276-4   |          |        |                | equivocal
    """
    ferritin = CodedIn("test/ferritin")
    spec(table, where(ferritin, In(Attribute.JUDGEMENT, ("normal",))), "yes", "1")
    spec(table, where(ferritin, In(Attribute.JUDGEMENT, ("abnormal",))), "yes", "2 3 4")
    spec(table, where(ferritin, In(Attribute.JUDGEMENT, ("inconclusive",))), "yes", "5")
    unjudged = """
    id | kind        | code         | value
    1  | observation | loinc 2276-4 | 12 ug/L
    """
    spec(unjudged, where(ferritin, In(Attribute.JUDGEMENT, ("normal",))), "unknown", "1")


def test_in_judgement_of_a_bound(spec):
    """A bound such as `<5` is judged only when every number it can be falls on one side of the limits."""
    table = """
    id | kind        | code          | value    | limits
    1  | observation | loinc 46128-5 | <4 U/mL  | -15
    2  | observation | loinc 46128-5 | >100 U/mL | -15
    3  | observation | loinc 46128-5 | >10 U/mL | -15
    """
    ttg = CodedIn("test/ttg_iga")
    spec(table, where(ttg, In(Attribute.JUDGEMENT, ("normal",))), "yes", "1")
    spec(table, where(ttg, In(Attribute.JUDGEMENT, ("abnormal",))), "yes", "2")


def test_in_direction_and_clarity(spec):
    """`In(direction)`: below, within or above its own limits. `In(clarity)`: unclear only when the sender said so."""
    table = """
    id | kind        | code         | value    | limits  | interpretation | answer
    1  | observation | loinc 718-7  | 11 g/dL  | 12-16   |                |
    2  | observation | loinc 718-7  | 18 g/dL  | 12-16   |                |
    3  | observation | loinc 718-7  | 13 g/dL  |         | critical_low   |
    4  | observation | loinc 718-7  |          |         | indeterminate  |
    5  | observation | loinc 718-7  |          |         |                | borderline
    """
    haemoglobin = CodedIn("test/hemoglobin")
    spec(table, where(haemoglobin, In(Attribute.DIRECTION, ("low",))), "yes", "1 3")
    spec(table, where(haemoglobin, In(Attribute.CLARITY, ("unclear",))), "yes", "4 5")


def test_in_course(spec):
    """`In(course)`: ended when resolved or with an end before today; an unknown end leaves it open."""
    table = """
    id | kind       | text   | when       | end        | status
    1  | medication | biotin | 2026-01-01 |            | confirmed
    2  | medication | biotin | 2026-01-01 | 2026-03-01 | confirmed
    3  | medication | biotin | 2026-01-01 | 2027-03-01 | confirmed
    4  | medication | biotin | 2026-01-01 |            | resolved
    """
    spec(table, where(TextLike("drug/biotin"), In(Attribute.COURSE, ("open",))), "yes", "1 3")


def test_in_specialty(spec):
    """`In(specialty)`: one specialty has many spellings."""
    table = """
    id | kind      | specialty
    1  | encounter | GI
    2  | encounter | Gastroenterologist
    3  | encounter | Dermatology
    """
    spec(table, where(In(Attribute.SPECIALTY, ("gastroenterology",))), "yes", "1 2")


def test_measured(spec):
    """`Measured`: the fact's own number against a figure; without a unit the measure knows it cannot be said."""
    table = """
    id | kind        | code          | value
    1  | observation | loinc 44261-6 | 14 {score}
    2  | observation | loinc 44261-6 | 4 {score}
    3  | observation | loinc 44261-6 | 14 drops
    """
    ten = Figure("chart_review/red_flags/depression_screen", "at_least")
    spec(table, where(CodedIn("test/phq9"), Measured("phq9", ">=", ten)), "yes", "1")


def test_within(spec):
    """`Within`: counted back from today. A date known only to the year, or not at all, is unknown when it could lie on either side."""
    table = """
    id | kind      | code        | when
    1  | condition | icd10cm R21 | 2026-10-01
    2  | condition | icd10cm R21 | 2025-10-01
    """
    spec(table, where(CodedIn("domain/rash"), Within(HALF_A_YEAR)), "yes", "1")
    coarse = """
    id | kind      | code        | when
    1  | condition | icd10cm R21 | 2026
    2  | condition | icd10cm R21 |
    3  | condition | icd10cm R21 | 2024
    """
    spec(coarse, where(CodedIn("domain/rash"), Within(HALF_A_YEAR)), "unknown", "1 2")


def test_after(spec):
    """`After`: later than a day read from other facts; the same day is not after."""
    table = """
    id | kind      | code        | text        | when
    1  | condition |             | gluten free | 2024-05-01
    2  | condition | icd10cm R21 |             | 2024-05-01
    3  | condition | icd10cm R21 |             | 2024-05-02
    """
    diet = First(Facts(TextLike("history/gluten_free")))
    spec(table, where(CodedIn("domain/rash"), After(DayOf(diet))), "yes", "3")


def test_not_or(spec):
    """`And`, `Or`, `Not` join conditions; unknown stays unknown through `Not`."""
    table = """
    id | kind      | code        | when
    1  | condition | icd10cm R21 | 2026
    """
    rash = Facts(CodedIn("domain/rash"))
    spec(table, Is(Last(rash), Within(HALF_A_YEAR)), "unknown", "1")
    spec(table, Is(Last(rash), Not(Within(HALF_A_YEAR))), "unknown", "1")
    spec(table, Is(Last(rash), Or((Within(HALF_A_YEAR), CodedIn("domain/rash")))), "yes", "1")
    spec(table, Is(Last(rash), And((Within(HALF_A_YEAR), CodedIn("domain/itch")))), "no", "1")
