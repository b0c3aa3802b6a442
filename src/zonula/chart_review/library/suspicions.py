"""The labels patients are given: who wrote them, and the criteria the record can show. A met criterion is not a verdict."""

from collections.abc import Mapping

import msgspec

from zonula.chart import Kind
from zonula.chart_review import nodes as n
from zonula.chart_review.library.celiac import NEGATIVE_CELIAC_SEROLOGY
from zonula.chart_review.library.phrases import (
    ASSERTED_FACT,
    JUDGED_ABNORMAL,
    JUDGED_NORMAL,
    complaints,
    current_drugs,
    done,
    labels,
    last_result,
    named,
    of_kinds,
    recorded,
    refutations,
    result,
    result_is,
    stated,
)


class Criteria(msgspec.Struct, frozen=True):
    """The criteria of one label: those that speak for it, and those that speak for another explanation."""

    supporting: Mapping[str, n.Truth]
    opposing: Mapping[str, n.Truth] = {}


def card_of(label: str) -> str:
    """The card of a label."""
    return f"chart_review/suspicions/{label}"


def _long_ago(*lists: str, label: str) -> n.Truth:
    """The first complaint of these lists began longer ago than the card's `onset_days`; unknown when none is dated."""
    first = n.First(n.Facts(n.Or(tuple(complaints(name).where for name in lists))))
    return n.Is(first, n.Not(n.Within(n.Figure(card_of(label), "onset_days"))))


ALARM_FEATURE = n.Or(
    (
        recorded("flag/gi_bleeding"),
        recorded("flag/weight_loss"),
        recorded("flag/dysphagia"),
        recorded("history/iron_deficiency_anaemia"),
    )
)
_ABOVE, _BELOW = n.In(n.Attribute.DIRECTION, ("high",)), n.In(n.Attribute.DIRECTION, ("low",))

SUSPICIONS: dict[str, Criteria] = {
    "chronic_lyme": Criteria(
        {
            "exposure": stated("history/tick_exposure"),
            "objective_sign": stated("history/lyme_objective_sign"),
            "two_tier": n.And((result_is("lyme_eia", JUDGED_ABNORMAL), result_is("lyme_igg_blot", JUDGED_ABNORMAL))),
        }
    ),
    "chemical_sensitivity": Criteria(
        {
            "airways": result_is("spirometry", JUDGED_NORMAL),
            "contact_allergy": result_is("patch_test", JUDGED_NORMAL),
        },
        {"asthma": stated("history/asthma")},
    ),
    "ibs": Criteria(
        {
            "pain": stated("history/abdominal_pain"),
            "bowel_change": stated("history/bowel_change"),
            "six_months": _long_ago("history/abdominal_pain", "history/bowel_change", label="ibs"),
            "celiac_excluded": NEGATIVE_CELIAC_SEROLOGY,
            "no_inflammation": result("calprotectin", "<", card_of("ibs"), "calprotectin_below"),
        },
        {"alarm": ALARM_FEATURE},
    ),
    "gluten_sensitivity": Criteria(
        {
            "celiac_excluded": NEGATIVE_CELIAC_SEROLOGY,
            "wheat_allergy_excluded": result_is("wheat_ige", JUDGED_NORMAL),
            "diet_response": stated("history/gluten_free_response"),
            "blinded_challenge": n.Stated(
                n.Exists(n.Facts(n.And((named("history/blinded_gluten_challenge"), ASSERTED_FACT)))),
                n.Facts(n.TextLike("history/blinded_gluten_challenge", ("denied",))),
            ),
        }
    ),
    "multiple_sclerosis": Criteria(
        {
            "mri": result_is("mri_brain", JUDGED_ABNORMAL),
            "oligoclonal_bands": result_is("oligoclonal_bands", JUDGED_ABNORMAL),
            "neurologist": n.Exists(
                n.Facts(
                    n.And(
                        (
                            of_kinds(Kind.ENCOUNTER),
                            ASSERTED_FACT,
                            n.In(n.Attribute.SPECIALTY, ("neurology",)),
                        )
                    )
                )
            ),
        }
    ),
    "me_cfs": Criteria(
        {
            "six_months": _long_ago("domain/fatigue", label="me_cfs"),
            "post_exertional_malaise": stated("history/post_exertional_malaise"),
            "unrefreshing_sleep": stated("history/unrefreshing_sleep"),
            "cognition_or_orthostatic": n.Or(
                (stated("history/cognitive_impairment"), stated("history/orthostatic_intolerance"))
            ),
            "exclusions_done": n.And(
                (
                    n.Or((done("cbc"), done("hemoglobin"))),
                    done("ferritin"),
                    done("tsh"),
                    done("hba1c"),
                    n.Or((done("crp"), done("esr"))),
                    done("ttg_iga"),
                )
            ),
        }
    ),
    "adrenal_fatigue": Criteria(
        {},
        {
            "cortisol_low": result("cortisol", "<", card_of("adrenal_fatigue"), "cortisol_low"),
            "cortisol_reassuring": result("cortisol", ">", card_of("adrenal_fatigue"), "cortisol_reassuring"),
            "adrenal_insufficiency": stated("history/adrenal_insufficiency"),
        },
    ),
    "hypothyroidism": Criteria(
        {
            "tsh_high": n.Is(last_result("tsh"), _ABOVE),
            "free_t4_low": n.Is(last_result("free_t4"), _BELOW),
            "antibodies": result_is("tpo_antibodies", JUDGED_ABNORMAL),
        },
        {"biotin": n.Exists(current_drugs("biotin"))},
    ),
}


def proposing(label: str) -> n.Facts:
    """The facts in which somebody wrote the label down."""
    return labels(f"label/{label}")


def refuting(label: str) -> n.Facts:
    """The facts in which somebody refuted it."""
    return refutations(f"label/{label}")
