"""What the record can say about celiac disease: tested, readable, followed up, known. The full pathway stands in `laboratory_tests`."""

from zonula.chart import Kind, Status
from zonula.chart_review import nodes as n
from zonula.chart_review.library.phrases import (
    ASSERTED_FACT,
    JUDGED_ABNORMAL,
    JUDGED_NORMAL,
    done,
    last_result,
    named,
    of_kinds,
    recorded,
    tests,
)

_CONFIRMED = n.Not(n.In(n.Attribute.STATUS, (Status.SUSPECTED.value, Status.PATIENT_REPORTED.value)))
_DIET = n.Facts(
    n.And(
        (
            named("history/gluten_free"),
            ASSERTED_FACT,
            of_kinds(Kind.CONDITION, Kind.SYMPTOM, Kind.OBSERVATION, Kind.ENCOUNTER, Kind.DOCUMENT, Kind.PROCEDURE),
        )
    )
)
LAST_TTG = last_result("ttg_iga")
_ANTIBODIES = ("ttg_iga", "ttg_igg", "ema_iga", "dgp_igg", "dgp_iga")
SEROLOGY_DONE = n.Or(tuple(done(test) for test in _ANTIBODIES))
# A later negative does not answer an earlier positive: it may have been taken on a gluten-free diet nobody wrote down.
POSITIVE = n.Facts(n.And((n.Or(tuple(tests(test).where for test in _ANTIBODIES)), JUDGED_ABNORMAL)))
KNOWN = recorded("history/celiac", _CONFIRMED)
ON_GLUTEN_FREE_DIET = n.Exists(_DIET)
IGA_ADEQUATE = n.Compare(
    n.ValueOf(last_result("total_iga"), "total_iga"),
    ">=",
    n.Figure("chart_review/celiac_conditions", "deficient_total_iga"),
)
_OFF_GLUTEN = n.Is(LAST_TTG, n.After(n.DayOf(n.First(_DIET))))
NEGATIVE_OFF_GLUTEN = n.And((ON_GLUTEN_FREE_DIET, n.Is(LAST_TTG, JUDGED_NORMAL), _OFF_GLUTEN))
NEGATIVE_CELIAC_SEROLOGY = n.And((n.Is(LAST_TTG, JUDGED_NORMAL), IGA_ADEQUATE, n.Not(NEGATIVE_OFF_GLUTEN)))
FOLLOWED_UP = n.Exists(
    n.Facts(
        n.And(
            (
                n.Or(
                    (
                        n.And((of_kinds(Kind.ENCOUNTER), n.In(n.Attribute.SPECIALTY, ("gastroenterology",)))),
                        named("test/duodenal_biopsy"),
                    )
                ),
                ASSERTED_FACT,
                n.After(n.DayOf(n.Last(POSITIVE))),
            )
        )
    )
)
