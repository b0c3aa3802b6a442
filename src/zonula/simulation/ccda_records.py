"""The records of one provider as a C-CDA R2.1 Continuity of Care Document."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from zonula.simulation.assumed import Providers
from zonula.simulation.hidden import Person
from zonula.simulation.records import Allergy, Drug, Letter, Problem, Procedure, Provider, Record, Result, Visit

_ROOT = "2.999.7700"
_TEMPLATE = "2.16.840.1.113883.10.20.22"
_LOINC = 'codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC"'
_ICD = 'codeSystem="2.16.840.1.113883.6.90" codeSystemName="ICD-10-CM"'
_ACT = 'codeSystem="2.16.840.1.113883.5.4"'
# Section -> the kind of record in it, LOINC code, title, template.
_SECTIONS: tuple[tuple[type, str, str, str], ...] = (
    (Visit, "46240-8", "Encounters", "22.1"),
    (Problem, "11450-4", "Problems", "5.1"),
    (Allergy, "48765-2", "Allergies", "6.1"),
    (Drug, "10160-0", "Medications", "1.1"),
    (Result, "30954-2", "Results", "3.1"),
    (Procedure, "47519-4", "Procedures", "7.1"),
    (Letter, "34109-9", "Notes", "65"),
)


def document(person: Person, provider: Provider, records: tuple[Record, ...], words: Providers, today: date) -> bytes:
    """The document as UTF-8 XML. Vaccinations, vital signs and relatives stand with the family practice only."""
    writer = _Entries(person, provider, words)
    sections = "".join(
        writer.section(code, title, template, [one for one in records if type(one) is kind])
        for kind, code, title, template in _SECTIONS
        if any(type(one) is kind for one in records)
    )
    return (
        _head(person, provider, records, today) + sections + "</structuredBody></component>\n</ClinicalDocument>\n"
    ).encode()


def _head(person: Person, provider: Provider, records: tuple[Record, ...], today: date) -> str:
    first = min(one.day for one in records)
    name = escape(provider.name)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sdtc="urn:hl7-org:sdtc">
<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="{_TEMPLATE}.1.1" extension="2015-08-01"/><templateId root="{_TEMPLATE}.1.2" extension="2015-08-01"/>
<id root="{_ROOT}.1" extension="{person.member}-{provider.number}"/>
<code code="34133-9" {_LOINC} displayName="Summarization of Episode Note"/><title>Continuity of Care Document of a virtual patient</title>
<effectiveTime value="{_day(today)}"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="en-US"/>
<recordTarget><patientRole><id root="{_ROOT}.{provider.number}0" extension="{provider.prefix}-{person.id}"/><id root="{_ROOT}" extension="{person.member}"/>
<patient><name use="L"><given>{escape(person.given)}</given><family>{escape(person.family)}</family></name><administrativeGenderCode code="{"F" if person.female else "M"}" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="{_day(person.born)}"/></patient></patientRole></recordTarget>
<author><time value="{_day(today)}"/><assignedAuthor><id root="{_ROOT}.2" extension="ehr"/><assignedAuthoringDevice><softwareName>Record system of a virtual hospital</softwareName></assignedAuthoringDevice><representedOrganization><name>{name}</name></representedOrganization></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="{_ROOT}.3.{provider.number}"/><name>{name}</name></representedCustodianOrganization></assignedCustodian></custodian>
<documentationOf><serviceEvent classCode="PCPR"><effectiveTime><low value="{_day(first)}"/><high value="{_day(today)}"/></effectiveTime></serviceEvent></documentationOf>
<component><structuredBody>
"""


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


class _Entries:
    """Numbers and writes the entries of one document."""

    def __init__(self, person: Person, provider: Provider, words: Providers) -> None:
        self._person, self._provider, self._words = person, provider, words
        self._number = 0
        self._write: dict[type, Callable[[Any], str]] = {
            Visit: self._visit,
            Problem: self._problem,
            Allergy: self._allergy,
            Drug: self._drug,
            Result: self._result,
            Procedure: self._procedure,
            Letter: self._letter,
        }
        self._texts: list[str] = []

    def section(self, code: str, title: str, template: str, records: Iterable[Record]) -> str:
        """One section with its narrative table."""
        self._texts = []
        entries = "\n".join(self._write[type(one)](one) for one in records)
        rows = "".join(self._texts)
        version = ' extension="2016-11-01"' if title == "Notes" else ' extension="2015-08-01"'
        plain = "" if title == "Notes" else f'<templateId root="{_TEMPLATE}.2.{template}"/>'
        return (
            f'<component><section><templateId root="{_TEMPLATE}.2.{template}"{version}/>{plain}<code code="{code}" {_LOINC}/>'
            f"<title>{title}</title><text><table><thead><tr><th>What</th><th>When</th></tr></thead><tbody>{rows}</tbody></table></text>\n"
            f"{entries}\n</section></component>\n"
        )

    def _id(self) -> str:
        self._number += 1
        return f'<id root="{_ROOT}.4.{self._provider.number}" extension="{self._person.id}-{self._number:04d}"/>'

    def _told(self, text: str, day: date) -> str:
        """Put the text into the narrative; returns the reference to it."""
        mark = f"t{self._number}"
        self._texts.append(f'<tr><td ID="{mark}">{escape(text)}</td><td>{day.isoformat()}</td></tr>')
        return f'<reference value="#{mark}"/>'

    def _who(self, name: str, specialty: str) -> str:
        written, code = self._words.specialties[specialty]
        return (
            f'<id root="{_ROOT}.2" extension={quoteattr(name)}/><code code="{code}" codeSystem="2.16.840.1.113883.6.101" displayName={quoteattr(written)}/>'
            f"<assignedPerson><name>{escape(name)}</name></assignedPerson>"
        )

    def _author(self, day: date, name: str, specialty: str) -> str:
        if not name:
            return ""
        return (
            f'<author><time value="{_day(day)}"/><assignedAuthor>{self._who(name, specialty)}</assignedAuthor></author>'
        )

    def _visit(self, one: Visit) -> str:
        code = "EMER" if one.emergency else "AMB"
        identifier, told = self._id(), self._told(one.reason, one.day)
        return (
            f'<entry typeCode="DRIV"><encounter classCode="ENC" moodCode="EVN"><templateId root="{_TEMPLATE}.4.49" extension="2015-08-01"/>{identifier}'
            f'<code code="{code}" {_ACT} displayName="{"Emergency visit" if one.emergency else "Office visit"}"/><text>{told}</text>'
            f'<effectiveTime><low value="{_day(one.day)}"/><high value="{_day(one.day)}"/></effectiveTime>'
            f'<performer typeCode="PRF"><assignedEntity>{self._who(one.by, one.specialty)}</assignedEntity></performer></encounter></entry>'
        )

    def _problem(self, one: Problem) -> str:
        outer, inner = self._id(), self._id()
        told = self._told(f"{one.text}. {one.note}" if one.note and one.note != one.text else one.text, one.day)
        negated = ' negationInd="true"' if one.status == "refuted" else ""
        since = one.since.replace("-", "")
        value = f'code="{one.code}" {_ICD} displayName={quoteattr(one.display)}' if one.code else 'nullFlavor="OTH"'
        doubt = (
            f'<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.166"/>'
            f'{self._id()}<code code="33999-4" {_LOINC}/><statusCode code="completed"/><value xsi:type="CD" code="415684004" codeSystem="2.16.840.1.113883.6.96" displayName="Suspected"/></observation></entryRelationship>'
            if one.status == "suspected"
            else ""
        )
        return (
            f'<entry typeCode="DRIV"><act classCode="ACT" moodCode="EVN"><templateId root="{_TEMPLATE}.4.3" extension="2015-08-01"/>{outer}'
            f'<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><effectiveTime><low value="{_day(one.day)}"/></effectiveTime>{self._author(one.day, one.by, one.specialty)}'
            f'<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"{negated}><templateId root="{_TEMPLATE}.4.4" extension="2015-08-01"/>{inner}'
            f'<code code="75326-9" {_LOINC} displayName="Problem"/><statusCode code="completed"/><effectiveTime><low value="{since}"/></effectiveTime>'
            f'<value xsi:type="CD" {value}><originalText>{told}</originalText></value>{doubt}</observation></entryRelationship></act></entry>'
        )

    def _allergy(self, one: Allergy) -> str:
        outer, inner, third = self._id(), self._id(), self._id()
        told = self._told(one.substance, one.day)
        return (
            f'<entry typeCode="DRIV"><act classCode="ACT" moodCode="EVN"><templateId root="{_TEMPLATE}.4.30" extension="2015-08-01"/>{outer}<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>'
            f'<statusCode code="active"/><effectiveTime><low value="{_day(one.day)}"/></effectiveTime><entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">'
            f'<templateId root="{_TEMPLATE}.4.7" extension="2014-06-09"/>{inner}<code code="ASSERTION" {_ACT}/><statusCode code="completed"/><effectiveTime><low value="{_day(one.day)}"/></effectiveTime>'
            f'<value xsi:type="CD" code="419199007" codeSystem="2.16.840.1.113883.6.96" displayName="Allergy to substance"/><participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT">'
            f'<code nullFlavor="OTH"><originalText>{told}</originalText></code></playingEntity></participantRole></participant><entryRelationship typeCode="MFST" inversionInd="true"><observation classCode="OBS" moodCode="EVN">'
            f'<templateId root="{_TEMPLATE}.4.9" extension="2014-06-09"/>{third}<code code="ASSERTION" {_ACT}/><text>{escape(one.reaction)}</text><statusCode code="completed"/><value xsi:type="CD" nullFlavor="OTH"><originalText>{escape(one.reaction)}</originalText></value>'
            f"</observation></entryRelationship></observation></entryRelationship></act></entry>"
        )

    def _drug(self, one: Drug) -> str:
        identifier = self._id()
        told = self._told(f"{one.name} {one.dose}", one.day)
        end = '<high nullFlavor="NI"/>' if one.until is None else f'<high value="{_day(one.until)}"/>'
        return (
            f'<entry typeCode="DRIV"><substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="{_TEMPLATE}.4.16" extension="2014-06-09"/>{identifier}<text>{told}</text>'
            f'<statusCode code="{"active" if one.until is None else "completed"}"/><effectiveTime xsi:type="IVL_TS"><low value="{_day(one.day)}"/>{end}</effectiveTime>'
            f'<consumable><manufacturedProduct classCode="MANU"><templateId root="{_TEMPLATE}.4.23" extension="2014-06-09"/><manufacturedMaterial><code nullFlavor="OTH"><originalText>{escape(one.name)}</originalText></code></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>'
        )

    def _result(self, one: Result) -> str:
        outer, inner = self._id(), self._id()
        self._told(f"{one.name}: {one.value or one.words} {one.unit}", one.day)
        code = f'<code code="{one.code}" {_LOINC} displayName={quoteattr(one.name)}/>'
        if one.value:
            value = f'<value xsi:type="PQ" value="{one.value}" unit={quoteattr(one.unit)}/>'
        else:
            value = f'<value xsi:type="ST">{escape(one.words)}</value>'
        judged = f'<interpretationCode code="{one.judged}" codeSystem="2.16.840.1.113883.5.83"/>' if one.judged else ""
        limits = "".join(
            f'<{name} value="{limit:g}" unit={quoteattr(one.unit)}/>' for name, limit in (("low", one.low), ("high", one.high)) if limit is not None
        )  # fmt: skip
        if limits:
            limits = f'<referenceRange><observationRange><value xsi:type="IVL_PQ">{limits}</value></observationRange></referenceRange>'
        return (
            f'<entry typeCode="DRIV"><organizer classCode="BATTERY" moodCode="EVN"><templateId root="{_TEMPLATE}.4.1" extension="2015-08-01"/>{outer}{code}<statusCode code="completed"/>'
            f'<component><observation classCode="OBS" moodCode="EVN"><templateId root="{_TEMPLATE}.4.2" extension="2015-08-01"/>{inner}{code}<statusCode code="completed"/>'
            f'<effectiveTime value="{_day(one.day)}"/>{value}{judged}{limits}</observation></component></organizer></entry>'
        )

    def _procedure(self, one: Procedure) -> str:
        identifier = self._id()
        told = self._told(one.text, one.day)
        return (
            f'<entry typeCode="DRIV"><procedure classCode="PROC" moodCode="EVN"><templateId root="{_TEMPLATE}.4.14" extension="2014-06-09"/>{identifier}'
            f'<code nullFlavor="OTH"><originalText>{told}</originalText></code><statusCode code="completed"/><effectiveTime value="{_day(one.day)}"/></procedure></entry>'
        )

    def _letter(self, one: Letter) -> str:
        identifier = self._id()
        told = self._told(one.text, one.day)
        return (
            f'<entry typeCode="DRIV"><act classCode="ACT" moodCode="EVN"><templateId root="{_TEMPLATE}.4.202" extension="2016-11-01"/>{identifier}'
            f'<code code="34109-9" {_LOINC} displayName="Note"><translation code="11488-4" {_LOINC} displayName={quoteattr(one.title)}/></code><text>{told}</text>'
            f'<statusCode code="completed"/><effectiveTime value="{_day(one.day)}"/>{self._author(one.day, one.by, one.specialty)}</act></entry>'
        )
