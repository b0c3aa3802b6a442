"""The conditions of the red flags. Each has a card of its name with level, figures, sentence and safe action (facts file, section 3)."""

from zonula.chart import Kind, Sex
from zonula.chart_review import nodes as n
from zonula.chart_review.library import celiac
from zonula.chart_review.library.domains import affirming
from zonula.chart_review.library.phrases import (
    AGE_TODAY,
    ASSERTED_FACT,
    JUDGED_ABNORMAL,
    age_at,
    complaints,
    current_drugs,
    done,
    last_result,
    of_kinds,
    recorded,
    recorded_within,
    result,
    result_is,
    tests,
)
from zonula.chart_review.library.suspicions import proposing
from zonula.chart_review.reading import OF_FAMILY, OPEN

DRUGS = (
    "insulin",
    "sulfonylurea",
    "anticoagulant",
    "lithium",
    "maoi",
    "transplant",
    "methotrexate",
    "clozapine",
    "chemotherapy",
    "digoxin",
)
_WOMAN = n.SexIs(Sex.FEMALE)


def card_of(flag: str) -> str:
    """The card of a red flag."""
    return f"chart_review/red_flags/{flag}"


def _figure(flag: str, key: str) -> n.Figure:
    return n.Figure(card_of(flag), key)


def _recent(flag: str, name: str = "") -> n.Truth:
    return recorded_within(name or f"flag/{flag}", card_of(flag))


def _recent_result(flag: str, test: str, key: str) -> n.Truth:
    """The newest result lies below the card's figure, and it is recent."""
    recent = n.Is(last_result(test), n.Within(_figure(flag, "recent_days")))
    return n.And((result(test, "<", card_of(flag), key), recent))


def _new_after(flag: str, series: n.Facts) -> n.Truth:
    """The first such fact of the record is recent and came at or after the card's age."""
    first = n.First(series)
    return n.And(
        (
            n.Exists(series),
            n.Is(first, n.Within(_figure(flag, "recent_days"))),
            n.Compare(age_at(first), ">=", _figure(flag, "age")),
        )
    )


def _fell(flag: str, *limits: tuple[str, str]) -> n.Truth:
    """The weight fell by one of the card's percentages within its days, and the last weighing is recent."""
    recent = n.Is(last_result("body_weight"), n.Within(_figure(flag, "recent_days")))
    falls = tuple(
        n.Compare(n.FallOf(tests("body_weight"), "body_weight", _figure(flag, days)), ">=", _figure(flag, percent))
        for percent, days in limits
    )
    return n.And((n.Or(falls), recent))


def _colonoscopy_since(test: str) -> n.Truth:
    """A colonoscopy is recorded after the newest result of the test, which was its question."""
    return n.And(
        (done(test), n.Exists(n.Facts(n.And((tests("colonoscopy").where, n.After(n.DayOf(last_result(test))))))))
    )


def _pregnant(flag: str) -> n.Truth:
    """A recent pregnancy that the record does not call over, or a recent positive test."""
    recent = n.Within(_figure(flag, "recent_days"))
    lasting = n.Or((n.Not(of_kinds(Kind.CONDITION, Kind.SYMPTOM)), n.In(n.Attribute.COURSE, (OPEN,))))
    positive = n.And((done("hcg"), n.Is(last_result("hcg"), JUDGED_ABNORMAL), n.Is(last_result("hcg"), recent)))
    return n.Or((recorded("history/pregnancy", recent, lasting), positive))


_ITCH = n.Exists(affirming("itch"))
_ANAPHYLAXIS = recorded("flag/anaphylaxis")

RED_FLAGS: dict[str, n.Truth] = {
    "low_oxygen": _recent_result("low_oxygen", "oxygen_saturation", "below"),
    "very_low_glucose": _recent_result("very_low_glucose", "glucose", "below"),
    "cardiorespiratory": _recent("cardiorespiratory"),
    "food_impaction": _recent("food_impaction"),
    "cauda_equina": _recent("cauda_equina"),
    "endocrine_crisis": _recent("endocrine_crisis"),
    "severe_drug_reaction": _recent("severe_drug_reaction"),
    "phq9_item9": result("phq9_item9", ">=", card_of("phq9_item9"), "at_least"),
    "suicidal": _recent("suicidal"),
    "gi_bleeding": _recent("gi_bleeding"),
    "jaundice": _recent("jaundice"),
    "neuro_alarm": _recent("neuro_alarm"),
    "new_headache_after_50": _new_after("new_headache_after_50", affirming("headache")),
    "psychosis_mania": _recent("psychosis_mania"),
    "safeguarding": _recent("safeguarding"),
    "itch_in_pregnancy": n.And((_ITCH, _pregnant("itch_in_pregnancy"))),
    "very_low_cortisol": _recent_result("very_low_cortisol", "cortisol", "below"),
    "dysphagia": _recent("dysphagia"),
    "weight_loss_recorded": _recent("weight_loss_recorded", "flag/weight_loss"),
    "weight_falling": _fell("weight_falling", ("percent", "days")),
    "weight_falling_fast": _fell(
        "weight_falling_fast", ("percent_month", "days_month"), ("percent_half_year", "days_half_year")
    ),
    "abdominal_mass": _recent("abdominal_mass"),
    "bowel_change_after_50": _new_after("bowel_change_after_50", complaints("flag/bowel_change")),
    "new_bloating_after_50": n.And((_WOMAN, _new_after("new_bloating_after_50", affirming("bloating")))),
    "ibs_after_50": n.And((_WOMAN, _new_after("ibs_after_50", proposing("ibs")))),
    "persistent_vomiting": _recent("persistent_vomiting"),
    "nocturnal_diarrhoea": _recent("nocturnal_diarrhoea"),
    "constitutional": _recent("constitutional"),
    "iron_deficiency_anaemia": n.Or(
        (
            recorded("history/iron_deficiency_anaemia"),
            n.And(
                (
                    n.Is(last_result("hemoglobin"), n.In(n.Attribute.DIRECTION, ("low",))),
                    result("ferritin", "<", card_of("iron_deficiency_anaemia"), "ferritin_below"),
                )
            ),
        )
    ),
    "positive_fit": n.And((result_is("fit", JUDGED_ABNORMAL), n.Not(_colonoscopy_since("fit")))),
    "high_calprotectin": n.And(
        (
            result("calprotectin", ">", card_of("high_calprotectin"), "above"),
            n.Not(_colonoscopy_since("calprotectin")),
        )
    ),
    "celiac_positive_no_followup": n.And((n.Exists(celiac.POSITIVE), n.Not(celiac.FOLLOWED_UP), n.Not(celiac.KNOWN))),
    "back_pain_with_cancer": n.And((_recent("back_pain_with_cancer", "history/back_pain"), recorded("history/cancer"))),
    "low_bmi": _recent_result("low_bmi", "bmi", "below"),
    "eating_disorder": recorded("flag/eating_disorder"),
    "anaphylaxis_history": _ANAPHYLAXIS,
    "anaphylaxis_on_blocker": n.And(
        (
            _ANAPHYLAXIS,
            n.Or((n.Exists(current_drugs("beta_blocker")), n.Exists(current_drugs("ace_inhibitor")))),
        )
    ),
    "asthma_unstable": _recent("asthma_unstable", "flag/asthma_exacerbation"),
    "pregnancy": _pregnant("pregnancy"),
    "breastfeeding": _recent("breastfeeding", "history/breastfeeding"),
    "kidney_disease": recorded("flag/kidney_disease"),
    "liver_disease": recorded("flag/liver_disease"),
    "heart_failure": recorded("flag/heart_failure"),
    "type1_diabetes": recorded("flag/type1_diabetes"),
    "special_diet_disease": recorded("flag/special_diet_disease"),
    "ibd": recorded("flag/ibd"),
    "child": n.Compare(AGE_TODAY, "<", _figure("child", "age")),
    "celiac_known": celiac.KNOWN,
    "celiac_never_tested": n.And(
        (
            n.Or(
                (
                    n.Exists(affirming("bloating")),
                    n.Exists(affirming("fatigue")),
                    recorded("history/iron_deficiency_anaemia"),
                    n.Exists(proposing("ibs")),
                )
            ),
            n.Not(celiac.SEROLOGY_DONE),
            n.Not(celiac.KNOWN),
        )
    ),
    "celiac_tested_without_iga": n.And((done("ttg_iga"), n.Not(done("total_iga")))),
    "celiac_tested_off_gluten": celiac.NEGATIVE_OFF_GLUTEN,
    "gluten_free_untested": n.And((celiac.ON_GLUTEN_FREE_DIET, n.Not(celiac.SEROLOGY_DONE), n.Not(celiac.KNOWN))),
    "iga_deficient": n.Or(
        (recorded("history/iga_deficiency"), result("total_iga", "<", card_of("iga_deficient"), "below"))
    ),
    "iron_deficiency": result("ferritin", "<", card_of("iron_deficiency"), "below"),
    "low_b12": result("b12", "<", card_of("low_b12"), "below"),
    "diabetes_range_hba1c": n.And(
        (
            result("hba1c", ">=", card_of("diabetes_range_hba1c"), "at_least"),
            n.Not(recorded("history/diabetes")),
        )
    ),
    "abnormal_tsh": result_is("tsh", JUDGED_ABNORMAL),
    "cholestasis_with_itch": n.And(
        (
            _ITCH,
            n.Compare(n.UpperLimitsOf(last_result("alp")), ">=", _figure("cholestasis_with_itch", "upper_limits")),
        )
    ),
    "depression_screen": result("phq9", ">=", card_of("depression_screen"), "at_least"),
    "anxiety_screen": result("gad7", ">=", card_of("anxiety_screen"), "at_least"),
    "substance_use": recorded("flag/substance_use"),
    "family_history": n.Exists(
        n.Facts(
            n.Or(
                (
                    n.And(
                        (
                            n.Or((n.CodedIn("family/gi_alarm"), n.TextLike("family/gi_alarm", ("affirmed", "family")))),
                            of_kinds(Kind.FAMILY_HISTORY),
                            n.In(n.Attribute.STANDING, (OF_FAMILY,)),
                        )
                    ),
                    n.And((n.CodedIn("family/gi_alarm"), ASSERTED_FACT)),
                    n.And((n.TextLike("family/gi_alarm", ("family",)), ASSERTED_FACT)),
                )
            )
        )
    ),
    "low_yield_test": n.Exists(
        n.Facts(
            n.And(
                (
                    n.TextLike("flag/low_yield_test"),
                    n.In(n.Attribute.STANDING, ("asserted", "denied")),
                    of_kinds(Kind.OBSERVATION, Kind.PROCEDURE, Kind.DOCUMENT),
                )
            )
        )
    ),
    **{f"drug_{drug}": n.Exists(current_drugs(drug)) for drug in DRUGS},
}
