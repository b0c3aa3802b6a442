"""Series and values: which facts, and what can be read from them"""

from zonula.chart import Sex
from zonula.chart_review.nodes import (
    And,
    Birth,
    CodedIn,
    Compare,
    CountOf,
    DayOf,
    DistinctOf,
    Exists,
    Facts,
    FallOf,
    Figure,
    First,
    Is,
    Last,
    Not,
    Or,
    OverlapOf,
    SexIs,
    Stated,
    TextLike,
    Today,
    UpperLimitsOf,
    ValueOf,
    Within,
    Years,
)

FERRITIN = Facts(CodedIn("test/ferritin"))
LOW_FERRITIN = Figure("chart_review/red_flags/iron_deficiency", "below")
TWO = Figure("chart_review/multimorbidity")
A_YEAR = Figure("chart_review/red_flags/weight_falling", "days")
FIVE_PERCENT = Figure("chart_review/red_flags/weight_falling", "percent")
FIFTY = Figure("chart_review/red_flags/new_bloating_after_50", "age")


def test_last_and_value(spec):
    """`Last` and `ValueOf`: the newest result, in the unit of its measure. Of two on the same day the one that sorts last by id counts."""
    table = """
    id | kind        | code         | when       | value
    a  | observation | loinc 2276-4 | 2020-01-01 | 12 ug/L
    b  | observation | loinc 2276-4 | 2024-01-01 | 20 ng/mL
    c  | observation | loinc 2276-4 | 2024-01-01 | 80 ng/mL
    """
    spec(table, Compare(ValueOf(Last(FERRITIN), "ferritin"), "<", LOW_FERRITIN), "no", "c")
    spec(table, Compare(ValueOf(First(FERRITIN), "ferritin"), "<", LOW_FERRITIN), "yes", "a")


def test_a_value_that_cannot_be_read(spec):
    """No result, an unknown unit or a bound on the wrong side make a comparison unknown: unknown is not normal."""
    empty = "id | kind"
    unit = """
    id | kind        | code         | value
    1  | observation | loinc 2276-4 | 12 drops
    """
    bound = """
    id | kind        | code         | value
    1  | observation | loinc 2276-4 | <40 ug/L
    """
    low_enough = """
    id | kind        | code         | value
    1  | observation | loinc 2276-4 | <30 ug/L
    """
    low = Compare(ValueOf(Last(FERRITIN), "ferritin"), "<", LOW_FERRITIN)
    spec(empty, low, "unknown", "")
    spec(unit, low, "unknown", "1")
    spec(bound, low, "unknown", "1")
    spec(low_enough, low, "yes", "1")


def test_an_undated_fact_is_never_first_or_last_of_dated_ones(spec):
    """An undated fact is chosen only when none is dated."""
    table = """
    id | kind        | code         | when | value
    a  | observation | loinc 2276-4 |      | 12 ug/L
    b  | observation | loinc 2276-4 | 2024 | 80 ug/L
    """
    spec(table, Compare(ValueOf(Last(FERRITIN), "ferritin"), "<", LOW_FERRITIN), "no", "b")


def test_facts_after_today_are_not_seen(spec):
    """A chart is seen as of the day of the review."""
    table = """
    id | kind        | code         | when       | value
    a  | observation | loinc 2276-4 | 2024-01-01 | 12 ug/L
    b  | observation | loinc 2276-4 | 2027-01-01 | 80 ug/L
    """
    spec(table, Compare(ValueOf(Last(FERRITIN), "ferritin"), "<", LOW_FERRITIN), "yes", "a")


def test_coded_answers_as_numbers(spec):
    """A coded answer counts as the number its measure gives it."""
    table = """
    id | kind        | code          | answer code    | answer
    1  | observation | loinc 44260-8 | loinc LA6569-3 | Several days
    """
    item9 = ValueOf(Last(Facts(CodedIn("test/phq9_item9"))), "phq9_item9")
    spec(table, Compare(item9, ">=", Figure("chart_review/red_flags/phq9_item9", "at_least")), "yes", "1")


def test_count(spec):
    """`CountOf`: a fact that only may belong leaves the count open between two numbers."""
    sure = """
    id | kind      | code        | when
    1  | condition | icd10cm R21 | 2026-10-01
    2  | condition | icd10cm R21 | 2026-11-01
    """
    open_ended = """
    id | kind      | code        | when
    1  | condition | icd10cm R21 | 2026-10-01
    2  | condition | icd10cm R21 | 2026
    """
    recent = Facts(And((CodedIn("domain/rash"), Within(Figure("chart_review/red_flags/breastfeeding", "recent_days")))))
    short = Facts(
        And((CodedIn("domain/rash"), Within(Figure("chart_review/red_flags/asthma_unstable", "recent_days"))))
    )
    spec(sure, Compare(CountOf(recent), ">=", TWO), "yes", "1 2")
    spec(open_ended, Compare(CountOf(recent), ">=", TWO), "yes", "2 1")
    spec(sure, Compare(CountOf(short), ">=", TWO), "no", "2")
    spec(open_ended, Compare(CountOf(short), "<", TWO), "yes", "2")


def test_distinct(spec):
    """`DistinctOf`: told apart by specialty, by wording, by day or by the lists under a prefix."""
    table = """
    id | kind      | code          | text     | specialty | when
    1  | condition | icd10cm E11.9 | Diabetes | GI        | 2024-01-01
    2  | condition | icd10cm E10.9 | diabetes | gi        | 2024-01-01
    3  | condition | icd10cm I10   | Pressure | Neurology | 2024-02-01
    """
    conditions = Facts(Or((CodedIn("chronic/diabetes"), CodedIn("chronic/hypertension"))))
    for by, prefix in (("specialty", ""), ("wording", ""), ("day", ""), ("list", "chronic/")):
        spec(table, Compare(DistinctOf(conditions, by, prefix), ">=", TWO), "yes")
        spec(table, Compare(DistinctOf(conditions, by, prefix), ">", TWO), "no")


def test_upper_limits(spec):
    """`UpperLimitsOf`: a multiple of the limit sent with this very result; without that limit it is unknown."""
    alp = Last(Facts(CodedIn("test/alp")))
    raised = Compare(UpperLimitsOf(alp), ">=", Figure("chart_review/red_flags/cholestasis_with_itch", "upper_limits"))
    table = """
    id | kind        | code         | value   | limits
    1  | observation | loinc 6768-6 | 180 U/L | 40-120
    """
    without = """
    id | kind        | code         | value
    1  | observation | loinc 6768-6 | 180 U/L
    """
    spec(table, raised, "yes", "1")
    spec(without, raised, "unknown", "1")


def test_fall(spec):
    """`FallOf`: the last value against the highest of the days before it, in percent; one value alone cannot fall."""
    fell = Compare(FallOf(Facts(CodedIn("test/body_weight")), "body_weight", A_YEAR), ">=", FIVE_PERCENT)
    table = """
    id | kind        | code          | when       | value
    1  | observation | loinc 29463-7 | 2023-01-01 | 90 kg
    2  | observation | loinc 29463-7 | 2026-01-10 | 60 kg
    3  | observation | loinc 29463-7 | 2026-06-10 | 61000 g
    4  | observation | loinc 29463-7 | 2026-11-10 | 57.9 kg
    """
    once = """
    id | kind        | code          | when       | value
    4  | observation | loinc 29463-7 | 2026-11-10 | 57.9 kg
    """
    spec(table, fell, "yes", "3 4")
    spec(once, fell, "unknown", "")


def test_overlap(spec):
    """`OverlapOf`: how many series were active at the same time; dates known only to the year leave it open."""
    both = OverlapOf((Facts(CodedIn("domain/rash")), Facts(CodedIn("domain/itch"))))
    together = """
    id | kind      | code          | when       | end
    1  | condition | icd10cm R21   | 2024-01-01 | 2024-06-01
    2  | condition | icd10cm L29.9 | 2024-05-01 |
    """
    apart = """
    id | kind      | code          | when
    1  | condition | icd10cm R21   | 2018-01-01
    2  | condition | icd10cm L29.9 | 2024-05-01
    """
    coarse = """
    id | kind      | code          | when
    1  | condition | icd10cm R21   | 2024
    2  | condition | icd10cm L29.9 | 2024-05-01
    """
    spec(together, Compare(both, ">=", TWO), "yes", "1 2")
    spec(apart, Compare(both, ">=", TWO), "no")
    spec(coarse, Compare(both, ">=", TWO), "unknown")


def test_age(spec):
    """`Years` from `Birth` to `Today` or to a fact: full years, unknown when the date of birth leaves it open."""
    table = """
    id | kind      | code          | when
    1  | condition | icd10cm R14.0 | 2025-02-28
    """
    at_onset = Compare(Years(Birth(), DayOf(First(Facts(CodedIn("domain/bloating"))))), ">=", FIFTY)
    spec(table, at_onset, "yes", "1", patient="female born 1975-02-28")
    spec(table, at_onset, "no", "1", patient="female born 1975-03-01")
    spec(table, at_onset, "unknown", "1", patient="female born 1975")
    spec(table, Compare(Years(Birth(), Today()), ">=", FIFTY), "yes", "", patient="female born 1975")
    spec(table, Compare(Years(Birth(), Today()), ">=", FIFTY), "unknown", "", patient="female")


def test_truths(spec):
    """`Exists` speaks of the records; `Stated` of the patient: nobody wrote of it is unknown, not no."""
    rash, denied = Facts(TextLike("domain/rash")), Facts(TextLike("domain/rash", ("denied",)))
    silent, said_no = "id | kind", "id | kind    | text\n1  | symptom | no rash"
    spec(silent, Exists(rash), "no", "")
    spec(silent, Stated(Exists(rash), denied), "unknown", "")
    spec(said_no, Stated(Exists(rash), denied), "no", "1")


def test_sex_and_joins(spec):
    """`SexIs`, and how `And`, `Or`, `Not` carry the unknown: one no decides an `And`, one yes decides an `Or`."""
    silent = "id | kind"
    woman, unknown = SexIs(Sex.FEMALE), Compare(ValueOf(Last(FERRITIN), "ferritin"), "<", LOW_FERRITIN)
    spec(silent, woman, "yes")
    spec(silent, woman, "unknown", patient="unknown born 1980")
    spec(silent, And((woman, unknown)), "unknown")
    spec(silent, And((Not(woman), unknown)), "no")
    spec(silent, Or((woman, unknown)), "yes")
    spec(silent, Or((Not(woman), unknown)), "unknown")
    spec(silent, Is(Last(FERRITIN), CodedIn("test/ferritin")), "unknown")
