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
        ("Denies chest pain, shortness of breath at rest, or syncope", "flag/cardiorespiratory", {"denied"}),
        ("No fever, chills, night sweats, weight loss", "flag/weight_loss", {"denied"}),
        ("Negative for headache, fatigue, and rash", "domain/rash", {"denied"}),
        ("Denies fever, chills, nausea, has headache", "domain/headache", {"affirmed"}),
        ("No acute distress, the patient was given ibuprofen for headache", "domain/headache", {"affirmed"}),
        ("not sleeping, headache", "domain/headache", {"affirmed"}),
        ("Return if chest pain, dyspnea, or syncope", "flag/cardiorespiratory", {"hypothetical"}),
        ("Educated on red flags: chest pain, syncope, melena", "flag/gi_bleeding", {"hypothetical"}),
        ("3 day history of chest pain", "flag/cardiorespiratory", {"affirmed"}),
        ("fatigue fracture of the tibia", "domain/fatigue", set()),
        ("rash decision to stop work", "domain/rash", set()),
        ("side effects were discussed", "domain/treatment_side_effects", {"hypothetical"}),
        ("side effects from every antibiotic", "domain/treatment_side_effects", {"affirmed"}),
        ("asks about adrenal fatigue", "label/adrenal_fatigue", {"uncertain"}),
        ("asks whether she has chronic Lyme disease", "label/chronic_lyme", {"uncertain"}),
        ("believes she has MCS", "label/chemical_sensitivity", {"uncertain"}),
        ("worried about multiple sclerosis", "label/multiple_sclerosis", {"feared"}),
        ("concerned about celiac disease", "history/celiac", {"feared"}),
        ("celiac disease was ruled out", "family/gi_alarm", {"denied"}),
        ("non-celiac gluten sensitivity", "family/gi_alarm", set()),
        ("Multiple sclerosis in her sister", "label/multiple_sclerosis", {"family"}),
        ("FHx: colon cancer, celiac disease", "family/gi_alarm", {"family"}),
        ("Fatigue (-), headache (+)", "domain/fatigue", {"denied"}),
        ("Fatigue (-), headache (+)", "domain/headache", {"affirmed"}),
        ("Dysphagia - none", "flag/dysphagia", {"denied"}),
        ("jaundice as newborn", "flag/jaundice", set()),
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
