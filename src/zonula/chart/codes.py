"""Codes, typed per code system: a code without its system means nothing."""

from enum import StrEnum

import msgspec


class System(StrEnum):
    """The code systems Zonula understands; everything else is local text and kept as such."""

    ICD10CM = "icd10cm"
    ICD10 = "icd10"  # WHO ICD-10 and national variants; never mixed with ICD-10-CM
    ICD9CM = "icd9cm"
    SNOMED = "snomed"
    LOINC = "loinc"
    RXNORM = "rxnorm"
    CVX = "cvx"
    CPT = "cpt"
    NDC = "ndc"
    NUCC = "nucc"  # provider taxonomy: specialties
    ZONULA = "zonula"  # our own vocabulary, e.g. the 12 symptom domains
    LOCAL = "local"


SYSTEM_BY_URI: dict[str, System] = {
    "http://hl7.org/fhir/sid/icd-10-cm": System.ICD10CM,
    "http://hl7.org/fhir/sid/icd-10": System.ICD10,
    "http://hl7.org/fhir/sid/icd-9-cm": System.ICD9CM,
    "http://snomed.info/sct": System.SNOMED,
    "http://loinc.org": System.LOINC,
    "http://www.nlm.nih.gov/research/umls/rxnorm": System.RXNORM,
    "http://hl7.org/fhir/sid/cvx": System.CVX,
    "http://www.ama-assn.org/go/cpt": System.CPT,
    "http://hl7.org/fhir/sid/ndc": System.NDC,
    "http://nucc.org/provider-taxonomy": System.NUCC,
    "https://zonula.example/codes": System.ZONULA,
}

SYSTEM_BY_OID: dict[str, System] = {
    "2.16.840.1.113883.6.90": System.ICD10CM,
    "2.16.840.1.113883.6.3": System.ICD10,
    "2.16.840.1.113883.6.103": System.ICD9CM,
    "2.16.840.1.113883.6.96": System.SNOMED,
    "2.16.840.1.113883.6.1": System.LOINC,
    "2.16.840.1.113883.6.88": System.RXNORM,
    "2.16.840.1.113883.12.292": System.CVX,
    "2.16.840.1.113883.6.59": System.CVX,  # the older OID, still sent
    "2.16.840.1.113883.6.12": System.CPT,
    "2.16.840.1.113883.6.69": System.NDC,
    "2.16.840.1.113883.6.101": System.NUCC,
}


class Code(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One code as it was written. `display` is the sender's own wording and carries no meaning for the rules."""

    system: System
    code: str
    display: str = ""
    system_text: str = ""  # for LOCAL: the URI or OID that was written

    @property
    def key(self) -> tuple[System, str]:
        """What two providers must share to mean the same thing."""
        return (self.system, self.code)
