"""The clinician's cases in tests/cases/questionnaires, and the rule that every instrument and every band edge has one."""

from itertools import product
from pathlib import Path

import pytest
import yaml

from zonula.questionnaires import instruments, score, shipped

FOLDER = Path(__file__).parents[2] / "cases" / "questionnaires"
FILES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
EDGES = [(name, s, row) for name, held in FILES.items() for s, rows in held.get("edges", {}).items() for row in rows]
CASES = [(name, case) for name, held in FILES.items() for case in held.get("cases", ())]


def spread(scale, wanted):
    """Answers to one scale that make exactly the wanted score."""
    items = scale.items
    if scale.method == "count":
        return {item: scale.counts_from if place < wanted else scale.low for place, item in enumerate(items)}
    if scale.method == "pairs":
        return {item: scale.counts_from if place // 2 < wanted else scale.low for place, item in enumerate(items)}
    if scale.method in {"value", "mean"}:
        return dict.fromkeys(items, wanted)
    if scale.allowed:
        return dict(
            zip(items, next(c for c in product(scale.allowed, repeat=len(items)) if sum(c) == wanted), strict=True)
        )
    answers, left = {}, wanted - scale.low * len(items)
    for item in items:
        step = min(left, scale.item_high.get(item, scale.high) - scale.low)
        answers[item] = scale.low + step
        left -= step
    return answers


def as_written(questionnaire, answers):
    """Points as the type each question takes."""
    types = {item.link_id: item.type for item in questionnaire.walk()}
    kinds = {"boolean": bool, "integer": int, "decimal": float}
    return {item: kinds.get(types[item], float)(value) for item, value in answers.items()}


@pytest.mark.parametrize(("name", "scale_id", "row"), EDGES, ids=str)
def test_every_band_edge(name, scale_id, row, answered, today):
    questionnaire, instrument = shipped(name), instruments()[name]
    scale = next(scale for scale in instrument.scales if scale.id == scale_id)
    answers = as_written(questionnaire, spread(scale, row["score"]))
    if scale_id == "harm":
        answers["expectation-food"] = "egg"
    scored = score(questionnaire, answered(questionnaire, answers), today).scale(scale_id)
    assert (scored.value, scored.band) == (row["score"], row["band"])


@pytest.mark.parametrize(("name", "case"), CASES, ids=lambda value: value if isinstance(value, str) else value["name"])
def test_case(name, case, answered, today):
    questionnaire = shipped(name)
    scored = score(questionnaire, answered(questionnaire, case["answers"]), today)
    for scale_id, expected in case.get("scores", {}).items():
        scale = scored.scale(scale_id)
        finding = next(finding for finding in scored.findings if finding.id == f"questionnaires.{name}.{scale_id}")
        for field, value in expected.items():
            found = finding.verified if field == "verified" else getattr(scale, field)
            assert (list(found) if isinstance(found, tuple) else found) == value, f"{scale_id}.{field}"
    alarms = {f.id.removeprefix("questionnaires.alarm."): f for f in scored.findings if ".alarm." in f.id}
    for alarm, expected in case.get("alarms", {}).items():
        state = {True: "yes", False: "no"}.get(expected["state"], expected["state"])
        assert alarms[alarm].state == state
        assert alarms[alarm].level == expected["level"]
        assert "value" not in expected or alarms[alarm].value == expected["value"]
        assert "by" not in expected or alarms[alarm].asks[0].by == expected["by"]
    if "alarms" in case:
        # `others: unknown` says that unanswered alarm questions may ask to be answered; nothing else may be raised.
        counted = {name for name, f in alarms.items() if case.get("others") != "unknown" or f.state == "yes"}
        assert counted == {n for n in case["alarms"] if n in counted or case.get("others") != "unknown"}
    assert not set(case.get("silent", ())) & set(alarms)


def test_every_instrument_on_the_shelf_has_cases():
    assert set(FILES) == {name for name, instrument in instruments().items() if instrument.offered != "no"}


def test_every_band_edge_on_the_shelf_has_a_case_on_both_sides():
    for name, instrument in instruments().items():
        for scale in instrument.scales:
            tried = {row["score"] for row in FILES[name].get("edges", {}).get(scale.id, ())}
            tried |= {
                case["scores"][scale.id]["value"]
                for case in FILES[name].get("cases", ())
                if case.get("scores", {}).get(scale.id, {}).get("value") is not None
            }
            for band in scale.bands:
                if band.at_least is not None:
                    assert band.at_least in tried, f"{name} {scale.id}: nothing at {band.at_least}"
                    step = 0.2 if scale.method == "mean" else 1
                    below = [value for value in tried if band.at_least - step <= value < band.at_least]
                    assert below or band is scale.bands[0], f"{name} {scale.id}: nothing just below {band.at_least}"
                else:
                    assert {band.above, band.above + 1} <= tried, f"{name} {scale.id}: nothing around {band.above}"
