"""Every instrument on the shelf reads, says its licence, and what is shipped with items is a questionnaire without remarks."""

import json
from importlib.resources import files

import pytest

from zonula.errors import UserError
from zonula.knowledge import shelf
from zonula.questionnaires import instrument_named, instruments, shipped
from zonula.questionnaires.alarms import watches
from zonula.questionnaires.form import prepared
from zonula.questionnaires.instruments import places

OFFERED = [name for name, instrument in instruments().items() if instrument.offered != "no"]
WITH_ITEMS = [name for name, instrument in instruments().items() if instrument.offered == "items"]
# Instruments whose wording we may not distribute (facts, section 4).
WITHHELD = {
    "qeesi",
    "ibs-sss",
    "promis",
    "midas",
    "hit-6",
    "scoff",
    "nias",
    "fss",
    "cfq-11",
    "whodas-12",
    "eq-5d",
    "sss-8",
    "pss-12",
}


@pytest.mark.parametrize("name", list(instruments()))
def test_each_instrument_states_its_licence(name):
    assert instruments()[name].licence.split()[0].rstrip(":") in {"Green", "Amber", "Red"}


@pytest.mark.parametrize("name", OFFERED)
def test_every_item_of_every_scale_has_a_place_in_the_form(name):
    instrument, form = instrument_named(name), prepared(shipped(name))
    asked = {item for scale in instrument.scales for item in scale.items}
    assert set(places(form, instrument)) == asked


@pytest.mark.parametrize("name", WITH_ITEMS)
def test_shipped_questionnaires_read_without_remark_and_name_their_source(name):
    questionnaire = shipped(name)
    assert questionnaire.notes == ()
    assert questionnaire.copyright
    assert questionnaire.url == instrument_named(name).url


def test_no_wording_of_a_withheld_instrument_is_shipped():
    assert {name for name, instrument in instruments().items() if instrument.offered == "adapter"} == WITHHELD
    for name in WITHHELD:
        assert all(item.text == "" for item in shipped(name).walk())
        assert not files("zonula.questionnaires").joinpath("instruments", f"{name}.json").is_file()


def test_an_instrument_not_offered_says_why():
    with pytest.raises(UserError, match="reliability has not been studied"):
        shipped("msq")


def test_an_unknown_instrument_is_answered_with_the_known_ones():
    with pytest.raises(UserError, match="Choose one of: breesi"):
        instrument_named("phq9")


def test_every_alarm_watches_at_least_one_shipped_questionnaire():
    watched = {watch.card.id for name in WITH_ITEMS for watch in watches(prepared(shipped(name)))}
    assert watched == {card.id for card in shelf().cards("questionnaires/alarms")}


def test_a_card_with_a_figure_from_memory_is_not_verified():
    memory = {"M", "D", "Vs"}
    for card in shelf().cards("questionnaires"):
        assert not card.verified or not any(source.mark in memory for source in card.sources), card.id


@pytest.mark.parametrize("name", WITH_ITEMS)
def test_shipped_json_is_written_as_fhir_r4(name):
    resources = pytest.importorskip("fhir.resources.R4B.questionnaire")
    document = json.loads(files("zonula.questionnaires").joinpath("instruments", f"{name}.json").read_text("utf-8"))
    resources.Questionnaire.model_validate(document)
