"""A virtual life taken into a clinic, through the same actions that real records go through."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import msgspec
import yaml

from zonula.diary.entry import PORTIONS
from zonula.diet import catalogue
from zonula.simulation.lives import Life
from zonula.treatment_protocols import parse_plan, parse_situation
from zonula_web.access.models import Person
from zonula_web.records import read
from zonula_web.records.actions.answers import save_answers
from zonula_web.records.actions.changing import changing
from zonula_web.records.actions.consent import KINDS, state_consent
from zonula_web.records.actions.diary import MOST_AT_ONCE, Sent, take
from zonula_web.records.actions.evidence import state_celiac, state_genotype, state_hla
from zonula_web.records.actions.importing import import_documents
from zonula_web.records.actions.plan import state_situation
from zonula_web.records.actions.skin import finish_session
from zonula_web.records.models import Patient, Plan, PlanEvent

# The food groups of the virtual diaries, as foods of the catalogue.
FOOD_OF_GROUP = {
    "tree_nut": "hazelnut", "shellfish": "crustacean", "legumes": "lentil", "apple_pear": "pome_fruit", "nightshade": "potato",
    "red_meat": "beef", "cocoa": "cacao", "alcohol": "red_wine", "aged_food": "parmesan", "spice": "mustard",
}  # fmt: skip
DOMAIN_OF_SYMPTOM = {
    "body_aches": "pain", "chemical_sensitivity": "chemicals", "multiple_allergies": "allergies", "treatment_side_effects": "side-effects",
    "slow_healing": "healing", "frequent_illness": "infections", "anxiety_depression": "mood",
}  # fmt: skip
_IDS = uuid.UUID("0e6ac2a6-2a8c-4d0c-8f04-6d0b5f6f0c11")


def take_in(patient: Patient, life: Life, by: Person) -> None:
    """Everything of the life: records, answers, what was asked, skin test, consent, genes, plan and diary."""
    today = read.today(patient.clinic)
    import_documents(patient=patient, by=by, files=list(life.documents.items()))
    for data in KINDS:
        state_consent(patient=patient, by=by, data=data, given=True, on_paper=True, note="of a virtual patient")
    for name, content in life.responses.items():
        response = json.loads(content)
        save_answers(patient=patient, by=by, form=_form(name), response=response, today=today)
    state_celiac(patient=patient, by=by, written=_plain(life.celiac), today=today)
    if life.hla:
        state_hla(patient=patient, by=by, typing=life.hla, today=today)
    if life.genotype:
        state_genotype(patient=patient, by=by, name="genotype.txt", chunks=[life.genotype])
    _keep_session(patient, by, life.skin_session)
    state_situation(patient=patient, by=by, situation=parse_situation(life.situation.decode(), "situation"))
    if life.plan:
        _take_plan(patient, life.plan, by)
    written = iter(entries(life))
    while some := list(islice(written, MOST_AT_ONCE)):
        take(patient=patient, sent=some)


def take_work_up(patient: Patient, folder: Path, by: Person) -> None:
    """The rest of a shipped example's case: answers, what was asked about gluten, typing and skin test."""
    today = read.today(patient.clinic)
    state_consent(patient=patient, by=by, data="mental_health", given=True, on_paper=True, note="of a virtual patient")
    for path in sorted((folder / "questionnaires").iterdir()):
        response = json.loads(path.read_bytes())
        save_answers(patient=patient, by=by, form=path.stem, response=response, today=today)
    state_celiac(patient=patient, by=by, written=_plain((folder / "celiac.yaml").read_bytes()), today=today)
    typing = (line.split("#")[0] for line in (folder / "hla.txt").read_text(encoding="utf-8").splitlines())
    state_hla(patient=patient, by=by, typing=" ".join(typing), today=today)
    _keep_session(patient, by, (folder / "skin-test.yaml").read_bytes())


def _keep_session(patient: Patient, by: Person, written: bytes) -> None:
    """The session names the patient as the records do; in the clinic the patient has the clinic's id."""
    session = _plain(written)
    session["patient"] = {**msgspec.convert(session["patient"], dict), "id": str(patient.id)}
    finish_session(patient=patient, by=by, session=session, today=read.today(patient.clinic))


def _form(file_name: str) -> str:
    """`2026-10-03-phq-9.json` holds a PHQ-9."""
    return file_name.removesuffix(".json")[11:]


def _plain(text: bytes) -> dict[str, object]:
    """YAML as JSON would say it: dates are texts."""
    written: dict[str, object] = json.loads(msgspec.json.encode(yaml.safe_load(text)))
    return written


def _take_plan(patient: Patient, content: bytes, by: Person) -> None:
    """A plan walked elsewhere, checked as a plan file is."""
    plan = parse_plan(content.decode(), "plan.json")
    with changing(patient) as locked:
        row = Plan.objects.create(
            patient=locked,
            by=by,
            protocol=plan.protocol.id,
            protocol_fingerprint=plan.protocol_fingerprint,
            protocol_body=msgspec.to_builtins(plan.protocol),
        )
        for number, event in enumerate(plan.events, 1):
            body = msgspec.to_builtins(event)
            PlanEvent.objects.create(patient=locked, plan=row, number=number, event=body, by=by)


def entries(life: Life) -> Iterator[Sent]:
    """The virtual diary as a phone would have sent it: meals by their foods, one check-in for each rating, one line for each day."""
    felt: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    days: dict[str, dict[str, object]] = defaultdict(dict)
    names = {name: number for number, name in enumerate(life.catalogue.items)}
    for number, (time, kind, item, amount, value) in enumerate(life.diary.rows):
        if kind == "food":
            items = list(_items(life, names[item], float(amount or 1)))
            if items:
                yield _sent(life, number, "meal", {"at": time, "items": items})
        elif kind == "symptom" and value:
            felt[time][DOMAIN_OF_SYMPTOM.get(item, item)] = {"worst": round(float(value))}
        elif kind == "context" and value:
            days[time[:10]][item] = _context(item, float(value))
        elif kind == "med":
            yield _sent(life, number, "taken", {"at": time, "name": item, "rescue": True})
        elif kind == "belief" and value:
            food = FOOD_OF_GROUP.get(item, item)
            yield _sent(life, number, "belief", {"at": time, "food": _group(food), "suspects": round(float(value))})
    for number, (time, ratings) in enumerate(felt.items()):
        yield _sent(life, number, "symptoms", {"at": time, "felt": ratings}, "felt")
    for number, (day, said) in enumerate(days.items()):
        yield _sent(life, number, "day", {"at": f"{day}T21:00", **said}, "day")


def _context(item: str, value: float) -> object:
    if item in ("menses", "ill"):
        return value > 0
    return min(value, 24.0) if item == "sleep_hours" else min(round(value), 10)


def _items(life: Life, item: int, portions: float) -> Iterator[dict[str, object]]:
    foods = catalogue(read.knowledge()).foods
    for group, servings in zip(life.catalogue.groups, life.catalogue.content[item], strict=True):
        if servings > 0:
            food = foods[FOOD_OF_GROUP.get(group, group)]
            eaten = float(servings) * portions
            portion = min(PORTIONS, key=lambda word: abs(PORTIONS[word] - eaten))
            yield {"name": food.name, "food": food.id, "portion": portion}


def _group(food: str) -> str:
    return catalogue(read.knowledge()).foods[food].challenge_group or food


def _sent(life: Life, number: int, kind: str, body: dict[str, object], part: str = "") -> Sent:
    recorded = datetime.fromisoformat(str(body["at"])).replace(tzinfo=UTC) + timedelta(minutes=5)
    name = uuid.uuid5(_IDS, f"{life.seed}:{life.index}:{part or kind}:{number}")
    return Sent(id=name, base=0, kind=kind, body=body, recorded_at=recorded)


def day_of(today: date) -> date:
    """The last day of the virtual lives: yesterday, so that the clinic opens on a new morning."""
    return today - timedelta(1)
