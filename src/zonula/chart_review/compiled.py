"""The same nodes, compiled once to closures: one pass over a chart's facts, then booleans over small buckets.

The pass sorts facts into buckets by feature (a code list, a phrase of a list said in some way, a kind) with one dictionary look-up per
code and per distinct wording. A series that a feature can start from looks at its buckets only. A question that no present feature
touches, and that asks nothing of the patient or the day, is answered with its answer on an empty chart. `evaluate` defines the
truth; a property test lets generated charts and rules look for any difference.
"""

from collections.abc import Iterable
from datetime import date

from zonula.chart import Chart, Code, Fact, Kind, Patient, System
from zonula.chart_review import nodes as n
from zonula.chart_review import reading
from zonula.chart_review.closures import KIND_MARKS, STANDING_MARKS, Closures, is_feature
from zonula.chart_review.evaluate import Evidence, Selected
from zonula.chart_review.mentions import LABEL
from zonula.chart_review.opened import Held, OpenChart, TruthTest
from zonula.chart_review.vocabulary import Vocabulary

_Features = tuple[tuple[int, ...], int]  # the features, and the same as bits
_Memo = dict[tuple[System, str], _Features]
# The test, the features it touches, and its answer when none of them is present, as positions and as evidence.
_Question = tuple[TruthTest, int, Held | None, Evidence]
_MOST_REMEMBERED = 200_000  # distinct codes or wordings; a population may bring millions of wordings


class Compiled:
    """Questions compiled together so that they share buckets and series. Asking one that was not compiled raises KeyError."""

    def __init__(self, truths: Iterable[n.Truth], words: Vocabulary, series: Iterable[n.Series] = ()) -> None:
        truths, series = tuple(truths), tuple(series)
        self.words = words
        self._closures = Closures(words)
        tests = {truth: self._closures.truth(truth) for truth in truths}
        for one in series:
            self._closures.series(one)
        self._of_code: dict[str, list[int]] = {}
        self._of_answer: dict[str, list[int]] = {}
        self._of_text: dict[tuple[str, str], list[int]] = {}
        self._of_kind: dict[Kind, _Features] = {kind: ((), KIND_MARKS[kind]) for kind in Kind}
        self._unclear: _Features | None = None
        touched = {truth: self._closures.touched(truth) for truth in tests}
        for node in (inner for whole in (*tests, *self._closures.slots) for inner in n.walk(whole)):
            if is_feature(node):
                self._closures.feature(node)
        for node, feature in self._closures.features.items():
            self._watch(node, feature)
        self._codes: _Memo = {}
        self._answers: _Memo = {}
        self._texts: dict[str, _Features] = {}
        nobody = OpenChart((), Patient(id=""), date(2000, 1, 1), len(self._closures.slots))
        self._truths: dict[n.Truth, _Question] = {}
        for truth, test in tests.items():
            empty = test(nobody)
            always = touched[truth] >= 0 and _asks_facts_only(truth)
            self._truths[truth] = (test, touched[truth], empty if always else None, Evidence(empty[0], empty[1]))
        # Hashing a deep node costs more than answering it, so a node that was compiled itself is found by identity first.
        self._same_truth = {id(truth): self._truths[truth] for truth in truths}
        self._same_series = {id(one): self._closures.slots[one][1] for one in series}
        self._kept = (truths, series)
        self._in_order = [self._truths[truth] for truth in truths]

    def _watch(self, node: n.Node, feature: int) -> None:
        match node:
            case n.CodedIn(list=name, answer=answer):
                (self._of_answer if answer else self._of_code).setdefault(name, []).append(feature)
            case n.TextLike(list=name, said=said):
                for way in said:
                    self._of_text.setdefault((name, way), []).append(feature)
            case n.In(attribute=n.Attribute.CLARITY):
                self._unclear = _with_bits({feature})
            case n.In(values=(kind,)):
                self._of_kind[Kind(kind)] = ((feature,), KIND_MARKS[kind] | 1 << feature)

    def open(self, chart: Chart, today: date) -> OpenChart:
        """Sort the facts of a chart into buckets, as of one day."""
        facts = _seen(chart, today)
        opened = OpenChart(facts, chart.patient, today, len(self._closures.slots))
        buckets, texts, kinds = opened.buckets, self._texts, self._of_kind
        told: dict[
            int, tuple[bool, tuple[int, ...], int]
        ] = {}  # by identity: the importer shares equal tuples of codes
        marks, words = opened.marks, self.words.result_words
        unclear = self._unclear
        for place, fact in enumerate(facts):
            kind = fact.kind
            found, mark = kinds[kind]
            mark |= STANDING_MARKS[reading.standing(fact, words)]
            codes = fact.codes
            coded = told.get(id(codes))
            if coded is None:
                coded = told[id(codes)] = self._coded(codes)
            explained, features, bits = coded
            if bits:
                mark |= bits
                found = found + features
            if fact.value_codes and self._of_answer:
                for code in fact.value_codes:
                    key = (code.system, code.code)
                    features, bits = self._answers.get(key) or self._remember(self._answers, key, self._of_answer)
                    mark |= bits
                    found = found + features
            text = "" if explained else reading.spoken(fact)
            if text:
                features, bits = texts.get(text) or self._read(text)
                if bits:
                    mark |= bits
                    found = found + features
            if (
                unclear
                and (fact.value is None or fact.interpretation)
                and reading.clarity(fact, words) == reading.UNCLEAR
            ):
                found = found + unclear[0]
                mark |= unclear[1]
            for feature in found:
                bucket = buckets.get(feature)
                if bucket is None:
                    buckets[feature] = [place]
                elif bucket[-1] != place:
                    bucket.append(place)
            marks.append(mark)
        for feature in buckets:
            opened.present |= 1 << feature
        return opened

    def _coded(self, codes: tuple[Code, ...]) -> tuple[bool, tuple[int, ...], int]:
        """Whether the codes explain a fact without its wording, and the features they have."""
        explained, mark = False, 0
        found: tuple[int, ...] = ()
        for code in codes:
            key = (code.system, code.code)
            explained = explained or code.system in reading.EXPLAINED_BY
            features, bits = self._codes.get(key) or self._remember(self._codes, key, self._of_code)
            found, mark = found + features, mark | bits
        return explained, found, mark

    def _remember(self, memo: _Memo, key: tuple[System, str], of_list: dict[str, list[int]]) -> _Features:
        if len(memo) > _MOST_REMEMBERED:
            memo.clear()
        lists = self.words.lists_of_code(*key)
        memo[key] = features = _with_bits({feature for name in lists for feature in of_list.get(name, ())})
        return features

    def _read(self, text: str) -> _Features:
        if len(self._texts) > _MOST_REMEMBERED:
            self._texts.clear()
        said = {(mention.list, mention.said) for mention in self.words.mentions(text)}
        features = _with_bits({feature for way in said for feature in self._of_text.get(way, ())})
        if len(text) <= LABEL:
            self._texts[text] = features
        return features

    def truth(self, node: n.Truth, opened: OpenChart) -> Evidence:
        """The answer to a compiled question, with the ids of the facts it rests on."""
        test, touched, when_empty, answer = self._same_truth.get(id(node)) or self._truths[node]
        if when_empty is not None and not touched & opened.present:
            return answer
        holds, value, places = test(opened)
        facts = opened.facts
        return Evidence(holds, value, tuple([facts[place].id for place in places]) if places else ())

    def answers(self, opened: OpenChart) -> list[Evidence]:
        """The answers to all compiled questions, in the order they were given."""
        facts, present = opened.facts, opened.present
        found = []
        for test, touched, when_empty, answer in self._in_order:
            if when_empty is not None and not touched & present:
                found.append(answer)
            else:
                holds, value, places = test(opened)
                found.append(Evidence(holds, value, tuple([facts[place].id for place in places]) if places else ()))
        return found

    def series(self, node: n.Series, opened: OpenChart) -> Selected:
        """The facts of a compiled series."""
        test = self._same_series.get(id(node)) or self._closures.slots[node][1]
        sure, maybe = test(opened)
        return Selected(tuple(opened.facts[place] for place in sure), tuple(opened.facts[place] for place in maybe))


def _with_bits(features: set[int]) -> _Features:
    return tuple(sorted(features)), sum(1 << feature for feature in features)


def _asks_facts_only(truth: n.Truth) -> bool:
    return not any(isinstance(inner, n.Birth | n.Today | n.SexIs) for inner in n.walk(truth))


def _seen(chart: Chart, today: date) -> tuple[Fact, ...]:
    """The facts begun by today. Chart order puts the dated ones first, so a look at its end usually settles it."""
    for fact in reversed(chart.facts):
        if not reading.seen_on(fact, today):
            return tuple(fact for fact in chart.facts if reading.seen_on(fact, today))
        if fact.when.known:
            break
    return chart.facts
