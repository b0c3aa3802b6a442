"""What the pages on foods say: verdicts with their grade and expiry, foods that may come back next, wheals, and the monitor of relapse."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from zonula.diary.entry import Symptoms
from zonula.diet import catalogue
from zonula.errors import UserError
from zonula.food_triggers.relapse import Relapse, watch
from zonula.skin_prick_tests import Verdict as Wheal
from zonula.treatment_protocols import Exclusion, Result, Setting, Verdict, Why, challenge_risk
from zonula_web.access.models import Clinic
from zonula_web.clinic.plan_foods import food_name
from zonula_web.records import diary, read
from zonula_web.records.plan import Running
from zonula_web.records.read import Patient
from zonula_web.records.suspects import FoodSuspected, Standing

# Out for these reasons a food may come back by a challenge; allergy and celiac disease are not tested at home.
MAY_COME_BACK = (Why.ELIMINATION, Why.SUSPECT, Why.VERDICT)
MOST_NEXT = 5
_SAYS = {Result.ACCEPTED: "accepted", Result.REACTS: "reacts", Result.CANNOT_TELL: "cannot tell yet"}
_MARK = {Result.ACCEPTED: "good", Result.REACTS: "alarm", Result.CANNOT_TELL: "doubt"}
_WHERE = {
    Setting.HOME: ("at home", "good"),
    Setting.SUPERVISED: ("only under supervision", "warn"),
    Setting.POSTPONE: ("not now", "warn"),
    Setting.NEVER: ("never as a challenge", "alarm"),
}
_ORDER = (Setting.HOME, Setting.SUPERVISED, Setting.POSTPONE, Setting.NEVER)


class Tested(NamedTuple):
    """The last verdict on one food. expired: it is to be tested again."""

    name: str
    form: str
    says: str
    mark: str
    how: str
    day: date
    expires: date | None
    expired: bool
    earlier: int


class Next(NamedTuple):
    """A food that is out and could be challenged. where: home, supervised, not now or never, with why; suspected: of the diary."""

    food: str
    name: str
    why_out: str
    since: date
    review_on: date | None
    where: str
    mark: str
    says: str
    suspected: FoodSuspected | None


class Watched(NamedTuple):
    """The monitor after foods came back. problem: why it cannot say anything."""

    relapse: Relapse | None
    problem: str
    since: date


def tested(verdicts: Iterable[Verdict], clinic: Clinic) -> tuple[Tested, ...]:
    """The newest verdict of each food, by food."""
    today = read.today(clinic)
    by_food: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        by_food.setdefault((verdict.food.casefold(), verdict.form.casefold()), []).append(verdict)
    found = [_tested(several, today) for several in by_food.values()]
    return tuple(sorted(found, key=lambda one: (one.says, one.name)))


def _tested(several: list[Verdict], today: date) -> Tested:
    last = several[-1]
    return Tested(
        name=food_name(last.food),
        form=last.form,
        says=_SAYS[last.result],
        mark=_MARK[last.result],
        how="blinded challenge" if last.blinded else "open challenge",
        day=last.day,
        expires=last.expires,
        expired=last.expires is not None and last.expires <= today,
        earlier=len(several) - 1,
    )


def next_foods(patient: Patient, running: Running | None, standing: Standing | None) -> tuple[Next, ...]:
    """Foods that are out and may be challenged: what is safest to try first, and of those what the diary suspects least."""
    if running is None:
        return ()
    of_group = {one.group: one for one in standing.suspected.foods} if standing else {}
    today = read.today(patient.clinic)
    found = [
        _next(one, running, of_group, patient)
        for one in running.state.exclusions
        if one.why in MAY_COME_BACK and not _still_holds(one, today)
    ]
    order = {words: place for place, (words, _) in enumerate(_WHERE[setting] for setting in _ORDER)}
    found.sort(key=lambda one: (order[one.where], one.suspected.probability if one.suspected else 0.5, one.name))
    return tuple(found[:MOST_NEXT])


def _still_holds(out: Exclusion, today: date) -> bool:
    """A verdict that the food reacts is tested again when it expires, not before."""
    return out.why is Why.VERDICT and out.review_on is not None and out.review_on > today


def _next(out: Exclusion, running: Running, of_group: dict[str, FoodSuspected], patient: Patient) -> Next:
    foods = catalogue(read.knowledge()).foods
    known = foods.get(out.food)
    finding = challenge_risk(
        out.food,
        gluten=known is not None and known.gluten in ("yes", "maybe"),
        situation=running.assembled.situation,
        day=read.today(patient.clinic),
        shelf=read.knowledge(),
    )
    where, mark = _WHERE[Setting(str(finding.value))]
    group = known.challenge_group if known and known.challenge_group else out.food
    return Next(
        out.food,
        food_name(out.food),
        out.reason,
        out.since,
        out.review_on,
        where,
        mark,
        finding.says,
        of_group.get(group),
    )


def wheals(patient: Patient) -> tuple[str, ...]:
    """Foods with a positive wheal in the last valid skin test: sensitised, which is not the same as reacting."""
    test = read.assessment(patient).skin_test
    return tuple(food_name(one.food) for one in test.readings if one.verdict is Wheal.POSITIVE) if test else ()


def relapse_of(patient: Patient, running: Running | None) -> Watched | None:
    """Whether symptoms rose after foods were given back. None when no food came back."""
    if running is None:
        return None
    back = [
        one.event.day
        for one in running.history
        if one.event.event == "give_back" or one.event.result is Result.ACCEPTED
    ]
    if not back:
        return None
    since, today = min(back), read.today(patient.clinic)
    ratings = [
        (
            date.fromisoformat(one.entry.at[:10]),
            sum(felt.worst for felt in one.entry.felt.values()) / len(one.entry.felt),
        )
        for one in diary.entries(patient)
        if isinstance(one.entry, Symptoms) and one.entry.felt and not one.disputes
    ]
    try:
        return Watched(
            watch("mean of the rated areas", ratings, baseline_until=since, as_of=today, cards=read.knowledge()),
            "",
            since,
        )
    except UserError as wrong:
        return Watched(None, str(wrong), since)
