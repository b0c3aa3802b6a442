"""One whole virtual life in memory: every file it leaves behind, and the truth.

    one = life(seed=7, index=42)
    charts, reports = read_documents(one.documents.items())     # the records of several providers
    responses = [read_response(each) for each in one.responses.values()]
    session = parse_session(one.skin_session.decode(), "skin-test.yaml", shipped_panel())

The same seed, index, day and version give the same bytes, whatever was drawn before.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import yaml

from zonula.knowledge import shelf as shipped_shelf
from zonula.simulation.answers import responses
from zonula.simulation.assumed import Assumed, assumed, chance
from zonula.simulation.ccda_records import document
from zonula.simulation.celiac_story import evidence
from zonula.simulation.csv_records import table as csv_table
from zonula.simulation.diary import VirtualDiary, virtual_diary
from zonula.simulation.fhir_records import bundle
from zonula.simulation.genotype_text import clinical_typing, genotype_text
from zonula.simulation.hidden import Hidden, draw_hidden
from zonula.simulation.mechanism import Range
from zonula.simulation.outcome import course_line
from zonula.simulation.planted import expected_alarms, expected_flags
from zonula.simulation.records import Provider, Record, Result
from zonula.simulation.skin_session import session
from zonula.simulation.story import story
from zonula.simulation.table import Catalogue, catalogue
from zonula.simulation.treatment import REBOOT, held_by, plan, reboot_day, situation
from zonula.simulation.truth import CeliacTruth, Truth
from zonula.treatment_protocols.situation import Score

LAST_DAY = date(2026, 11, 24)
# Every part of a life has a stream of random numbers of its own, so that a change in one leaves the others alone.
_HIDDEN, _STORY, _SKIN, _GENES, _ANSWERS, _KNOWN, _PLAN = 1, 2, 3, 4, 5, 6, 7
_DIARY_WINDOW = timedelta(120)


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one virtual patient.

    documents: file name to bytes, the records of every provider (FHIR Bundle, C-CDA, CSV). celiac: `celiac.yaml`; hla: clinical
    typing or ""; genotype: raw text or b""; skin_session: `skin-test.yaml`; responses: file name to QuestionnaireResponse.
    situation: what the gates know, `situation.yaml`; plan: a plan file, b"" at intake; course: one line of an outcomes registry, b"" before the Reboot.
    catalogue: the dishes the diary names.
    """

    patient: str
    name: str
    born: date
    female: bool
    today: date
    providers: tuple[Provider, ...]
    records: tuple[Record, ...]
    documents: dict[str, bytes]
    celiac: bytes
    hla: str
    genotype: bytes
    skin_session: bytes
    responses: dict[str, bytes]
    situation: bytes
    plan: bytes
    course: bytes
    diary: VirtualDiary
    catalogue: Catalogue
    truth: Truth


def life(seed: int, index: int, today: date = LAST_DAY) -> Life:
    """The life of that index under that seed; its last day is `today`. Nothing in it lies later."""
    says = assumed()
    dishes = _dishes(seed)
    hidden, diary = _drawn(seed, index, today, says, dishes)
    stream = _streams(seed, index)
    providers, records = story(hidden, says, stream(_STORY))
    skin, readable = session(hidden, today - timedelta(10), says, stream(_SKIN))
    genes = stream(_GENES)
    has_file = chance(says.genotype_files.has_file_percent, genes)
    typed = chance(says.genotype_files.has_clinical_typing_percent, genes)
    typing = clinical_typing(hidden.hla, says) if typed else ""
    asked, state = evidence(hidden, _ttg(records, says), typing)
    known = situation(hidden, state, expected_flags(hidden), says, stream(_KNOWN))
    hidden = _held(hidden, held_by(known, (hidden.course.started or today) + timedelta(REBOOT), shipped_shelf()))
    intake = (hidden.course.started or today) - timedelta(5)
    answered, totals = responses(hidden, intake, says, stream(_ANSWERS))
    known = msgspec.structs.replace(
        known, scores=tuple(Score(day, float(total)) for day, total in sorted(totals.items()))
    )
    followed = plan(hidden, diary, known, says, shipped_shelf(), stream(_PLAN))
    truth = _truth(seed, index, hidden, diary, state, asked, readable=readable, has_file=has_file, says=says)
    person = hidden.person
    return Life(
        patient=person.id,
        name=f"{person.given} {person.family}",
        born=person.born,
        female=person.female,
        today=today,
        providers=providers,
        records=records,
        documents=dict(_document(hidden, provider, records, says) for provider in providers),
        celiac=_yaml(asked),
        hla=typing,
        genotype=genotype_text(hidden.hla, says, genes) if has_file else b"",
        skin_session=_yaml(skin),
        responses=answered,
        situation=_yaml(msgspec.to_builtins(known, builtin_types=(date,))),
        plan=b"" if followed is None else msgspec.json.format(msgspec.json.encode(followed), indent=1),
        course=b"" if followed is None or reboot_day(hidden) is None else course_line(hidden, followed, totals, skin),
        diary=diary,
        catalogue=dishes,
        truth=truth,
    )


def _held(life: Hidden, gates: tuple[str, ...]) -> Hidden:
    """A plan that a gate holds stays in its run-in, whatever stage was drawn."""
    course = life.course
    if course.started is None or not gates:
        return life
    stage = "stopped" if course.stopped is not None else "run_in"
    return msgspec.structs.replace(life, course=msgspec.structs.replace(course, held_by=gates, stage=stage))


@lru_cache(maxsize=4)
def _dishes(seed: int) -> Catalogue:
    return catalogue(np.random.default_rng([seed, 0]))


@lru_cache(maxsize=1)
def _ranges() -> dict[str, Range]:
    return msgspec.convert(shipped_shelf().card("simulation/mechanism").data, dict[str, Range])


def _streams(seed: int, index: int) -> Any:
    return lambda part: np.random.default_rng([seed, index + 1, part])


def _drawn(seed: int, index: int, today: date, says: Assumed, dishes: Catalogue) -> tuple[Hidden, VirtualDiary]:
    rng = np.random.default_rng([seed, index + 1])
    rng.integers(0, 300)  # the free-standing diaries draw their first day here; the rest of the stream is the same
    diary = virtual_diary(index, dishes, _ranges(), today, rng)
    hidden = draw_hidden(seed, index, diary, today, says, _streams(seed, index)(_HIDDEN))
    # The diary was kept before the plan began, while everything was still eaten.
    ends = hidden.course.started or today - timedelta(1)
    return hidden, msgspec.structs.replace(diary, start=ends - timedelta(diary.days))


def _ttg(records: tuple[Record, ...], says: Assumed) -> float | None:
    code = says.laboratory.tests["ttg_iga"].code
    return next((float(one.value) for one in records if isinstance(one, Result) and one.code == code), None)


def _document(life: Hidden, provider: Provider, records: tuple[Record, ...], says: Assumed) -> tuple[str, bytes]:
    theirs = tuple(one for one in records if one.at == provider.number)
    stem = f"{provider.number}-{provider.name.lower().replace(' ', '-')}"
    if provider.form == "fhir":
        return f"{stem}.fhir.json", bundle(life.person, provider, theirs, says.providers)
    if provider.form == "ccda":
        return f"{stem}.ccda.xml", document(life.person, provider, theirs, says.providers, life.today)
    return f"{stem}.csv", csv_table(life.person, provider, theirs)


def _yaml(written: dict[str, Any]) -> bytes:
    return yaml.dump(written, Dumper=yaml.CSafeDumper, sort_keys=False, default_flow_style=None, width=140).encode()


def _truth(
    seed: int,
    index: int,
    life: Hidden,
    diary: VirtualDiary,
    state: str,
    asked: dict[str, Any],
    *,
    readable: bool,
    has_file: bool,
    says: Assumed,
) -> Truth:
    draws = asked.get("draws", [])
    return Truth(
        patient=life.person.id,
        seed=seed,
        index=index,
        today=life.today,
        born=life.person.born,
        female=life.person.female,
        ill_since=life.ill_since,
        domains=life.domains,
        severity={name: round(value, 2) for name, value in life.severity.items()},
        diseases=life.diseases,
        low_iga=life.low_iga,
        celiac=CeliacTruth(testing=life.celiac_testing, state=state, draw=draws[0]["date"] if draws else None),
        hla_genotype=life.hla,
        has_genotype_file=has_file,
        labels=life.labels,
        planted=life.planted,
        red_flags=expected_flags(life),
        alarms=expected_alarms(life),
        sensitised=life.sensitised,
        tolerated=life.tolerated,
        skin_test_readable=readable,
        triggers={group: one for group, one in diary.truth.items() if one.trigger},
        tolerance=life.tolerance,
        course=life.course,
        percent_positive_lengthens_recovery=says.course.percent_positive_lengthens_recovery,
    )
