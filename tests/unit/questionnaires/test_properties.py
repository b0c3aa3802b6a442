"""What must hold for any answers: ranges, alarms, order."""

import json
import random
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.chart import State
from zonula.errors import UserError
from zonula.questionnaires import ItemType, alarms, instruments, load, read_response, score, shipped, validate
from zonula.questionnaires.score import Completeness

NAMES = [name for name, instrument in instruments().items() if instrument.offered != "no" and instrument.scales]
# The large form is slow to draw; the whole file stays within seconds.
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WATCHED = ["phq-9", "safety-screen", "symptom-domains"]


def possible(item):
    """Every kind of answer a question accepts."""
    if item.options:
        coded = [{"system": option.value.system, "code": option.value.code} for option in item.options]
        return st.sampled_from([{"valueCoding": value} for value in coded])
    if item.type is ItemType.BOOLEAN:
        return st.booleans().map(lambda value: {"valueBoolean": value})
    low, high = item.minimum or 0, 100 if item.maximum is None else item.maximum
    if item.type is ItemType.INTEGER:
        return st.integers(int(low), int(high)).map(lambda value: {"valueInteger": value})
    if item.type is ItemType.DECIMAL:
        return st.floats(low, high).map(lambda value: {"valueDecimal": round(value, 1)})
    return st.just({"valueString": "words"})


def responses(questionnaire):
    """Responses with any subset of the scored and alarm questions answered, in any order, groups kept."""
    groups = {}
    for top in questionnaire.items:
        for item in top.walk():
            for child in item.items:
                groups[child.link_id] = item.link_id
    askable = [
        item
        for item in questionnaire.walk()
        if not item.items
        and not item.calculated
        and not item.conditions
        and item.type not in {ItemType.DISPLAY, ItemType.GROUP, ItemType.DATE}
        and "story" not in groups.get(item.link_id, "")
    ]

    def build(chosen):
        tree = {}
        for item, answer in chosen:
            path, above = [item.link_id], groups.get(item.link_id)
            while above:
                path.insert(0, above)
                above = groups.get(above)
            place = tree
            for link in path:
                place = place.setdefault(link, {})
            place["answer"] = [answer]
        return {**HEAD, "questionnaire": questionnaire.url, "item": items_of(tree)}

    subsets = st.lists(st.sampled_from(askable), unique_by=lambda item: item.link_id, max_size=len(askable))
    return subsets.flatmap(lambda items: st.tuples(*[st.tuples(st.just(item), possible(item)) for item in items])).map(
        build
    )


HEAD = {
    "resourceType": "QuestionnaireResponse",
    "id": "r1",
    "status": "completed",
    "subject": {"reference": "Patient/1"},
    "authored": "2026-11-20",
}


def items_of(tree):
    made = []
    for link, below in tree.items():
        entry = {"linkId": link}
        if "answer" in below:
            entry["answer"] = below["answer"]
        inner = items_of({key: value for key, value in below.items() if key != "answer"})
        if inner:
            entry["item"] = inner
        made.append(entry)
    return made


def read(document):
    return read_response(json.dumps(document))


def shuffled(items, dice):
    mixed = [{**item, "item": shuffled(item["item"], dice)} if "item" in item else item for item in items]
    dice.shuffle(mixed)
    return mixed


def without(items, link):
    kept = []
    for item in items:
        if item["linkId"] != link:
            kept.append({**item, "item": without(item["item"], link)} if "item" in item else item)
    return kept


def answered(items):
    for item in items:
        if "answer" in item:
            yield item["linkId"]
        yield from answered(item.get("item", []))


@pytest.mark.parametrize("name", NAMES)
def test_a_score_never_leaves_its_range_and_lies_among_the_possible_ones(name, today):
    questionnaire = shipped(name)

    @FEW
    @given(responses(questionnaire))
    def holds(document):
        for scale in score(questionnaire, read(document), today).scales:
            assert scale.low <= scale.possible[0] <= scale.possible[1] <= scale.high
            if scale.value is not None:
                assert scale.possible[0] <= scale.value <= scale.possible[1]
            if scale.how is Completeness.COMPLETE and scale.answered == scale.of:
                assert scale.possible == (scale.value, scale.value)
            assert scale.certain or scale.possible[0] < scale.possible[1]

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_items_never_matters(name, today):
    questionnaire = shipped(name)

    @FEW
    @given(responses(questionnaire), st.integers(0, 10**6))
    def holds(document, seed):
        mixed = {**document, "item": shuffled(document["item"], random.Random(seed))}
        assert score(questionnaire, read(mixed), today) == score(questionnaire, read(document), today)

    holds()


@pytest.mark.parametrize("name", WATCHED)
def test_a_missing_answer_never_lowers_an_alarm(name, today):
    """Take any one answer away: every alarm that was raised is still raised, or becomes unknown and asks; none falls silent."""
    questionnaire = shipped(name)

    @FEW
    @given(responses(questionnaire), st.data())
    def holds(document, data):
        links = sorted(answered(document["item"]))
        if not links:
            return
        before = {finding.id: finding for finding in alarms(questionnaire, read(document), today)}
        gone = data.draw(st.sampled_from(links))
        fewer = {**document, "item": without(document["item"], gone)}
        after = {finding.id: finding for finding in alarms(questionnaire, read(fewer), today)}
        for alarm, finding in before.items():
            assert alarm in after
            its_own = {place.partition("#")[2] for place in finding.because}
            if finding.state is State.YES and gone not in its_own:
                assert after[alarm].state is State.YES
                assert after[alarm].level == finding.level

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_answer_only_widens_what_is_possible(name, today):
    questionnaire = shipped(name)

    @FEW
    @given(responses(questionnaire), st.data())
    def holds(document, data):
        links = sorted(answered(document["item"]))
        if not links:
            return
        fewer = {**document, "item": without(document["item"], data.draw(st.sampled_from(links)))}
        full, less = (score(questionnaire, read(each), today) for each in (document, fewer))
        for wide, narrow in zip(less.scales, full.scales, strict=True):
            assert wide.possible[0] <= narrow.possible[0]
            assert wide.possible[1] >= narrow.possible[1]

    holds()


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
LISTED = {
    "resourceType": "Questionnaire",
    "contained": [
        {
            "resourceType": "ValueSet",
            "id": "v",
            "url": "u",
            "compose": {"include": [{"system": "s", "concept": [{"code": "a", "extension": [{"url": "x"}]}]}]},
            "expansion": {"contains": [{"system": "s", "code": "a"}]},
        },
        {"resourceType": "CodeSystem", "url": "s", "concept": [{"code": "b"}]},
    ],
    "item": [
        {"linkId": "q", "type": "choice", "answerValueSet": "#v", "initial": [{"valueCoding": {"code": "a"}}]},
        {
            "linkId": "r",
            "type": "decimal",
            "enableWhen": [{"question": "q", "operator": "=", "answerCoding": {"code": "a"}}],
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueQuantity": {"value": 3}},
                {
                    "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
                    "valueExpression": {"expression": "%resource.item.answer.value.ordinal().sum()"},
                },
            ],
        },
    ],
}
ANSWERED = {
    **HEAD,
    "item": [
        {"linkId": "q", "answer": [{"valueCoding": {"system": "s", "code": "a"}, "item": [{"linkId": "x"}]}]},
        {"linkId": "r", "answer": [{"valueDecimal": 2.5}]},
    ],
}


def places_in(value, path=()):
    """Every place in a JSON value, as a path of keys and indices."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places_in(below, (*path, key))


def spoilt(value, path, junk):
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = spoilt(value[path[0]], path[1:], junk)
    return copy


PHQ_FORM = json.loads(files("zonula.questionnaires").joinpath("instruments", "phq-9.json").read_text("utf-8"))


@pytest.mark.parametrize("whole", [LISTED, PHQ_FORM], ids=["listed", "phq-9"])
def test_a_questionnaire_spoilt_anywhere_is_refused_or_read_but_never_breaks(whole):
    @settings(max_examples=150, deadline=None)
    @given(st.sampled_from(sorted(places_in(whole), key=str)), JUNK)
    def holds(path, junk):
        try:
            questionnaire = load(spoilt(whole, path, junk))
        except UserError:
            return
        validate(questionnaire, read(ANSWERED))

    holds()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(places_in(ANSWERED), key=str)), JUNK, st.sampled_from([LISTED, PHQ_FORM]))
def test_answers_spoilt_anywhere_are_refused_or_checked_but_never_break(path, junk, form):
    try:
        response = read(spoilt(ANSWERED, path, junk))
    except UserError:
        return
    questionnaire = load(form)
    validate(questionnaire, response)
    alarms(questionnaire, response, date(2026, 11, 24))
