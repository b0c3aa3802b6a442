"""Whatever stands in a chart, the page keeps the shape it has with harmless words."""

from collections import Counter

import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import html

from zonula.chart import Source
from zonula.reports.review_html import review_html
from zonula.reports.review_page import page_of

HOSTILE = (
    "</style></title></bdi></details><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}&lt;'\""
)


def page_with(write_review, words):
    """The page of a review in which every text that a chart can choose holds these words."""
    review = write_review(name=words)
    facts = {
        key: msgspec.structs.replace(
            fact,
            text=words,
            note=words,
            performer=words,
            value_text=words,
            value=None,
            sources=(Source(words, words, words),),
        )
        for key, fact in review.facts.items()
    }
    line = msgspec.structs.replace(review.imported.per_document[0], name=words, kind=words, warnings=(words,))
    place = type(review.imported.skipped[0])(words, words, words)
    imported = msgspec.structs.replace(review.imported, per_document=(line,), skipped=(place,))
    proposal = msgspec.structs.replace(review.suspicions[0].proposals[0], by=words, specialty=words)
    suspicion = msgspec.structs.replace(review.suspicions[0], proposals=(proposal,))
    workup = tuple(msgspec.structs.replace(item, result=words, reason=words) for item in review.workup)
    summary = msgspec.structs.replace(review.summary, specialty_names=(words,))
    person = msgspec.structs.replace(review.patient, name=words, id=words)
    changed = write_review(
        facts=facts, imported=imported, suspicions=(suspicion,), workup=workup, summary=summary, patient=person
    )
    return html.fromstring(review_html(page_of(changed, "1")))


def shape(tree):
    return Counter(
        (element.tag, *sorted(set(element.attrib) - {"aria-label"}))
        for element in tree.iter()
        if isinstance(element.tag, str)
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(HOSTILE)
@given(st.text(max_size=200))
def test_no_text_changes_the_shape_of_the_page(write_review, text):
    harmless, hostile = page_with(write_review, "x words"), page_with(write_review, f"x {text}")
    assert shape(hostile) == shape(harmless)


def test_the_hostile_words_are_all_there_to_read(write_review):
    said = page_with(write_review, HOSTILE).text_content()
    assert said.count("<script>alert(1)</script>") > 20
    assert "{{ 7*7 }}" in said
