"""Every list, measure, specialty and figure a rule names exists, and every list that exists is named."""

from zonula.chart_review import nodes as n
from zonula.chart_review.library import rules
from zonula.chart_review.library.workup import NOT_INTERPRETABLE
from zonula.chart_review.vocabulary import ROOM, vocabulary
from zonula.knowledge import shelf

ASKED = [rule.when for rule in rules()] + [truth for reasons in NOT_INTERPRETABLE.values() for truth, _, _ in reasons]
INSIDE = [inner for truth in ASKED for inner in n.walk(truth)]


def test_lists():
    words = vocabulary()
    named = {node.list for node in INSIDE if isinstance(node, n.CodedIn | n.TextLike)}
    assert named - words.list_names == set()
    by_prefix = {node.prefix for node in INSIDE if isinstance(node, n.DistinctOf) and node.prefix}
    unread = {
        name
        for name in words.list_names - named
        if name != "ignore" and not any(name.startswith(prefix) for prefix in by_prefix)
    }
    assert unread == set()


def test_measures_and_specialties():
    words = vocabulary()
    assert {node.measure for node in INSIDE if isinstance(node, n.ValueOf | n.FallOf)} <= set(words.measures)
    for node in INSIDE:
        if isinstance(node, n.In) and node.attribute is n.Attribute.SPECIALTY:
            assert all(words.specialty(value) == value for value in node.values)
            assert set(node.values) <= set(shelf().card(f"{ROOM}/specialties").data)


def test_every_figure_of_a_red_flag_card_is_read_by_its_rule():
    """A number on a card that no rule reads would be a promise nobody keeps."""
    prose = {"level", "says", "who", "what"}
    for rule in (rule for rule in rules() if rule.chapter == "red_flag"):
        read = {inner.key for inner in n.walk(rule.when) if isinstance(inner, n.Figure) and inner.card == rule.card}
        assert set(shelf().card(rule.card).data) - prose == read, rule.id


def test_the_work_up_names_known_tests():
    known = set(shelf().card(f"{ROOM}/tests").data)
    assert set(shelf().card(f"{ROOM}/core_screen").data["tests"]) <= known
    for card in shelf().cards(f"{ROOM}/domains"):
        assert set(card.data["first_line_tests"]) <= known, card.id
    for test in shelf().card(f"{ROOM}/tests").data.values():
        assert test.get("part_of", "cbc") in known


def test_ids_are_unique():
    assert len({rule.id for rule in rules()}) == len(rules()) >= 50
