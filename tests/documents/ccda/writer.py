"""Writes C-CDA R2.1 documents from short descriptions. `python examples.py` rewrites the documents beside it.

The templates, codes and value sets are the standard's; every person, clinic and date is invented.
"""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

LOINC, SNOMED, RXNORM, CVX = (
    "2.16.840.1.113883.6.1",
    "2.16.840.1.113883.6.96",
    "2.16.840.1.113883.6.88",
    "2.16.840.1.113883.12.292",
)
ICD10CM, NUCC, CPT, ACT = (
    "2.16.840.1.113883.6.90",
    "2.16.840.1.113883.6.101",
    "2.16.840.1.113883.6.12",
    "2.16.840.1.113883.5.4",
)
STATEMENT = "2.16.840.1.113883.10.20.22.4."
SECTION = "2.16.840.1.113883.10.20.22.2."

Triple = tuple[str, str, str]  # code system, code, display name


def tag_code(
    tag: str, code: Triple | None, translations: Sequence[Triple] = (), reference: str = "", kind: str = ""
) -> str:
    """A coded element; `None` writes nullFlavor UNK."""
    head = 'nullFlavor="UNK"' if code is None else _attributes(code)
    typed = f' xsi:type="{kind}"' if kind else ""
    inside = f'<originalText><reference value="#{reference}"/></originalText>' if reference else ""
    inside += "".join(f"<translation {_attributes(one)}/>" for one in translations)
    return f"<{tag}{typed} {head}>{inside}</{tag}>" if inside else f"<{tag}{typed} {head}/>"


def _attributes(code: Triple) -> str:
    system, value, display = code
    return f"code={quoteattr(value)} codeSystem={quoteattr(system)} displayName={quoteattr(display)}"


def template(suffix: str, extension: str = "2015-08-01") -> str:
    """A template id with and without its version, as R2.1 asks."""
    return f'<templateId root="{STATEMENT}{suffix}"/><templateId root="{STATEMENT}{suffix}" extension="{extension}"/>'


def period(low: str | None, high: str | None = None, kind: str = "") -> str:
    """An effectiveTime; empty text writes nullFlavor UNK, None leaves the bound out."""
    typed = f' xsi:type="{kind}"' if kind else ""
    bounds = ""
    for name, value in (("low", low), ("high", high)):
        if value is not None:
            bounds += f'<{name} value="{value}"/>' if value else f'<{name} nullFlavor="UNK"/>'
    return f"<effectiveTime{typed}>{bounds}</effectiveTime>"


def author(name: tuple[str, str], specialty: Triple | None, time: str) -> str:
    """Who wrote a statement."""
    code = "" if specialty is None else tag_code("code", specialty)
    return (
        f'<author><templateId root="{STATEMENT}119"/><time value="{time}"/><assignedAuthor>'
        f'<id root="2.16.840.1.113883.4.6" extension="{len(name[0]) * 1111}{len(name[1])}"/>{code}'
        f"<assignedPerson><name><given>{escape(name[0])}</given><family>{escape(name[1])}</family></name></assignedPerson>"
        "</assignedAuthor></author>"
    )


def performer(name: tuple[str, str], specialty: Triple | None, organisation: str = "", tag: str = "performer") -> str:
    """Who did it."""
    code = "" if specialty is None else tag_code("code", specialty)
    works_at = (
        f"<representedOrganization><name>{escape(organisation)}</name></representedOrganization>"
        if organisation
        else ""
    )
    return (
        f'<{tag}><assignedEntity><id nullFlavor="NI"/>{code}<assignedPerson><name><given>{escape(name[0])}</given>'
        f"<family>{escape(name[1])}</family></name></assignedPerson>{works_at}</assignedEntity></{tag}>"
    )


def entry(statement: str) -> str:
    """One entry of a section."""
    return f'<entry typeCode="DRIV">{statement}</entry>'


def problem(
    code: Triple | None,
    onset: str | None = None,
    ended: str | None = None,
    *,
    concern: str = "active",
    status: str = "",
    negated: bool = False,
    translations: Sequence[Triple] = (),
    kind: Triple = (SNOMED, "55607006", "Problem"),
    reference: str = "",
    extra: str = "",
) -> str:
    """A Problem Concern Act with one Problem Observation."""
    negation = ' negationInd="true"' if negated else ""
    said = ""
    if status:
        said = (
            f'<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN">{template("6", "2019-06-20")}'
            f'<code code="33999-4" codeSystem="{LOINC}"/><statusCode code="completed"/>'
            f'<value xsi:type="CD" code="{status}" codeSystem="{SNOMED}"/></observation></entryRelationship>'
        )
    return entry(
        f'<act classCode="ACT" moodCode="EVN">{template("3")}<id root="11111111-0000-4000-8000-000000000001"/>'
        f'<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="{concern}"/>{period(onset or "")}'
        f'<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"{negation}>{template("4")}'
        f'<id root="11111111-0000-4000-8000-000000000002"/>{tag_code("code", kind)}<statusCode code="completed"/>'
        f"{period(onset, ended)}{tag_code('value', code, translations, reference, 'CD')}{extra}{said}"
        "</observation></entryRelationship></act>"
    )


def related(relation: str, statement: str) -> str:
    """A nested statement."""
    return f'<entryRelationship typeCode="{relation}" inversionInd="true">{statement}</entryRelationship>'


def small_observation(suffix: str, code: str, system: str, value: Triple) -> str:
    """Severity, reaction, criticality and their like."""
    return (
        f'<observation classCode="OBS" moodCode="EVN">{template(suffix)}<code code="{code}" codeSystem="{system}"/>'
        f'<statusCode code="completed"/>{tag_code("value", value, kind="CD")}</observation>'
    )


def allergy(
    substance: Triple | None,
    *,
    kind: Triple = (SNOMED, "419199007", "Allergy to substance"),
    onset: str | None = None,
    reaction: Triple | None = None,
    severity: Triple | None = None,
    criticality: str = "",
    negated: bool = False,
    concern: str = "active",
) -> str:
    """An Allergy Concern Act with one Allergy - Intolerance Observation."""
    inner = ""
    if substance is not None:
        inner += (
            '<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT">'
            f"{tag_code('code', substance)}</playingEntity></participantRole></participant>"
        )
    if criticality:
        inner += related(
            "SUBJ", small_observation("145", "82606-5", LOINC, ("2.16.840.1.113883.5.1063", criticality, criticality))
        )
    if reaction is not None:
        nested = small_observation("9", "ASSERTION", ACT, reaction)
        if severity is not None:
            nested = nested.replace(
                "</observation>", related("SUBJ", small_observation("8", "SEV", ACT, severity)) + "</observation>", 1
            )
        inner += related("MFST", nested)
    negation = ' negationInd="true"' if negated else ""
    return entry(
        f'<act classCode="ACT" moodCode="EVN">{template("30")}<id root="22222222-0000-4000-8000-000000000001"/>'
        f'<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="{concern}"/>{period(onset or "")}'
        f'<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"{negation}>{template("7", "2014-06-09")}'
        f'<code code="ASSERTION" codeSystem="{ACT}"/><statusCode code="completed"/>{period(onset)}'
        f"{tag_code('value', kind, kind='CD')}{inner}</observation></entryRelationship></act>"
    )


def medication(
    drug: Triple | None,
    start: str | None = None,
    end: str | None = None,
    *,
    status: str = "active",
    mood: str = "EVN",
    every: tuple[str, str] | None = None,
    event: str = "",
    dose: str = "",
    dose_unit: str = "",
    route: Triple | None = None,
    reason: Triple | None = None,
    negated: bool = False,
    suffix: str = "16",
    extra: str = "",
) -> str:
    """A Medication Activity (or, with suffix 42, a planned one)."""
    times = period(start or "", end, "IVL_TS")
    if every:
        times += f'<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="{every[0]}" unit="{every[1]}"/></effectiveTime>'
    if event:
        times += f'<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="{event}"/></effectiveTime>'
    unit = f' unit="{dose_unit}"' if dose_unit else ""
    amount = f'<doseQuantity value="{dose}"{unit}/>' if dose else ""
    way = tag_code("routeCode", route) if route else ""
    because = ""
    if reason:
        because = f'<entryRelationship typeCode="RSON">{small_observation("19", "75322-8", LOINC, reason)}</entryRelationship>'
    negation = ' negationInd="true"' if negated else ""
    return entry(
        f'<substanceAdministration classCode="SBADM" moodCode="{mood}"{negation}>{template(suffix, "2014-06-09")}'
        f'<id root="33333333-0000-4000-8000-000000000001"/><statusCode code="{status}"/>{times}{way}{amount}'
        f'<consumable><manufacturedProduct classCode="MANU"><templateId root="{STATEMENT}23"/><manufacturedMaterial>'
        f"{tag_code('code', drug)}</manufacturedMaterial></manufacturedProduct></consumable>{because}{extra}"
        "</substanceAdministration>"
    )


def immunisation(
    vaccine: Triple, given: str, *, refused: Triple | None = None, lot: str = "", status: str = "completed"
) -> str:
    """An Immunization Activity; `refused` says why it was not given."""
    negation = "true" if refused else "false"
    why = ""
    if refused:
        why = f'<entryRelationship typeCode="RSON">{small_observation("53", refused[1], ACT, refused)}</entryRelationship>'
    number = f"<lotNumberText>{escape(lot)}</lotNumberText>" if lot else ""
    return entry(
        f'<substanceAdministration classCode="SBADM" moodCode="EVN" negationInd="{negation}">{template("52")}'
        f'<id root="44444444-0000-4000-8000-000000000001"/><statusCode code="{status}"/><effectiveTime value="{given}"/>'
        f'<consumable><manufacturedProduct classCode="MANU"><templateId root="{STATEMENT}54"/><manufacturedMaterial>'
        f"{tag_code('code', vaccine)}{number}</manufacturedMaterial></manufacturedProduct></consumable>{why}"
        "</substanceAdministration>"
    )


def observation(
    code: Triple | None,
    value: str = "",
    *,
    time: str = "",
    suffix: str = "2",
    interpretation: str = "",
    low: str = "",
    high: str = "",
    unit: str = "",
    status: str = "completed",
    mood: str = "EVN",
    extra: str = "",
) -> str:
    """One observation. value: the whole `value` element, see `pq`, `cd`, `st`."""
    when = f'<effectiveTime value="{time}"/>' if time else ""
    said = (
        f'<interpretationCode code="{interpretation}" codeSystem="2.16.840.1.113883.5.83"/>' if interpretation else ""
    )
    limits = ""
    if low or high:
        bounds = "".join(f'<{n} value="{v}" unit="{unit}"/>' for n, v in (("low", low), ("high", high)) if v)
        limits = f'<referenceRange><observationRange><value xsi:type="IVL_PQ">{bounds}</value></observationRange></referenceRange>'
    return (
        f'<observation classCode="OBS" moodCode="{mood}">{template(suffix)}<id root="55555555-0000-4000-8000-000000000001"/>'
        f'{tag_code("code", code)}<statusCode code="{status}"/>{when}{value}{said}{extra}{limits}</observation>'
    )


def pq(value: str, unit: str) -> str:
    """A physical quantity."""
    return f'<value xsi:type="PQ" value="{value}" unit="{unit}"/>'


def cd(code: Triple) -> str:
    """A coded value."""
    return tag_code("value", code, kind="CD")


def st(text: str) -> str:
    """A text value."""
    return f'<value xsi:type="ST">{escape(text)}</value>'


def panel(code: Triple | None, members: Iterable[str], *, suffix: str = "1", time: str = "", extra: str = "") -> str:
    """A result (suffix 1) or vital signs (suffix 26) organizer."""
    when = period(time, time) if time else ""
    inside = "".join(f"<component>{member}</component>" for member in members)
    return entry(
        f'<organizer classCode="BATTERY" moodCode="EVN">{template(suffix)}<id root="66666666-0000-4000-8000-000000000001"/>'
        f'{tag_code("code", code)}<statusCode code="completed"/>{when}{extra}{inside}</organizer>'
    )


def encounter(
    code: Triple,
    start: str,
    end: str | None = None,
    *,
    who: str = "",
    setting: Triple | None = None,
    diagnosis: Triple | None = None,
    place: str = "",
    mood: str = "EVN",
    suffix: str = "49",
) -> str:
    """An Encounter Activity."""
    inner = who
    if place:
        inner += (
            '<participant typeCode="LOC"><participantRole classCode="SDLOC"><playingEntity classCode="PLC">'
            f"<name>{escape(place)}</name></playingEntity></participantRole></participant>"
        )
    if diagnosis:
        observed = (
            f'<observation classCode="OBS" moodCode="EVN">{template("4")}<code code="282291009" codeSystem="{SNOMED}"/>'
            f'<statusCode code="completed"/>{period(start)}{cd(diagnosis)}</observation>'
        )
        inner += (
            f'<entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="EVN">{template("80")}'
            f'<code code="29308-4" codeSystem="{LOINC}"/><statusCode code="active"/>'
            f'<entryRelationship typeCode="SUBJ">{observed}</entryRelationship></act></entryRelationship>'
        )
    translations = [setting] if setting else []
    return entry(
        f'<encounter classCode="ENC" moodCode="{mood}">{template(suffix)}<id root="77777777-0000-4000-8000-{start[:8]:0>12}"/>'
        f"{tag_code('code', code, translations)}{period(start, end)}{inner}</encounter>"
    )


def procedure(
    code: Triple,
    time: str,
    *,
    kind: str = "procedure",
    suffix: str = "14",
    status: str = "completed",
    mood: str = "EVN",
    extra: str = "",
) -> str:
    """A procedure, or the act or observation it is written as."""
    class_code = {"procedure": "PROC", "act": "ACT", "observation": "OBS"}[kind]
    return entry(
        f'<{kind} classCode="{class_code}" moodCode="{mood}">{template(suffix, "2014-06-09")}'
        f'<id root="88888888-0000-4000-8000-000000000001"/>{tag_code("code", code)}<statusCode code="{status}"/>'
        f'<effectiveTime value="{time}"/>{extra}</{kind}>'
    )


def family(relation: Triple, conditions: Sequence[tuple[Triple, str]]) -> str:
    """A Family History Organizer: (condition, age in years or empty)."""
    members = ""
    for condition, age in conditions:
        aged = ""
        if age:
            aged = related(
                "SUBJ",
                f'<observation classCode="OBS" moodCode="EVN">{template("31")}<code code="445518008" codeSystem="{SNOMED}"/>'
                f'<statusCode code="completed"/>{pq(age, "a")}</observation>',
            )
        members += (
            f'<component><observation classCode="OBS" moodCode="EVN">{template("46")}<code code="64572001" codeSystem="{SNOMED}"/>'
            f'<statusCode code="completed"/>{cd(condition)}{aged}</observation></component>'
        )
    return entry(
        f'<organizer classCode="CLUSTER" moodCode="EVN">{template("45")}<statusCode code="completed"/>'
        f'<subject><relatedSubject classCode="PRS">{tag_code("code", relation)}</relatedSubject></subject>{members}</organizer>'
    )


def section(
    code: Triple,
    suffix: str,
    title: str,
    rows: Sequence[Sequence[str]] = (),
    entries: Iterable[str] = (),
    text: str = "",
    null: str = "",
) -> str:
    """A section with its narrative as a table (first row: headings), or as given in `text`."""
    narrative = text
    if rows:
        head = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
        body = ""
        for number, row in enumerate(rows[1:], 1):
            cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
            body += f'<tr><td ID="{code[1]}-{number}">{escape(row[0])}</td>{cells}</tr>'
        narrative = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    flavor = f' nullFlavor="{null}"' if null else ""
    root = suffix if suffix.startswith(("1.3.", "2.16.")) else SECTION + suffix
    return (
        f'<component><section{flavor}><templateId root="{root}"/>'
        f'<templateId root="{root}" extension="2015-08-01"/>{tag_code("code", code)}<title>{escape(title)}</title>'
        f"<text>{narrative}</text>{''.join(entries)}</section></component>"
    )


def document(
    kind: Triple,
    suffix: str,
    title: str,
    sections: Iterable[str],
    *,
    written: str = "20240312103000-0500",
    patient_ids: Sequence[tuple[str, str]] = (("2.16.840.1.113883.19.5.99999.2", "MRN-4471"),),
    name: tuple[str, str] = ("Marit", "Solberg"),
    birth: str = "19840517",
    sex: str = "F",
    writer: tuple[str, str] = ("Anders", "Quist"),
    specialty: Triple = (NUCC, "207Q00000X", "Family Medicine Physician"),
    custodian: str = "Lakeside Family Practice",
    header: str = "",
    body: str = "",
) -> str:
    """A whole document."""
    identifiers = "".join(f'<id root="{root}" extension="{extension}"/>' for root, extension in patient_ids)
    inside = body or f"<component><structuredBody>{''.join(sections)}</structuredBody></component>"
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        '<templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/>'
        f'<templateId root="2.16.840.1.113883.10.20.22.1.{suffix}" extension="2015-08-01"/>'
        f'<id root="99999999-0000-4000-8000-000000000001"/>{tag_code("code", kind)}<title>{escape(title)}</title>'
        f'<effectiveTime value="{written}"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>'
        f'<languageCode code="en-US"/><recordTarget><patientRole>{identifiers}<patient><name use="L">'
        f"<given>{escape(name[0])}</given><family>{escape(name[1])}</family></name>"
        f'<administrativeGenderCode code="{sex}" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="{birth}"/>'
        f"</patient></patientRole></recordTarget>{author(writer, specialty, written)}"
        '<custodian><assignedCustodian><representedCustodianOrganization><id root="2.16.840.1.113883.4.6" extension="9"/>'
        f"<name>{escape(custodian)}</name></representedCustodianOrganization></assignedCustodian></custodian>"
        f"{header}{inside}</ClinicalDocument>\n"
    )
    return _lines(text)


def _lines(text: str) -> str:
    """One element per line where that adds no text, so that a reader can find a place."""
    for tag in (
        "component",
        "section",
        "entry",
        "entryRelationship",
        "author",
        "recordTarget",
        "custodian",
        "templateId",
        "tr",
    ):
        text = text.replace(f"><{tag}>", f">\n<{tag}>").replace(f"><{tag} ", f">\n<{tag} ")
    return text
