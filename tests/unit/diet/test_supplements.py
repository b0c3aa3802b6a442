"""Supplements: every clinician-readable case, the sums, and the file."""

from datetime import date
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.chart import State
from zonula.diet import Person
from zonula.diet.supplements import (
    FORMAT,
    Advice,
    Agent,
    Content,
    Supplement,
    SupplementForm,
    daily_nutrients,
    parse_supplements,
    review,
    without_contents,
)
from zonula.errors import UserError
from zonula.knowledge import shelf

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "diet" / "supplements.yaml").read_text(encoding="utf-8"))
DAY = date(2026, 3, 2)
STRICT = list(Advice)
NAMES = sorted({word for card in shelf().cards("diet/supplements") for word in card.data["words"]})
DRUGS = sorted({drug for drugs in shelf().card("diet/drug_classes").data.values() for drug in drugs})


def form(*supplements, drugs=(), conditions=(), surgery=None, **person):
    known = {"age": 40, "sex": "male", "weight_kg": 70, "pregnant": State.NO, "breastfeeding": State.NO, **person}
    return SupplementForm(
        format=FORMAT,
        patient="p",
        person=Person(**known),
        drugs=None if drugs is None else tuple(drugs),
        conditions=None if conditions is None else tuple(conditions),
        surgery=surgery,
        supplements=supplements,
    )


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case, knowledge):
    know = {
        key: State(value) if key in ("pregnant", "breastfeeding") else value
        for key, value in case.get("know", {}).items()
    }
    amount, unit = case.get("dose", (None, ""))
    result = review(form(Supplement(name=case["name"], amount=amount, unit=unit), **know), DAY, knowledge)
    (product,) = result.products
    assert product.advice.value == case["advice"], [finding.says for finding in product.findings]
    assert not case.get("says") or any(case["says"] in finding.says for finding in product.findings)
    for finding in product.findings:
        assert finding.according_to
        assert finding.asks


def test_every_advice_has_a_case():
    assert {case["advice"] for case in CASES} == {advice.value for advice in Advice}


def test_every_card_can_be_read_and_names_only_known_classes_and_conditions(knowledge):
    classes, conditions = (knowledge.card(f"diet/{name}").data for name in ("drug_classes", "condition_words"))
    for card in knowledge.cards("diet/supplements"):
        agent = msgspec.convert(card.data, Agent)
        assert {rule.drug_class for rule in agent.drugs} <= {*classes, "any"}, card.id
        assert set(agent.avoid_in) <= set(conditions), card.id
        assert agent.offered in ("yes", "no", "clinician")
        assert agent.pregnancy in ("block", "clinician")
        assert not card.verified  # the facts come from memory; a clinician signs them off


@settings(max_examples=120, deadline=None)
@given(name=st.sampled_from(NAMES), drugs=st.lists(st.sampled_from(DRUGS), max_size=3), more=st.sampled_from(DRUGS))
def test_one_more_drug_never_makes_a_product_safer(name, drugs, more):
    one = Supplement(name=name)
    before, after = (review(form(one, drugs=taken), DAY, shelf()).products[0] for taken in (drugs, [*drugs, more]))
    assert STRICT.index(after.advice) <= STRICT.index(before.advice)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(NAMES))
def test_not_asking_is_never_safer_than_asking_and_hearing_no(name):
    one = Supplement(name=name)
    asked, unasked = (
        review(form(one, drugs=known, conditions=known), DAY, shelf()).products[0] for known in ((), None)
    )
    assert STRICT.index(unasked.advice) <= STRICT.index(asked.advice)


def test_what_is_not_offered_is_never_offered_whatever_is_known(knowledge):
    for card in knowledge.cards("diet/supplements"):
        if card.data["offered"] == "no":
            for word in card.data["words"]:
                assert review(form(Supplement(name=word)), DAY, knowledge).products[0].advice is Advice.NOT_OFFERED, (
                    word
                )


def product(name, nutrient, amount, unit, per_day=1):
    return Supplement(
        name=name, doses_per_day=per_day, contains=(Content(nutrient=nutrient, amount=amount, unit=unit),)
    )


def test_products_add_up_to_one_limit(knowledge):
    two = form(product("Multivitamin", "zinc", 25, "mg"), product("Zinc carnosine", "zinc", 10000, "µg", 2))
    result = review(two, DAY, knowledge)
    assert result.totals == {"zinc": 45}
    assert [finding.id for finding in result.findings] == ["diet.supplements.above_limit.zinc.us"]


def test_us_and_eu_limits_stand_side_by_side(knowledge):
    findings = review(form(product("Multivitamin", "vitamin_b6", 25, "mg")), DAY, knowledge).findings
    assert [finding.id for finding in findings] == ["diet.supplements.above_limit.vitamin_b6.eu"]


def test_vitamin_d_in_units_is_counted_and_an_unknown_unit_is_said(knowledge):
    totals, uncounted = daily_nutrients(
        form(product("D", "vitamin_d", 1000, "IU"), product("A", "retinol", 5000, "IU")), knowledge
    )
    assert totals == {"vitamin_d": 25}
    assert uncounted == ("A: retinol in IU",)
    result = review(form(product("Multivitamin", "retinol", 5000, "IU")), DAY, knowledge)
    assert any("could not be counted" in finding.says for finding in result.findings)


def test_products_that_may_bring_nutrients_without_saying_which_are_named(knowledge):
    several = form(Supplement(name="Multivitamin"), Supplement(name="Psyllium"), Supplement(name="Quantum Gut"))
    assert without_contents(several, knowledge) == ("Multivitamin", "Quantum Gut")


def test_limits_are_not_guessed_without_an_age(knowledge):
    result = review(form(product("Multivitamin", "zinc", 100, "mg"), age=None), DAY, knowledge)
    assert [(finding.id, finding.state) for finding in result.findings] == [
        ("diet.supplements.limits_unknown", State.UNKNOWN)
    ]


def test_the_same_agent_twice_is_said(knowledge):
    result = review(form(Supplement(name="Curcumin"), Supplement(name="Turmeric capsules")), DAY, knowledge)
    assert any(finding.id == "diet.supplements.twice.curcumin" for finding in result.findings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("]", "not readable"),
        ("a: 1", "not a supplements file"),
        (f"format: {FORMAT}\npatient: p\nsupplements: [{{name: x, amount: -3}}]", "cannot be"),
        (f"format: {FORMAT}\npatient: p\nsupplements: [{{name: x, amount: .nan}}]", "cannot be"),
        (f"format: {FORMAT}\npatient: p\nwrong: 1", "unknown field"),
        (
            f"format: {FORMAT}\npatient: p\nsupplements: [{{name: x, contains: [{{nutrient: zink, amount: 1, unit: mg}}]}}]",
            "not a nutrient",
        ),
    ],
)
def test_bad_files_are_refused_with_their_reason(text, said, knowledge):
    with pytest.raises(UserError, match=said):
        parse_supplements(text, "file.yaml", knowledge)
