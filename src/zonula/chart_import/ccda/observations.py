"""Results, vital signs, social history, functional and mental status, survey scores: everything that is an observation."""

from zonula.chart import UNKNOWN_TIME, Kind, Status
from zonula.chart_import.ccda.asides import Asides, report_rest
from zonula.chart_import.ccda.concepts import concept, null_text, wording
from zonula.chart_import.ccda.people import from_patient, performer, recorded
from zonula.chart_import.ccda.problems import problem
from zonula.chart_import.ccda.reading import NOBODY, Reading, Who
from zonula.chart_import.ccda.statement import CODE, COMPONENT, PARTICIPANT, TEXT, TIME, Statement, child, descend
from zonula.chart_import.ccda.times import timing
from zonula.chart_import.ccda.values import interpretation, reference_range, result_of
from zonula.chart_import.ccda.vocabulary import ACT_CLASS_OID, ACT_STATUS, V3

_SITE, _METHOD, _SPECIMEN = V3 + "targetSiteCode", V3 + "methodCode", V3 + "specimen"
_SPECIMEN_ROLE, _SPECIMEN_ENTITY = V3 + "specimenRole", V3 + "specimenPlayingEntity"
_ROLE, _DEVICE = V3 + "participantRole", V3 + "playingDevice"
_PROBLEM_TEMPLATES = frozenset(f"2.16.840.1.113883.10.20.22.4.{suffix}" for suffix in ("3", "4"))

CATEGORIES = {
    "results": "laboratory",
    "vital-signs": "vital-signs",
    "social-history": "social-history",
    "functional-status": "functional-status",
    "mental-status": "cognitive-status",
    "survey": "survey",
    "physical-exam": "exam",
}


class _Panel:
    """What members inherit from the organizer around them when they do not say it themselves."""

    __slots__ = ("part_of", "specimen", "status", "when", "who")

    def __init__(self) -> None:
        self.part_of = self.specimen = self.status = ""
        self.when = UNKNOWN_TIME
        self.who = NOBODY


def observations(reading: Reading, statement: Statement, category: str) -> None:
    """Read an observation or an organizer of observations. category: as in FHIR `observation-category`."""
    if statement.kind == "organizer":
        _panel(reading, statement, category)
    elif statement.kind == "observation":
        observation(reading, statement, category, _Panel())
    else:
        reading.skip(f"{statement.kind} where an observation belongs ({wording(reading, statement.first(CODE))[:60]})")


def _panel(reading: Reading, statement: Statement, category: str) -> None:
    what = concept(reading, statement.first(CODE))
    panel = _Panel()
    panel.when = timing(reading, statement.first(TIME)).when
    panel.who = performer(reading, statement)
    panel.specimen = _specimen(reading, statement)
    panel.status = statement.status
    members = list(statement.components())
    only_itself = len(members) == 1 and not set(what.codes).isdisjoint(concept(reading, members[0].first(CODE)).codes)
    if what.said and category == "laboratory" and not only_itself:
        panel.part_of = reading.keep(
            Kind.OBSERVATION,
            codes=what.codes,
            text=what.text or what.codes[0].code,
            when=panel.when,
            recorded=recorded(reading, statement),
            status=_status(statement, panel, has_result=True),
            who=panel.who,
            details=(("category", category), ("specimen", panel.specimen)),
        )
    if not members:
        reading.skip("a panel without any result in it")
    for member in members:
        if member.kind == "observation":
            observation(reading, member, category, panel)
        elif member.kind == "organizer":
            _panel(reading, member, category)
        elif member.code == "48767-8":
            reading.warn("a comment on a whole panel is not read")
        elif member.kind == "procedure":
            continue  # how the specimen was collected
        else:
            reading.skip(f"{member.kind} inside a panel")


def observation(reading: Reading, statement: Statement, category: str, panel: _Panel) -> None:
    """Make one fact, and one for each observation nested in it."""
    if not _PROBLEM_TEMPLATES.isdisjoint(statement.templates):
        problem(reading, statement)
        return
    what = concept(reading, statement.first(CODE))
    found = result_of(reading, statement)
    codes, text = what.codes, what.text or reading.references.text_of(statement.first(TEXT))
    if codes and codes[0].code == "ASSERTION" and codes[0].system_text == ACT_CLASS_OID:
        codes, text = found.codes, found.text  # the value itself is what is asserted
    if not codes and not text:
        reading.skip(
            f"an observation that does not say what was observed{f' (nullFlavor {what.null})' if what.null else ''}"
        )
        return
    asides = Asides(reading, statement)
    nested = asides.take(lambda _, one: one.kind == "observation")
    report_rest(reading, asides)
    when = timing(reading, statement.first(TIME)).when
    has_result = found.quantity is not None or bool(found.text or found.codes)
    said_instead = "" if has_result else reading.references.text_of(statement.first(TEXT))
    identifier = reading.keep(
        Kind.OBSERVATION,
        codes=codes,
        text=text or codes[0].code,
        when=when if when.known or when.text else panel.when,
        recorded=recorded(reading, statement),
        status=_observation_status(reading, statement, panel, has_result),
        negated=statement.negated,
        value=found.quantity,
        value_text=found.text,
        value_codes=found.codes,
        interpretation=interpretation(reading, statement),
        reference=reference_range(reading, statement),
        who=_who(reading, statement, panel),
        encounter_keys=asides.encounter_keys,
        part_of=panel.part_of,
        note="\n".join(filter(None, (asides.note, what.qualifiers, said_instead))),
        details=(
            ("category", category),
            ("method", wording(reading, statement.first(_METHOD))),
            ("specimen", _specimen(reading, statement) or panel.specimen),
            ("device", _device(reading, statement)),
            (
                "absent_reason",
                found.absent or (null_text(statement.element.get("nullFlavor", "")) if not has_result else ""),
            ),
            ("body_site", wording(reading, statement.first(_SITE))),
        ),
    )
    if not nested and statement.first(COMPONENT) is None:
        return
    inner_panel = _Panel()
    inner_panel.part_of, inner_panel.when, inner_panel.who = identifier, when, panel.who
    inner_panel.status = statement.status
    for inner in nested:
        observation(reading, inner, category, inner_panel)
    for member in statement.components():
        if member.kind == "observation":
            observation(reading, member, category, inner_panel)


def _who(reading: Reading, statement: Statement, panel: _Panel) -> Who:
    own = performer(reading, statement)
    return own if own != NOBODY else panel.who


def _observation_status(reading: Reading, statement: Statement, panel: _Panel, has_result: bool) -> Status:
    status = _status(statement, panel, has_result)
    if status is Status.CONFIRMED and from_patient(reading, statement):
        return Status.PATIENT_REPORTED
    return status


def _status(statement: Statement, panel: _Panel, has_result: bool) -> Status:
    """`active` is a result still under way: preliminary when there is one, expected when there is none."""
    if statement.planned:
        return Status.PLANNED
    written = statement.status or panel.status
    if written in ("active", "new", "held"):
        return Status.SUSPECTED if has_result else Status.PLANNED
    return ACT_STATUS.get(written, Status.UNKNOWN)


def _specimen(reading: Reading, statement: Statement) -> str:
    if statement.first(_SPECIMEN) is None:
        return ""
    entity = descend(statement.first(_SPECIMEN), _SPECIMEN_ROLE, _SPECIMEN_ENTITY)
    return "" if entity is None else wording(reading, child(entity, CODE))


def _device(reading: Reading, statement: Statement) -> str:
    for participant in statement.all(PARTICIPANT):
        device = descend(participant, _ROLE, _DEVICE)
        if device is not None:
            return wording(reading, child(device, CODE))
    return ""
