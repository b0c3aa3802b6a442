"""The body: each section's entries go to the mapping that its templates, else its section, name. Nothing is passed over."""

from collections.abc import Callable
from functools import partial

from zonula.chart_import.ccda.allergies import allergy
from zonula.chart_import.ccda.care import care_team, encounter, procedure
from zonula.chart_import.ccda.concepts import wording
from zonula.chart_import.ccda.documents import keep_section_text, note
from zonula.chart_import.ccda.family import family_history
from zonula.chart_import.ccda.medications import immunisation, medication
from zonula.chart_import.ccda.narrative import plain_text, rows, squeeze
from zonula.chart_import.ccda.observations import CATEGORIES, observations
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.problems import problem
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.statement import CODE, COMPONENT, STATEMENTS, TEMPLATE, TEXT, Statement, child
from zonula.chart_import.ccda.vocabulary import (
    LOINC_OID,
    MAPPING_BY_TEMPLATE,
    NOT_MAPPED_TEMPLATES,
    SECTION_BY_LOINC,
    SECTION_BY_TEMPLATE,
    V3,
)

_SECTION, _ENTRY, _TITLE = V3 + "section", V3 + "entry", V3 + "title"

Mapping = Callable[[Reading, Statement], None]

_MAPPINGS: dict[str, Mapping] = {
    "problem": problem,
    "allergy": allergy,
    "medication": medication,
    "immunisation": immunisation,
    "encounter": encounter,
    "procedure": procedure,
    "family-history": family_history,
    "care-team": care_team,
    "note": note,
    "planned-observation": partial(observations, category=""),
    **{name: partial(observations, category=category) for name, category in CATEGORIES.items()},
}
# what an entry without a known template is, by its section and then by its element
_BY_SECTION: dict[str, str] = {
    "problems": "problem",
    "past-illness": "problem",
    "diagnoses": "problem",
    "health-concerns": "problem",
    "medications": "medication",
    "allergies": "allergy",
    "encounters": "encounter",
    "procedures": "procedure",
    "immunisations": "immunisation",
    "family-history": "family-history",
    "care-team": "care-team",
    "notes": "note",
    **{name: name for name in CATEGORIES if name != "survey"},
}
_FITS: dict[str, frozenset[str]] = {  # elements a section's own mapping can read
    "problem": frozenset({"act", "observation"}),
    "allergy": frozenset({"act", "observation"}),
    "medication": frozenset({"substanceAdministration", "act"}),
    "immunisation": frozenset({"substanceAdministration"}),
    "encounter": frozenset({"encounter"}),
    "procedure": frozenset({"procedure", "act", "observation"}),
    "family-history": frozenset({"organizer", "observation"}),
    "care-team": frozenset({"organizer"}),
    "note": frozenset({"act"}),
}
_BY_ELEMENT: dict[str, str] = {
    "substanceAdministration": "medication",
    "procedure": "procedure",
    "encounter": "encounter",
    "observation": "planned-observation",
    "organizer": "planned-observation",
}


def read_sections(reading: Reading, body: Element) -> None:
    """Read every section of a structured body, and sections inside sections."""
    for component in body.iterchildren(COMPONENT):
        for section in component.iterchildren(_SECTION):
            _section(reading, section)


def _section(reading: Reading, section: Element) -> None:
    title_element, code = child(section, _TITLE), child(section, CODE)
    title = squeeze(plain_text(title_element)) if title_element is not None else ""
    name = _name(section, code)
    label = name or title or ("" if code is None else wording(reading, code)) or "untitled section"
    entries = list(section.iterchildren(_ENTRY))
    before = len(reading.facts)
    unmapped: dict[str, int] = {}
    for entry in entries:
        reading.enter(name or _slug(label))
        reading.read[label] += 1
        _entry(reading, entry, name, unmapped)
    made = len(reading.facts) - before
    for what, count in unmapped.items():
        reading.skip(f"{count} × {what} in section {title or label!r} is not mapped to facts")
    _text(reading, section, (title or label, label), len(entries), -1 if unmapped else made)
    if child(section, COMPONENT) is not None:
        read_sections(reading, section)


def _text(reading: Reading, section: Element, labels: tuple[str, str], entries: int, made: int) -> None:
    """Keep the narrative when the entries do not say it all: none, some not mapped (made < 0), or fewer facts than rows."""
    title, label = labels
    reading.section = label
    if not entries and section.get("nullFlavor"):
        reading.enter(_slug(label))
        reading.read[label] += 0
        reading.warn(f"the section says that it has no information (nullFlavor {section.get('nullFlavor')})")
        return
    narrative = child(section, TEXT)
    more_rows = rows(narrative) - made if made > 0 and narrative is not None else 0
    if made > 0 and more_rows <= 0:
        return
    reading.enter(f"{_slug(label)}/text")
    kept = keep_section_text(reading, section, title)
    if kept and more_rows > 0:
        reading.warn(f"the text shows {more_rows} more rows than the entries gave facts; it is kept as a document too")
    if not entries:
        reading.read[f"{label} (text only)"] += 1
        if not kept:
            reading.skip("a section with neither entries nor text")


def _name(section: Element, code: Element | None) -> str:
    """The section's name in our vocabulary: by LOINC code, else by template; empty when it has none."""
    if code is not None and code.get("codeSystem", LOINC_OID) == LOINC_OID:
        name = SECTION_BY_LOINC.get(code.get("code", ""))
        if name:
            return name
    for template in section.iterchildren(TEMPLATE):
        name = SECTION_BY_TEMPLATE.get(template.get("root", ""))
        if name:
            return name
    return ""


def _entry(reading: Reading, entry: Element, section: str, unmapped: dict[str, int]) -> None:
    found = False
    for element in entry:
        kind = STATEMENTS.get(element.tag)
        if kind is None:
            continue
        found = True
        statement = Statement(element, kind)
        mapping, label = _mapping(statement, section)
        if mapping:
            _MAPPINGS[mapping](reading, statement)
        else:
            label = label or wording(reading, statement.first(CODE)) or kind
            unmapped[label] = unmapped.get(label, 0) + 1
    if not found:
        reading.skip("an entry without a clinical statement")


def _mapping(statement: Statement, section: str) -> tuple[str, str]:
    """The name of the mapping, else what to call the entry in the report."""
    for template in statement.templates:
        mapping = MAPPING_BY_TEMPLATE.get(template)
        if mapping == "results" and section in CATEGORIES:
            mapping = section  # a result observation in another section is of that section's category
        label = NOT_MAPPED_TEMPLATES.get(template, "")
        if mapping or label:
            return mapping or "", label
    if statement.element.get("moodCode") == "GOL":
        return "", "goal"
    mapping = _BY_SECTION.get(section, "")
    if not mapping or statement.kind not in _FITS.get(mapping, ("observation", "organizer")):
        mapping = _BY_ELEMENT.get(statement.kind, "") if section else ""
    return mapping, ""


def _slug(label: str) -> str:
    return "-".join(label.lower().split())[:60]
