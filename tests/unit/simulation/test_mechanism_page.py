"""The explanation page: every statement marked and sourced, every caption true of its picture, plain words, nothing asked of the network."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from zonula.cli import main
from zonula.knowledge import shelf
from zonula.reports.mechanism_page import Standing, explanation, mechanism_html
from zonula.simulation import SYMPTOMS, ranges
from zonula.simulation.scenes import middle_body, scenes

TOLD = explanation(shelf())
SHOWN = scenes(ranges(shelf()))
SECTIONS = ("wall", "passing", "reaction", "alarms", "calming", "other_causes", "limits")
STATEMENTS = [one for section in SECTIONS for one in getattr(TOLD, section)]


def test_every_statement_names_sources_that_stand_on_the_card():
    count = len(shelf().card("simulation/explanation").sources)
    for one in (*STATEMENTS, *TOLD.symptoms):
        assert one.sources
        assert all(1 <= place <= count for place in one.sources)
    cited = {place for one in (*STATEMENTS, *TOLD.symptoms) for place in one.sources}
    assert cited == set(range(1, count + 1))  # no source for show


def test_what_is_said_to_be_known_or_plausible_rests_on_more_than_ourselves():
    sources = shelf().card("simulation/explanation").sources
    for one in (*STATEMENTS, *TOLD.symptoms):
        if one.mark in (Standing.KNOWN, Standing.PLAUSIBLE):
            assert any(sources[place - 1].mark.value.startswith("V") for place in one.sources), one.says


def test_the_step_from_the_gut_to_the_whole_body_is_never_called_known():
    """The idea itself stays a hypothesis in each section that makes it, and no symptom's story is marked known."""
    for section in (TOLD.passing, TOLD.reaction, TOLD.alarms):
        assert section[-1].mark is Standing.HYPOTHESIS
    assert all(one.mark is not Standing.KNOWN for one in TOLD.symptoms)


def test_each_of_the_twelve_symptoms_has_its_story():
    assert sorted(one.symptom for one in TOLD.symptoms) == sorted(SYMPTOMS)


def syllables(word):
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^l])e$|es$|ed$", "", word.lower()))))


def test_the_words_are_plain():
    """Flesch-Kincaid grade of all statements together: about what a twelve-year-old reads (grade 7)."""
    text = " ".join(one.says for one in (*STATEMENTS, *TOLD.symptoms))
    sentences, words = re.findall(r"[^.!?]+[.!?]", text), re.findall(r"[A-Za-z']+", text)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    assert grade < 7
    assert max(len(sentence.split()) for sentence in sentences) <= 28


def test_the_captions_are_true_of_the_pictures():
    wall = SHOWN.wall
    rest, peaks = wall.leak[0], []
    for _, first, last in wall.spans:
        peaks.append(wall.leak[round(first * 24) : round((last + 0.5) * 24)].max() - wall.leak[round(first * 24)])
    assert peaks[1] > max(peaks[0], peaks[2]) > 0  # most with pain killers
    assert wall.leak[round((wall.spans[0][2] + 1) * 24)] > rest + 0.5 * peaks[0]  # not closed the day after
    assert SHOWN.passing.times > 1.2
    assert SHOWN.reaction.harmless.max() == 0
    fire = SHOWN.reaction.trigger
    assert 2 <= SHOWN.reaction.hours[fire.argmax()] <= 24  # starts within hours
    assert fire[-1] < 0.1 * fire.max()  # nearly gone after five days
    assert fire[96] > 0.2 * fire.max()  # not before the third day
    shares = SHOWN.twelve.points.max(axis=0) / SHOWN.twelve.points.max()
    assert shares.max() == 1
    assert shares.min() < 0.2
    tolerance = SHOWN.tolerance
    assert tolerance.never.min() == pytest.approx(1)
    assert tolerance.returns[tolerance.avoided[1]] < 0.2
    assert tolerance.returns[-1] > 0.7
    ratings = SHOWN.ratings
    both = [ratings.rise(ratings.reacts), ratings.rise(ratings.expects)]
    assert min(both) > 0.8
    assert ratings.rise(ratings.reacts_blind) == both[0]
    assert abs(ratings.rise(ratings.expects_blind)) < 0.3
    assert all(((line >= 0) & (line <= 10)).all() for line in (ratings.reacts, ratings.expects))


def test_every_number_of_the_invented_body_is_the_middle_of_the_card():
    body, card = middle_body(ranges(shelf()), 1), ranges(shelf())
    assert body.inflammation_hours == pytest.approx(
        np.sqrt(card["inflammation_hours"].low * card["inflammation_hours"].high)
    )
    assert body.leak_gain == pytest.approx((card["leak_gain"].low + card["leak_gain"].high) / 2)
    assert body.reactivity.tolist() == [card["reactivity"].middle, 0.0]


class Reader(HTMLParser):
    """Collects addresses that a browser would fetch, ids, and places linked to."""

    def __init__(self):
        super().__init__()
        self.fetched, self.ids, self.linked, self.tags = [], set(), set(), []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self.fetched += [attributes[name] for name in ("src", "srcset", "data") if name in attributes]
        if tag == "link":
            self.fetched.append(attributes.get("href"))
        if "id" in attributes:
            assert attributes["id"] not in self.ids
            self.ids.add(attributes["id"])
        if tag == "a" and attributes["href"].startswith("#"):
            self.linked.add(attributes["href"][1:])
        if tag == "svg":
            assert attributes["aria-label"]


def test_the_page_fetches_nothing_and_its_links_lead_somewhere(tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["mechanism", "--html", str(page)]) == 0
    assert "never evidence about people" in capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(text)
    assert not reader.fetched
    assert "script" not in reader.tags
    assert "url(" not in text
    assert reader.linked <= reader.ids
    assert text.count("An invented body in a computer. Not a person, and no proof.") == reader.tags.count("svg") == 7
    for one in STATEMENTS:
        assert one.says in text.replace("&#39;", "'")
    assert text == mechanism_html(shelf())  # same shelf, same bytes


def test_a_place_that_cannot_be_written_is_said_in_one_line(tmp_path, capsys):
    assert main(["mechanism", "--html", str(tmp_path / "no" / "page.html")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
