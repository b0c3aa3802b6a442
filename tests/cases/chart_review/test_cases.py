"""The clinician's cases: every rule has some, and both evaluators give the answer that is written."""

from pathlib import Path

import pytest
import yaml

from zonula.chart import Moment, Patient, Sex, chart_of
from zonula.chart_review.case import compiled_library
from zonula.chart_review.evaluate import PlainEvaluator
from zonula.chart_review.library import rules
from zonula.knowledge import shelf

FOLDER = Path(__file__).parent
WRITTEN = {
    rule: cases
    for path in sorted(FOLDER.glob("*.yaml"))
    for rule, cases in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader).items()
}
RULES = {rule.id: rule for rule in rules()}


@pytest.mark.parametrize("rule", WRITTEN)
def test_the_answers_are_as_written(rule, drawing):
    library, answers = compiled_library(), {"yes": True, "no": False, "unknown": None}
    for case in WRITTEN[rule]:
        facts = [drawing.fact({"id": str(number), **cells}) for number, cells in enumerate(case["facts"], 1)]
        born = case.get("born", "1980-05-01")
        patient = Patient(id="p", sex=Sex(case.get("sex", "female")), birth=Moment.parse(born) if born else None)
        chart = chart_of(patient, facts)
        plain = PlainEvaluator(chart, drawing.TODAY, library.words).truth(RULES[rule].when)
        assert plain.holds is answers[case["answer"]], case["title"]
        assert library.truth(RULES[rule].when, library.open(chart, drawing.TODAY)) == plain, case["title"]
        assert plain.because or not facts or plain.holds is not True, f"{case['title']}: a yes without a reason"


def test_every_rule_but_the_work_up_has_a_case_that_is_yes_and_one_that_is_not():
    for rule in RULES.values():
        if rule.chapter != "workup":
            answers = {case["answer"] for case in WRITTEN[rule.id]}
            assert "yes" in answers, rule.id
            assert answers & {"no", "unknown"}, rule.id
    assert set(WRITTEN) <= set(RULES)


def test_every_test_of_the_work_up_is_found_by_each_of_its_codes_and_wordings(drawing):
    library = compiled_library()
    rows = (*shelf().code_list("chart_review/loinc"), *shelf().code_list("chart_review/wording"))
    for rule in (rule for rule in RULES.values() if rule.chapter == "workup"):
        named = [row for row in rows if row.more["list"] == f"test/{rule.id.removeprefix('workup.')}"]
        assert named, f"{rule.id} can never be found"
        for row in named:
            written = {"text": row.code.replace("*", "s")} if row.system == "local" else {"code": f"loinc {row.code}"}
            for status, holds in (("confirmed", True), ("planned", False), ("entered_in_error", False)):
                fact = drawing.fact({"id": "1", "kind": "observation", "status": status, **written})
                opened = library.open(chart_of(Patient(id="p"), [fact]), drawing.TODAY)
                assert library.truth(rule.when, opened).holds is holds, (rule.id, row.code, status)


def test_every_card_is_used_by_a_rule_or_by_the_review():
    """A card nobody reads is a card nobody tests. The rest are the cards the review itself reads."""
    cited = {card for rule in RULES.values() for card in rule.according_to}
    read_by_the_review = {
        f"chart_review/{name}"
        for name in [
            "burden",
            "core_screen",
            "icd_year",
            "loinc_notice",
            "measures",
            "mention_cues",
            "overlap",
            "result_words",
            "snomed_licence",
            "specialties",
            "text_reading",
            "thyroid_conditions",
        ]
    }
    assert {card.id for card in shelf().cards("chart_review")} == cited | read_by_the_review
