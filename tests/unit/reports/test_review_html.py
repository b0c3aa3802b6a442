"""The page: complete, self-contained, and deaf to whatever a chart tries to say to a browser."""

import re
from pathlib import Path

import pytest
from lxml import html

from zonula.chart import Fact, Kind, Source, at
from zonula.reports.review_html import TEMPLATES, review_html
from zonula.reports.review_page import page_of

ORDER = ["flags", "glance", "timeline", "domains", "labels", "workup", "statements", "import", "records"]


@pytest.fixture
def text(review):
    return review_html(page_of(review, "9.8.7"))


@pytest.fixture
def tree(text):
    return html.fromstring(text)


def words(element):
    return " ".join(element.text_content().split())


def test_red_flags_come_first_and_everything_follows_in_order(tree):
    assert [section.get("id") for section in tree.iter("section")] == ORDER
    flag = tree.xpath("//section[@id='flags']//li[contains(@class, 'flag')]")[0]
    assert "Prompt: within two weeks" in words(flag)
    assert "repeat ferritin" in words(flag)
    assert "figure not verified at its source" in words(flag)


def test_the_patient_the_day_and_the_version_stand_in_the_running_header(tree):
    header = words(tree.xpath("//div[@class='running']")[0])
    for said in ("born 1982-05-17", "44 years", "female", "record id p-1", "2026-11-24", "Zonula 9.8.7"):
        assert said in header


def test_nothing_from_the_chart_becomes_markup(tree, text):
    assert not tree.xpath("//script | //img | //iframe | //object | //embed | //link | //form | //base")
    assert not [
        name
        for element in tree.iter()
        if isinstance(element.tag, str)
        for name in element.attrib
        if name.startswith("on")
    ]
    assert "<script>alert(1)</script>" in words(tree.xpath("//div[@class='running']")[0])
    assert "<b>at all</b>" in words(tree.xpath("//section[@id='import']")[0])
    assert not set(text) & set("\x1b\u202e")


def test_the_page_asks_nobody_for_anything(tree, text):
    style = "".join(tree.xpath("//style/text()"))
    assert "url(" not in style
    assert "@import" not in style
    assert not tree.xpath("//*[@src or @srcset or @poster or @action]")
    assert all(link.startswith(("#", "https://")) for link in tree.xpath("//@href"))
    assert tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0].startswith("default-src 'none'")


def test_a_card_link_that_is_no_web_address_is_not_a_link(write_review):
    review = write_review()
    card = next(iter(review.cards.values()))
    evil = type(card)(
        **{
            **{name: getattr(card, name) for name in card.__struct_fields__},
            "sources": (("Title", "javascript:alert(1)", "V"),),
        }
    )
    page = html.fromstring(review_html(page_of(write_review(cards={"chart_review/iron": evil}), "1")))
    assert not [link for link in page.xpath("//@href") if "javascript" in link]


def test_every_link_inside_the_page_arrives_and_every_id_is_unique(tree):
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in tree.xpath("//@href") if link.startswith("#")} <= set(ids)


def test_every_statement_opens_to_its_records_and_its_cards(tree, review):
    flag = tree.xpath("//section[@id='flags']//details")[0]
    assert "2019-03-04 Ferritin: 8 ng/mL (low, limits 15 to 150)" in words(flag)
    assert "Iron deficiency" in words(flag)
    assert "not yet signed off by a clinician" in words(flag)
    records = tree.xpath("//section[@id='records']//ol/li")
    assert len(records) == len(review.facts)
    assert all(any(fact.sources[0].place in words(record) for record in records) for fact in review.facts.values())


def test_all_twelve_domains_are_listed_and_unknown_is_not_no(tree, review):
    rows = {
        words(row.xpath("./th")[0]): words(row.xpath("./td")[0])
        for row in tree.xpath("//section[@id='domains']//tbody/tr")
    }
    assert list(rows) == [domain.title for domain in review.symptom_domains]
    assert rows["Fatigue"] == "in the records"
    assert rows["Rash"] == "nothing written about it"
    assert rows["Itch"] == "the records say: not so"
    marks = [row.get("class") for row in tree.xpath("//section[@id='domains']//tbody/tr")]
    assert marks == ["present", "present", *["unknown"] * 9, "denied"]


def test_a_test_that_needs_a_look_stands_before_a_reassuring_one(tree):
    states = [words(state) for state in tree.xpath("//section[@id='workup']//span[contains(@class, 'state')]")]
    assert states == ["abnormal", "not in the records", "reassuring"]


def test_no_red_flag_is_not_said_to_mean_no_danger(write_review):
    page = html.fromstring(review_html(page_of(write_review(red_flags=()), "1")))
    assert "not the same as none being there" in words(page.xpath("//section[@id='flags']")[0])


def test_a_doubtful_statement_says_that_it_cannot_tell(tree):
    said = words(tree.xpath("//section[@id='statements']")[0])
    assert "Cannot tell yet: Not enough is written to tell." in said
    assert "working hypothesis" in said


def test_a_reason_of_hundreds_of_records_stays_short_and_complete(write_review):
    facts = {
        f"b#{n}": Fact(
            id=f"b#{n}", kind=Kind.ENCOUNTER, text="Visit", when=at("2020-01-01"), sources=(Source("b", str(n)),)
        )
        for n in range(400)
    }
    base = write_review()
    flag = type(base.red_flags[0])(
        **{**{n: getattr(base.red_flags[0], n) for n in base.red_flags[0].__struct_fields__}, "because": tuple(facts)}
    )
    page = html.fromstring(review_html(page_of(write_review(facts=facts, red_flags=(flag,)), "1")))
    reason = page.xpath("//section[@id='flags']//details")[0]
    assert "Why? 400 records" in words(reason)
    assert "and 375 more" in words(reason)
    assert len({link for link in reason.xpath(".//@href") if link.startswith("#record-")}) == 400


def test_the_words_we_never_say_are_not_in_the_template():
    for path in TEMPLATES.iterdir():
        assert not re.search(r"(?<!does not )diagnos|\bcure|detox|leaky", path.read_text(encoding="utf-8"), re.I), (
            path.name
        )


def luminance(colour):
    channels = (
        [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        if len(colour) == 7
        else [int(c * 2, 16) / 255 for c in colour[1:]]
    )
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


SCHEMES = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block)) for block in re.findall(r":root \{(.*?)\}", Path(TEMPLATES / "page.css").read_text(encoding="utf-8"), re.S)]  # fmt: skip


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark", "print"])
def test_text_has_the_contrast_of_wcag_aa(scheme):
    pairs = [
        (ink, ground)
        for ink in ("ink", "quiet", "accent", "urgent", "prompt", "hold", "normal")
        for ground in ("paper", "sheet")
    ]
    pairs += [(tone, f"{tone}-soft") for tone in ("urgent", "prompt", "hold", "accent")]
    pairs += [
        (ink, f"{tone}-soft") for ink in ("ink", "accent", "hold") for tone in ("urgent", "prompt", "hold", "accent")
    ]
    low = {
        pair: round(contrast(scheme[pair[0]], scheme[pair[1]]), 2)
        for pair in pairs
        if contrast(scheme[pair[0]], scheme[pair[1]]) < 4.5
    }
    assert low == {}


def test_nothing_is_said_twice(tree):
    said = words(tree.xpath("//section[@id='statements']")[0])
    assert "Fatigue: recorded once." not in said
    assert "3 results" not in said
    assert "3 results of 3 tests." in words(tree.xpath("//section[@id='glance']//details")[0])
