"""The hand that writes a life's records: who works where, and what a visit, a complaint or a prescription leaves behind."""

import datetime
from datetime import timedelta

import numpy as np

from zonula.simulation.assumed import Assumed, chance, one_of
from zonula.simulation.hidden import Hidden
from zonula.simulation.laboratory import Laboratory
from zonula.simulation.records import Drug, Problem, Provider, Record, Visit, prefix_of

FAMILY, HOSPITAL, GROUP, REGIONAL, WELLNESS = 1, 2, 3, 4, 5


class Writer:
    """Collects the records of one life. Every draw goes through its own generator, in one order."""

    def __init__(self, life: Hidden, says: Assumed, rng: np.random.Generator) -> None:
        self.life, self.says, self.rng = life, says, rng
        self.laboratory = Laboratory(life, says, rng)
        self.records: list[Record] = []
        self.providers = _providers(life, says, rng)
        self._clinicians: dict[tuple[int, str], str] = {}

    def by(self, at: int, specialty: str) -> str:
        """The clinician of that specialty at that provider, always the same one."""
        key = (at, specialty)
        if key not in self._clinicians:
            taken = set(self._clinicians.values())
            free = [name for name in self.says.providers.clinicians if name not in taken]
            self._clinicians[key] = one_of(free or self.says.providers.clinicians, self.rng)
        return self._clinicians[key]

    def where(self, specialty: str) -> int:
        """The provider that has this specialty."""
        return next((one.number for one in self.providers if specialty in one.specialties), FAMILY)

    def visit(self, day: datetime.date, specialty: str, reason: str, *, at: int = 0, emergency: bool = False) -> int:
        """A visit; returns the provider's number."""
        place = at or self.where(specialty)
        self.records.append(
            Visit(
                day=day, at=place, specialty=specialty, by=self.by(place, specialty), reason=reason, emergency=emergency
            )
        )
        return place

    def complaint(self, day: datetime.date, at: int, specialty: str, domain: str, words: str) -> None:
        """A domain written down as a problem of that visit."""
        says = self.says.domains[domain]
        code, display = one_of(says.coded, self.rng) if says.coded else ("", "")
        self.records.append(
            Problem(
                day=day,
                at=at,
                text=display or words,
                code=code,
                display=display,
                since=day.isoformat() if chance(50, self.rng) else self.life.domains[domain].strftime("%Y-%m"),
                note=words,
                by=self.by(at, specialty),
                specialty=specialty,
            )
        )

    def prescribe(self, day: datetime.date, at: int, name: str, dose: str, *, lasting: bool = False) -> None:
        """A drug, unless it is being taken already. Most are stopped again."""
        taken = (one for one in self.records if isinstance(one, Drug) and one.name == name)
        if any(one.until is None or one.until >= day for one in taken):
            return
        until = day + timedelta(days=int(self.rng.integers(20, 400)))
        over = until < self.life.today and not lasting
        self.records.append(Drug(day=day, at=at, name=name, dose=dose, until=until if over else None))

    def wellness_visit(self, day: datetime.date) -> None:
        """A visit outside medicine."""
        self.records.append(Visit(day=day, at=WELLNESS, specialty="", by="", reason="First talk, two hours"))


def weight_on(life: Hidden, day: datetime.date, says: Assumed, rng: np.random.Generator) -> float:
    """Kilograms on the scales that day: steady, unless a falling weight is planted."""
    scales, fallen = says.course.weight, 0.0
    if "weight_falling" in life.planted:
        left = (life.today - day).days
        fallen = scales.fall_percent / 100 * min(1.0, max(0.0, 1 - left / scales.fall_days))
    off = float(rng.uniform(-scales.off_by, scales.off_by))
    return round(life.person.weight * (1 - fallen) * (1 + off), 1)


def _providers(life: Hidden, says: Assumed, rng: np.random.Generator) -> tuple[Provider, ...]:
    words = says.providers
    named = (
        (FAMILY, words.family_practices, "fhir", ("family medicine",)),
        (HOSPITAL, words.hospitals, "fhir", words.at_hospital),
        (GROUP, words.groups, "ccda", words.at_group),
        (REGIONAL, words.regional, "ccda", words.at_regional),
        (WELLNESS, words.wellness, "csv", ()),
    )
    chosen = [(number, one_of(names, rng), form, specialties) for number, names, form, specialties in named]
    return tuple(
        Provider(number=number, name=name, form=form, specialties=specialties, prefix=prefix_of(name, number))
        for number, name, form, specialties in chosen
    )
