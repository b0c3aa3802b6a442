"""What a virtual patient answers: FHIR QuestionnaireResponses of the shipped questionnaires, at intake and through the course."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np

from zonula.questionnaires import Questionnaire, shipped
from zonula.simulation.assumed import Assumed, chance, one_of
from zonula.simulation.hidden import Hidden
from zonula.simulation.named_diseases import LABELS
from zonula.simulation.records import Allergy, Problem, Record, Visit
from zonula.simulation.treatment import WEEK, weekly_total
from zonula.simulation.writer import weight_on

_PREFIX = {
    "fatigue": "fatigue",
    "bloating": "bloating",
    "body_aches": "pain",
    "rash": "rash",
    "chemical_sensitivity": "chemicals",
    "multiple_allergies": "allergies",
    "treatment_side_effects": "side-effects",
    "slow_healing": "healing",
    "frequent_illness": "infections",
    "headache": "headache",
    "anxiety_depression": "mood",
    "itch": "itch",
}
# PHQ-15 items that a domain raises.
_PHQ15 = {1: "bloating", 2: "body_aches", 3: "body_aches", 5: "headache", 12: "bloating", 13: "bloating", 14: "fatigue", 15: "anxiety_depression"}  # fmt: skip
_TOLD = {"confirmed": "confirmed", "suspected": "suspected", "patient_reported": "own-idea"}
_DAYS = 7
_WORST = 10


def responses(
    life: Hidden, records: tuple[Record, ...], intake: date, says: Assumed, rng: np.random.Generator
) -> tuple[dict[str, bytes], dict[date, int]]:
    """File name to response, and every 12-domain total (0 to 120) by day as answered. intake: the day everything is asked."""
    found: dict[str, bytes] = {}
    totals: dict[date, int] = {}
    asked = {
        "safety-screen": _safety(life, intake, says, rng),
        "phq-9": _phq9(life, says, rng),
        "gad-7": _gad7(life, says, rng),
        "phq-15": _phq15(life, says, rng),
        "hrqol-4": _hrqol(life, rng),
        "breesi": {
            f"breesi-{number}": chance(70 if _felt(life, "chemical_sensitivity") else 8, rng) for number in (1, 2, 3)
        },
    }
    if "fatigue" in life.domains:
        asked["dsq-pem"] = _dsq(life, rng)
    for name, given in asked.items():
        found[f"{intake}-{name}.json"] = response(shipped(name), life, intake, given)
    severities = severities_of(life, 1.0, says, rng)
    totals[intake] = sum(severities.values())
    story = _domains(life, severities, rng) | _story(life, rng) | _told_history(life, records)
    found[f"{intake}-symptom-domains.json"] = response(shipped("symptom-domains"), life, intake, story)
    for day in weeks(life):
        if not chance(says.course.weekly_answers_percent, rng):
            continue
        severities = severities_of(life, weekly_total(life, day, says, rng), says, rng)
        totals[day] = sum(severities.values())
        weekly = response(shipped("symptom-domains"), life, day, _domains(life, severities, rng))
        found[f"{day}-symptom-domains.json"] = weekly
    return found, totals


def weeks(life: Hidden) -> tuple[date, ...]:
    """The days of the weekly questionnaire: from the start of the run-in until the last day or the day the plan was stopped."""
    started = life.course.started
    if started is None:
        return ()
    last = life.today if life.course.stopped is None else life.course.stopped
    return tuple(started + timedelta(days) for days in range(0, (last - started).days + 1, WEEK))


def severities_of(life: Hidden, level: float, says: Assumed, rng: np.random.Generator) -> dict[str, int]:
    """Worst of the week per domain, 0 to 10. level: the burden relative to the beginning, 1 for as before."""
    found, card = {}, says.course.answers
    for name, rating in life.severity.items():
        if name not in life.domains:
            found[name] = 0
            continue
        worst = (card.worst_at_0 + card.worst_per_point * rating) * level + float(rng.normal(0, card.worst_spread))
        found[name] = int(np.clip(round(worst), 0, _WORST))
    return found


def response(form: Questionnaire, life: Hidden, day: date, given: dict[str, Any]) -> bytes:
    """A completed response. given: linkId to the answer: a number, text, date or yes/no; an option's code for a choice; a list for several."""
    canonical = f"{form.url}|{form.version}" if form.version else form.url
    written = {
        "resourceType": "QuestionnaireResponse",
        "id": f"{life.person.id}-{form.url.rpartition('/')[2]}-{day}",
        "questionnaire": canonical,
        "status": "completed",
        "subject": {"reference": f"Patient/{life.person.id}"},
        "authored": day.isoformat(),
        "item": _items(form.items, given),
    }
    return msgspec.json.format(msgspec.json.encode(written), indent=1)


def _items(items: Iterable[Any], given: dict[str, Any]) -> list[dict[str, Any]]:
    """The answered items. A group that repeats is given as a list of its answers."""
    found = []
    for item in items:
        if item.repeats and item.items:
            found += [_place(item, _items(item.items, each)) for each in given.get(item.link_id, ())]
            continue
        place = _place(item, _items(item.items, given))
        if item.link_id in given:
            values = given[item.link_id]
            place["answer"] = [_answer(item, value) for value in (values if isinstance(values, list) else [values])]
        if "item" in place or "answer" in place:
            found.append(place)
    return found


def _place(item: Any, below: list[dict[str, Any]]) -> dict[str, Any]:
    place: dict[str, Any] = {"linkId": item.link_id}
    if item.text:
        place["text"] = item.text
    if below:
        place["item"] = below
    return place


def _answer(item: Any, value: Any) -> dict[str, Any]:
    if item.options:
        option = next(one.value for one in item.options if one.value.code == value)
        coding = {"system": option.system, "code": option.code, "display": option.display}
        return {"valueCoding": {key: text for key, text in coding.items() if text}}
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if item.type == "date":
        return {"valueDate": value}
    if item.type == "decimal":
        return {"valueDecimal": value}
    return {"valueInteger": value} if isinstance(value, int) else {"valueString": value}


def _felt(life: Hidden, domain: str) -> float:
    """The mean rating when the domain is part of this life, else 0."""
    return life.severity[domain] if domain in life.domains else 0.0


def _domains(life: Hidden, severities: dict[str, int], rng: np.random.Generator) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, prefix in _PREFIX.items():
        severity = severities[name]
        given[f"{prefix}-severity"] = severity
        given[f"{prefix}-days"] = int(np.clip(round(severity * 0.7 + rng.normal(0, 1)), 1, _DAYS)) if severity else 0
        given[f"{prefix}-ever"] = name in life.domains
    return given


def _told_history(life: Hidden, records: tuple[Record, ...]) -> dict[str, Any]:
    """What the patient tells of labels, specialists and reactions: what the records hold, as far as it was asked."""
    labels = [
        {"label-name": one.text, "label-status": _TOLD.get(one.status, "unknown"), "label-year": one.day.year}
        for one in records
        if isinstance(one, Problem)
        and one.text in {LABELS[name][1] for name in life.labels}
        and one.status != "refuted"
    ]
    seen: dict[str, int] = {}
    for one in records:
        if isinstance(one, Visit) and one.specialty:
            seen[one.specialty] = one.day.year
    reactions = [
        {"reaction-to": one.substance, "reaction-what": one.reaction, "reaction-severe": "no"}
        for one in records
        if isinstance(one, Allergy)
    ]
    specialists = [{"specialist-kind": name, "specialist-year": year} for name, year in seen.items()]
    return {"label": labels, "specialist": specialists, "reaction": reactions}


def _story(life: Hidden, rng: np.random.Generator) -> dict[str, Any]:
    """What is asked once: since when, and what reacts."""
    given: dict[str, Any] = {f"{_PREFIX[name]}-onset": f"{since.year}" for name, since in life.domains.items()}
    given["metals"] = "yes" if "multiple_allergies" in life.domains and chance(50, rng) else "no"
    given["chemical-reactions"] = "yes" if "chemical_sensitivity" in life.domains else "no"
    given["infections-per-year"] = (
        int(rng.integers(5, 10)) if "frequent_illness" in life.domains else int(rng.integers(0, 4))
    )
    given["antibiotics-per-year"] = int(rng.integers(0, 3))
    given["slow-healing"] = "yes" if "slow_healing" in life.domains else "no"
    return given


def _safety(life: Hidden, day: date, says: Assumed, rng: np.random.Generator) -> dict[str, Any]:
    planted = set(life.planted)

    def word(flag: str) -> str:
        return "yes" if flag in planted else "no"

    given: dict[str, Any] = {
        "safety-breathing-now": "no",
        "safety-life-now": "no",
        "safety-anaphylaxis": word("anaphylaxis_history"),
        "safety-autoinjector": word("anaphylaxis_history"),
        "safety-asthma": word("asthma_unstable"),
        "safety-weight": weight_on(life, day, says, rng),
        "safety-height": life.person.height,
        "safety-age": life.person.age_on(day),
        "safety-medicines": "yes" if set(says.course.planted_drugs) & planted else "no",
    }
    for question in ("loss-month", "loss-half-year", "eating-history", "eating-undo", "eating-fear", "eating-narrow", "eating-days", "pregnant", "breastfeeding", "restricted"):  # fmt: skip
        given[f"safety-{question}"] = "no"
    return given


_FREQUENCY = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")


def _frequency(level: float, says: Assumed, rng: np.random.Generator) -> str:
    """An option of PHQ-9 or GAD-7 at a level of 0 to 3."""
    return _FREQUENCY[int(np.clip(round(level + rng.normal(0, says.course.answers.step_spread)), 0, 3))]


def _phq9(life: Hidden, says: Assumed, rng: np.random.Generator) -> dict[str, Any]:
    step = says.course.answers.step_per_point
    low, tired = step * _felt(life, "anxiety_depression"), step * _felt(life, "fatigue")
    given: dict[str, Any] = {
        f"phq9-{number}": _frequency(tired if number in (3, 4) else low, says, rng) for number in range(1, 9)
    }
    given["phq9-9"] = _FREQUENCY[1 if "phq9_item9" in life.planted else 0]
    given["phq9-difficulty"] = one_of(("LA6572-7", "LA6573-5", "LA6575-0"), rng)
    return given


def _gad7(life: Hidden, says: Assumed, rng: np.random.Generator) -> dict[str, Any]:
    worry = says.course.answers.step_per_point * _felt(life, "anxiety_depression")
    return {f"gad7-{number}": _frequency(worry, says, rng) for number in range(1, 8)}


def _phq15(life: Hidden, says: Assumed, rng: np.random.Generator) -> dict[str, Any]:
    given = {}
    for number in range(1, 16):
        if number == 4 and not life.person.female:
            continue
        domain = _PHQ15.get(number)
        level = says.course.answers.step_per_point * _felt(life, domain) if domain else 0.2
        given[f"phq15-{number}"] = ("LA18334-5", "LA18335-2", "LA18336-0")[
            int(np.clip(round(level + rng.normal(0, 0.4)), 0, 2))
        ]
    # Chest pain and fainting spells are alarms of their own, and are planted or absent.
    return given | {"phq15-6": "LA18334-5", "phq15-8": "LA18334-5"}


def _hrqol(life: Hidden, rng: np.random.Generator) -> dict[str, Any]:
    burden = min(1.0, sum(_felt(life, name) for name in life.domains) / 30)
    words = ("excellent", "very-good", "good", "fair", "poor")
    bad = int(np.clip(round(30 * burden * rng.uniform(0.5, 1.0)), 1, 30))
    low = int(np.clip(round(4 * _felt(life, "anxiety_depression")), 0, 30))
    return {
        "hrqol-1": words[int(np.clip(round(4 * burden), 0, 4))],
        "hrqol-2": bad,
        "hrqol-3": low,
        "hrqol-4": int(bad * rng.uniform(0.3, 1.0)),
    }


def _dsq(life: Hidden, rng: np.random.Generator) -> dict[str, Any]:
    level = 3.0 if "me_cfs" in life.diseases else 0.6 * _felt(life, "fatigue")
    given: dict[str, Any] = {}
    for number in range(1, 6):
        for scale in ("frequency", "severity"):
            given[f"dsq-{number}-{scale}"] = f"{scale}-{int(np.clip(round(level + rng.normal(0, 0.6)), 0, 4))}"
    after = level >= 2
    return given | {
        "dsq-6": after,
        "dsq-7": after,
        "dsq-8": after,
        "dsq-9": f"lasts-{int(np.clip(round(level + 1), 0, 5))}",
        "dsq-10": after,
    }
