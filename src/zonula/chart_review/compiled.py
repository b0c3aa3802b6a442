"""The same nodes, compiled once to closures: one pass over a chart's facts, then booleans over small buckets.

The pass sorts facts into buckets by feature (a code list, a phrase of a list said in some way, a kind) with one dictionary look-up per
code and per distinct wording. A series that a feature can start from looks at its buckets only. A question that no present feature
touches, and that asks nothing of the patient or the day, is answered with its answer on an empty chart. `evaluate` defines the
truth; a property test lets generated charts and rules look for any difference.
"""

from collections.abc import Iterable
from datetime import date

from zonula.chart import Chart, Fact, Patient, System
from zonula.chart_review import nodes as n
from zonula.chart_review import reading
from zonula.chart_review.closures import Closures, is_feature
from zonula.chart_review.evaluate import Evidence, Selected
from zonula.chart_review.opened import Held, OpenChart, TruthTest
from zonula.chart_review.vocabulary import Vocabulary

_Memo = dict[tuple[System, str], tuple[int, ...]]
_Question = tuple[
    TruthTest, int, Held | None, Evidence
]  # the last two: the answer when no feature it touches is present
_NO_FEATURES: tuple[int, ...] = ()
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
        self._of_kind: dict[str, int] = {}
        touched = {truth: self._closures.touched(truth) for truth in tests}
        for node in (inner for whole in (*tests, *self._closures.slots) for inner in n.walk(whole)):
            if is_feature(node):
                self._closures.feature(node)
        for node, feature in self._closures.features.items():
            self._watch(node, feature)
        self._codes: _Memo = {}
        self._answers: _Memo = {}
        self._texts: dict[str, tuple[int, ...]] = {}
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

    def _watch(self, node: n.Node, feature: int) -> None:
        match node:
            case n.CodedIn(list=name, answer=answer):
                (self._of_answer if answer else self._of_code).setdefault(name, []).append(feature)
            case n.TextLike(list=name, said=said):
                for way in said:
                    self._of_text.setdefault((name, way), []).append(feature)
            case n.In(values=(kind,)):
                self._of_kind[kind] = feature

    def open(self, chart: Chart, today: date) -> OpenChart:  # noqa: PLR0912 - the hot loop, kept in one piece
        """Sort the facts of a chart into buckets, as of one day."""
        facts = _seen(chart, today)
        opened = OpenChart(facts, chart.patient, today, len(self._closures.slots))
        buckets, codes, texts, kinds = opened.buckets, self._codes, self._texts, self._of_kind
        for place, fact in enumerate(facts):
            found = _NO_FEATURES
            for code in fact.codes:
                key = (code.system, code.code)
                features = codes.get(key)
                if features is None:
                    features = self._remember(codes, key, self._of_code)
                if features:
                    found = found + features if found else features
            if fact.value_codes and self._of_answer:
                for code in fact.value_codes:
                    key = (code.system, code.code)
                    features = self._answers.get(key)
                    if features is None:
                        features = self._remember(self._answers, key, self._of_answer)
                    found += features
            text = reading.wording(fact)
            if text:
                features = texts.get(text)
                if features is None:
                    features = self._read(text)
                if features:
                    found = found + features if found else features
            kind = kinds.get(fact.kind)
            if kind is not None:
                found = (*found, kind)
            for feature in found:
                bucket = buckets.get(feature)
                if bucket is None:
                    buckets[feature] = [place]
                    opened.present |= 1 << feature
                elif bucket[-1] != place:
                    bucket.append(place)
        return opened

    def _remember(self, memo: _Memo, key: tuple[System, str], of_list: dict[str, list[int]]) -> tuple[int, ...]:
        if len(memo) > _MOST_REMEMBERED:
            memo.clear()
        lists = self.words.lists_of_code(*key)
        memo[key] = features = tuple(sorted({feature for name in lists for feature in of_list.get(name, ())}))
        return features

    def _read(self, text: str) -> tuple[int, ...]:
        if len(self._texts) > _MOST_REMEMBERED:
            self._texts.clear()
        said = {(mention.list, mention.said) for mention in self.words.mentions(text)}
        found = {feature for way in said for feature in self._of_text.get(way, ())}
        self._texts[text] = features = tuple(sorted(found))
        return features

    def truth(self, node: n.Truth, opened: OpenChart) -> Evidence:
        """The answer to a compiled question, with the ids of the facts it rests on."""
        test, touched, when_empty, answer = self._same_truth.get(id(node)) or self._truths[node]
        if when_empty is not None and not touched & opened.present:
            return answer
        holds, value, places = test(opened)
        facts = opened.facts
        return Evidence(holds, value, tuple([facts[place].id for place in places]) if places else ())

    def held(self, node: n.Truth, opened: OpenChart) -> Held:
        """The same as positions in `opened.facts`, for callers in a hurry."""
        test, touched, when_empty, _ = self._same_truth.get(id(node)) or self._truths[node]
        if when_empty is not None and not touched & opened.present:
            return when_empty
        return test(opened)

    def series(self, node: n.Series, opened: OpenChart) -> Selected:
        """The facts of a compiled series."""
        test = self._same_series.get(id(node)) or self._closures.slots[node][1]
        sure, maybe = test(opened)
        return Selected(tuple(opened.facts[place] for place in sure), tuple(opened.facts[place] for place in maybe))


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
