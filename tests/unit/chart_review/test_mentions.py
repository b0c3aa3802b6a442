"""How wording is read: the sentences of real problem lists and visit notes, without any real person's data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonula.chart_review.mentions import Cues, Mention, MentionReader
from zonula.chart_review.vocabulary import vocabulary

CUES = Cues(before={"denied": ["no"]}, after={}, reach=6, behind=2)


def said(text, name):
    return {mention.said for mention in vocabulary().mentions(text) if mention.list == name}


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Headache", "domain/headache", {"affirmed"}),
        ("HEADACHES, daily", "domain/headache", {"affirmed"}),
        ("no headache", "domain/headache", {"denied"}),
        ("No fever, headache or rash", "domain/headache", {"denied"}),
        ("No fever, headache or rash", "domain/rash", {"denied"}),
        ("No fever. Headache since May", "domain/headache", {"affirmed"}),
        ("No fever but headache since May", "domain/headache", {"affirmed"}),
        ("Denies itching; reports rash", "domain/itch", {"denied"}),
        ("Denies itching; reports rash", "domain/rash", {"affirmed"}),
        ("Denies itching, reports rash", "domain/rash", {"affirmed"}),
        ("Fatigue: no", "domain/fatigue", {"denied"}),
        ("Fatigue, no headache", "domain/fatigue", {"affirmed"}),
        ("Fatigue, no headache", "domain/headache", {"denied"}),
        ("no energy, bloated", "domain/bloating", {"affirmed"}),
        ("Mother has migraine", "domain/headache", {"family"}),
        ("Mother has migraine, patient reports rash", "domain/rash", {"affirmed"}),
        ("family history of migraine", "domain/headache", {"family"}),
        ("sister with eczema", "domain/rash", {"family"}),
        ("no family history of celiac disease", "history/celiac", {"denied"}),
        ("Depression screening", "domain/anxiety_depression", {"hypothetical"}),
        ("Screening for depression", "domain/anxiety_depression", {"hypothetical"}),
        ("ST depression in V5", "domain/anxiety_depression", set()),
        ("Lyme disease was ruled out", "label/chronic_lyme", {"denied"}),
        ("Lyme disease, unlikely to be missed", "label/chronic_lyme", {"affirmed"}),
        ("r/o Lyme disease", "label/chronic_lyme", {"uncertain"}),
        ("?IBS", "label/ibs", {"uncertain"}),
        ("IBS?", "label/ibs", {"uncertain"}),
        ("libs", "label/ibs", set()),
        ("post-exertional malaise", "history/post_exertional_malaise", {"affirmed"}),
        ("weight loss surgery", "flag/weight_loss", set()),
        ("intentional weight loss of 5 kg", "flag/weight_loss", set()),
        ("unintentional weight loss of 5 kg", "flag/weight_loss", {"affirmed"}),
        ("headache, then later no headache", "domain/headache", {"affirmed", "denied"}),
    ],
)
def test_sentences(text, name, expected):
    assert said(text, name) == expected


def test_words_are_matched_whole_and_a_star_stands_for_any_ending():
    reader = MentionReader([("a", "rash"), ("b", "itch*"), ("c", "low back pain")], CUES)
    assert reader.read("brash rashes") == ()
    assert reader.read("itchiness") == (Mention("b", "affirmed"),)
    assert reader.read("low, back pain") == ()


def test_an_empty_phrase_is_refused():
    with pytest.raises(ValueError, match="empty phrase in a"):
        MentionReader([("a", " ")], CUES)


def test_the_end_of_a_long_narrative_is_read():
    assert said("Nothing to report today. " * 4000 + "Severe itching", "domain/itch") == {"affirmed"}


@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    for mention in vocabulary().mentions(text):
        assert mention.list in vocabulary().list_names
