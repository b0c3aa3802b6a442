"""One whole virtual life in memory: every file it leaves behind, and the truth.

    one = life(seed=7, index=42)
    charts, reports = read_documents(one.documents.items())     # the records of several providers
    responses = [read_response(each) for each in one.responses.values()]
    session = parse_session(one.skin_session.decode(), "skin-test.yaml", shipped_panel(shelf()))

The same seed, index, day and version give the same bytes, whatever was drawn before or asked for first.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

import msgspec
import numpy as np
import yaml

from zonula.knowledge import shelf as shipped_shelf
from zonula.simulation.answers import responses
from zonula.simulation.assumed import assumed, chance
from zonula.simulation.ccda_records import document
from zonula.simulation.celiac_story import evidence
from zonula.simulation.csv_records import table as csv_table
from zonula.simulation.diary import VirtualDiary, virtual_diary
from zonula.simulation.fhir_records import Resource, bundle, resources
from zonula.simulation.genotype_text import clinical_typing, genotype_text
from zonula.simulation.hidden import Hidden, draw_course, draw_hidden
from zonula.simulation.mechanism import Range
from zonula.simulation.outcome import course_line
from zonula.simulation.planted import expected_alarms, expected_flags
from zonula.simulation.records import Provider, Record, Result
from zonula.simulation.skin_session import session
from zonula.simulation.story import story
from zonula.simulation.table import Catalogue, catalogue
from zonula.simulation.treatment import held_by, plan, reboot_day, situation
from zonula.simulation.truth import CeliacTruth, Truth
from zonula.treatment_protocols import Plan, Situation
from zonula.treatment_protocols.situation import Score

LAST_DAY = date(2026, 11, 24)
# Every part of a life has a stream of random numbers of its own, so that a change in one leaves the others alone.
_HIDDEN, _STORY, _SKIN, _GENES, _ANSWERS, _KNOWN, _PLAN, _COURSE = range(1, 9)
_SKIN_TEST, _INTAKE = timedelta(3), timedelta(5)


def life(seed: int, index: int, today: date = LAST_DAY) -> "Life":
    """The life of that index (from 0) under that seed; its last day is `today`, and nothing in it lies later."""
    return Life(seed, index, today)


class Life:
    """Everything of one virtual patient. Each part is made when it is first asked for.

    patient, name, born, female, today, and: `documents` (file name to bytes: FHIR Bundles, C-CDA, CSV), `responses` (file name to
    QuestionnaireResponse), `celiac` (celiac.yaml), `hla` (clinical typing or ""), `genotype` (raw text or b""), `skin_session`
    (skin-test.yaml), `situation` (situation.yaml), `plan` (plan.json, b"" at intake), `course` (one line of an outcomes registry,
    b"" before the Reboot), `diary` with its `catalogue`, and `truth`.
    """

    def __init__(self, seed: int, index: int, today: date = LAST_DAY) -> None:
        self.seed, self.index, self.today = seed, index, today
        self._says = assumed()

    @property
    def patient(self) -> str:
        """The id of the patient in every file."""
        return self.diary.patient

    @property
    def name(self) -> str:
        """Given and family name, both invented."""
        return f"{self._drawn.person.given} {self._drawn.person.family}"

    @property
    def born(self) -> date:
        """The day of birth."""
        return self._drawn.person.born

    @property
    def female(self) -> bool:
        """The sex in the records."""
        return self._drawn.person.female

    @property
    def catalogue(self) -> Catalogue:
        """The dishes the diary names."""
        return _dishes(self.seed)

    @cached_property
    def diary(self) -> VirtualDiary:
        """The diary, kept before the plan began, while everything was still eaten."""
        ends = self._treatment.started or self.today - timedelta(1)
        return msgspec.structs.replace(self._undated, start=ends - timedelta(self._undated.days))

    @property
    def providers(self) -> tuple[Provider, ...]:
        """Who keeps records of this life."""
        return self._story[0]

    @property
    def records(self) -> tuple[Record, ...]:
        """Every record before it is written in a format, in order of day."""
        return self._story[1]

    @cached_property
    def documents(self) -> dict[str, bytes]:
        """The records, one document per provider: file name to bytes."""
        return dict(self._document(provider) for provider in self.providers)

    def bulk_resources(self) -> Iterator[Resource]:
        """The records of all providers as the FHIR resources of one bulk export, with one Patient."""
        for provider in self.providers:
            yield from resources(self._drawn.person, provider, self._of(provider), self._says.providers, bulk=True)

    @cached_property
    def celiac(self) -> bytes:
        """What the clinician asked about gluten and history: `celiac.yaml`."""
        return _yaml(self._asked[0])

    @property
    def hla(self) -> str:
        """A clinical HLA-DQ typing as the laboratory wrote it, or "" when none was done."""
        return self._genes[0]

    @property
    def genotype(self) -> bytes:
        """A consumer genotype file, or b""."""
        return self._genes[1]

    @cached_property
    def skin_session(self) -> bytes:
        """The skin-prick session: `skin-test.yaml`."""
        return _yaml(self._skin[0])

    @property
    def responses(self) -> dict[str, bytes]:
        """The QuestionnaireResponses of intake and of every answered week: file name to JSON."""
        return self._answered[0]

    @cached_property
    def situation(self) -> bytes:
        """What the gates know: `situation.yaml`."""
        return _yaml(msgspec.to_builtins(self._situation, builtin_types=(date,)))

    @cached_property
    def plan(self) -> bytes:
        """The plan file, or b"" at intake."""
        return b"" if self._plan is None else msgspec.json.format(msgspec.json.encode(self._plan), indent=1)

    @cached_property
    def course(self) -> bytes:
        """One line of an outcomes registry, or b"" when the Reboot never began."""
        if self._plan is None or reboot_day(self._hidden, self._says) is None:
            return b""
        return course_line(self._hidden, self._plan, self._answered[1], self._skin[0], self._says)

    @cached_property
    def truth(self) -> Truth:
        """What is really so."""
        hidden = self._hidden
        asked, state = self._asked
        draws = asked.get("draws", [])
        return Truth(
            patient=self.patient,
            seed=self.seed,
            index=self.index,
            today=self.today,
            born=self.born,
            female=self.female,
            ill_since=hidden.ill_since,
            domains=hidden.domains,
            severity={name: round(value, 2) for name, value in hidden.severity.items()},
            diseases=hidden.diseases,
            low_iga=hidden.low_iga,
            celiac=CeliacTruth(testing=hidden.celiac_testing, state=state, draw=draws[0]["date"] if draws else None),
            hla_genotype=hidden.hla,
            has_genotype_file=bool(self.genotype),
            labels=hidden.labels,
            planted=hidden.planted,
            red_flags=expected_flags(hidden),
            alarms=expected_alarms(hidden),
            sensitised=hidden.sensitised,
            tolerated=hidden.tolerated,
            skin_test_readable=self._skin[1],
            triggers={group: one for group, one in self.diary.truth.items() if one.trigger},
            tolerance=hidden.tolerance,
            course=hidden.course,
            percent_positive_lengthens_recovery=self._says.course.percent_positive_lengthens_recovery,
        )

    def _stream(self, part: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.index + 1, part])

    @cached_property
    def _undated(self) -> VirtualDiary:
        rng = np.random.default_rng([self.seed, self.index + 1])
        rng.integers(0, 300)  # free-standing diaries draw their first day here; the rest of their stream is the same
        return virtual_diary(self.index, self.catalogue, _ranges(), self.today, rng)

    @cached_property
    def _treatment(self) -> Any:
        return draw_course(self.today, self._says, self._stream(_COURSE))

    @cached_property
    def _drawn(self) -> Hidden:
        """The hidden life before any gate was asked."""
        return draw_hidden(
            self.seed, self.index, self._undated, self._treatment, self.today, self._says, self._stream(_HIDDEN)
        )

    @cached_property
    def _hidden(self) -> Hidden:
        """The hidden life, with its plan held by the gates that do not stand open."""
        drawn, started = self._drawn, self._treatment.started
        if started is None:
            return drawn
        gates = held_by(self._gates, started + timedelta(self._says.course.treatment.reboot), shipped_shelf())
        if not gates:
            return drawn
        stage = "stopped" if self._treatment.stopped is not None else "run_in"
        course = msgspec.structs.replace(drawn.course, held_by=gates, stage=stage)
        return msgspec.structs.replace(drawn, course=course)

    @cached_property
    def _story(self) -> tuple[tuple[Provider, ...], tuple[Record, ...]]:
        return story(self._drawn, self._says, self._stream(_STORY))

    @cached_property
    def _genes(self) -> tuple[str, bytes]:
        card, rng = self._says.genotype_files, self._stream(_GENES)
        has_file, typed = chance(card.has_file_percent, rng), chance(card.has_clinical_typing_percent, rng)
        genotype = self._drawn.hla
        return (
            clinical_typing(genotype, self._says) if typed else "",
            genotype_text(genotype, self._says, rng) if has_file else b"",
        )

    @cached_property
    def _skin(self) -> tuple[dict[str, Any], bool]:
        tested = (self._treatment.started or self.today) - _SKIN_TEST
        return session(self._drawn, tested, self._says, self._stream(_SKIN))

    @cached_property
    def _asked(self) -> tuple[dict[str, Any], str]:
        code = self._says.laboratory.tests["ttg_iga"].code
        drawn = (float(one.value) for one in self.records if isinstance(one, Result) and one.code == code)
        return evidence(self._drawn, next(drawn, None), self.hla, self._says)

    @cached_property
    def _gates(self) -> Situation:
        return situation(self._drawn, self._asked[1], expected_flags(self._drawn), self._says, self._stream(_KNOWN))

    @cached_property
    def _situation(self) -> Situation:
        totals = self._answered[1]
        scores = tuple(Score(day, float(total)) for day, total in sorted(totals.items()))
        return msgspec.structs.replace(self._gates, scores=scores)

    @cached_property
    def _answered(self) -> tuple[dict[str, bytes], dict[date, int]]:
        intake = (self._treatment.started or self.today) - _INTAKE
        return responses(self._hidden, self.records, intake, self._says, self._stream(_ANSWERS))

    @cached_property
    def _plan(self) -> Plan | None:
        return plan(self._hidden, self._situation, self._says, shipped_shelf(), self._stream(_PLAN))

    def _of(self, provider: Provider) -> tuple[Record, ...]:
        return tuple(one for one in self.records if one.at == provider.number)

    def _document(self, provider: Provider) -> tuple[str, bytes]:
        person, theirs, words = self._drawn.person, self._of(provider), self._says.providers
        stem = f"{provider.number}-{provider.name.lower().replace(' ', '-')}"
        if provider.form == "fhir":
            return f"{stem}.fhir.json", bundle(person, provider, theirs, words)
        if provider.form == "ccda":
            return f"{stem}.ccda.xml", document(person, provider, theirs, words, self.today)
        return f"{stem}.csv", csv_table(person, provider, theirs)


@lru_cache(maxsize=4)
def _dishes(seed: int) -> Catalogue:
    return catalogue(np.random.default_rng([seed, 0]))


@lru_cache(maxsize=1)
def _ranges() -> dict[str, Range]:
    return msgspec.convert(shipped_shelf().card("simulation/mechanism").data, dict[str, Range])


class _Plain(yaml.CSafeDumper):
    """YAML a person reads: equal parts are written twice, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(written: dict[str, Any]) -> bytes:
    return yaml.dump(written, Dumper=_Plain, sort_keys=False, default_flow_style=None, width=140).encode()
