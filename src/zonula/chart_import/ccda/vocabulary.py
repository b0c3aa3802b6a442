"""Names the C-CDA R2.1 standard gives to sections, templates and small value sets. Format knowledge, no clinical opinion."""

from zonula.chart import Interpretation, Status

V3 = "{urn:hl7-org:v3}"
SDTC = "{urn:hl7-org:sdtc}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

_TEMPLATES = "2.16.840.1.113883.10.20.22.4."  # clinical statements of C-CDA; sections are …22.2.
_SECTIONS = "2.16.840.1.113883.10.20.22.2."
_CCD_R1 = "2.16.840.1.113883.10.20.1."  # the older CCD, still sent by some systems

LOINC_OID = "2.16.840.1.113883.6.1"
ACT_CLASS_OID = "2.16.840.1.113883.5.4"  # HL7 ActCode: AMB, IMP, EMER and ASSERTION

# section name -> (LOINC codes, C-CDA section template suffixes, older CCD template suffixes)
_SECTION_NAMES: dict[str, tuple[str, str, str]] = {
    "problems": ("11450-4", "5 5.1", "11"),
    "past-illness": ("11348-0", "20", ""),
    "diagnoses": (
        "46241-6 11535-2 10219-4 10218-6 55109-3 78375-3 42347-5 59769-0",
        "43 24 34 35 36 37",
        "",
    ),
    "health-concerns": ("75310-3", "58", ""),
    "medications": ("10160-0 29549-3 42346-7 10183-2 75311-1", "1 1.1 38 44 11 11.1", "8"),
    "allergies": ("48765-2", "6 6.1", "2"),
    "results": ("30954-2 11493-4", "3 3.1 16", "14"),
    "vital-signs": ("8716-3", "4 4.1", "16"),
    "encounters": ("46240-8", "22 22.1", "3"),
    "procedures": ("47519-4", "7 7.1", "12"),
    "immunisations": ("11369-6", "2 2.1", "6"),
    "family-history": ("10157-6", "15", "4"),
    "social-history": ("29762-2", "17", "15"),
    "functional-status": ("47420-5", "14", "5"),
    "mental-status": ("10190-7", "56", ""),
    "physical-exam": ("29545-1 10184-0", "", ""),
    "plan": ("18776-5 51847-2 59772-4", "10 9 30", "10"),
    "care-team": ("85847-2", "500", ""),
    "notes": ("", "65", ""),
}
SECTION_BY_LOINC = {code: name for name, (codes, _, _) in _SECTION_NAMES.items() for code in codes.split()}
SECTION_BY_TEMPLATE = {
    prefix + suffix: name
    for name, (_, sections, older) in _SECTION_NAMES.items()
    for prefix, suffixes in ((_SECTIONS, sections), (_CCD_R1, older))
    for suffix in suffixes.split()
}

# clinical statement template -> the mapping that reads it; `entries` holds one function per name
_STATEMENTS: dict[str, str] = {
    "problem": "3 4 80 33 34 65 51 132",
    "allergy": "30 7",
    "medication": "16 35 36 42",
    "immunisation": "52 120",
    "results": "1 2",
    "vital-signs": "26 27",
    "encounter": "49 40",
    "procedure": "12 13 14 39 41",
    "family-history": "45 46",
    "social-history": "38 78 85 72 109 111 200 501",
    "functional-status": "66 67 68",
    "mental-status": "74 75",
    "survey": "69",
    "care-team": "500",
    "note": "202 64",
    "planned-observation": "44",
}
MAPPING_BY_TEMPLATE: dict[str, str] = {
    _TEMPLATES + suffix: mapping for mapping, suffixes in _STATEMENTS.items() for suffix in suffixes.split()
} | {
    "2.16.840.1.113883.10.20.15.3.8": "social-history",  # pregnancy observation
    "2.16.840.1.113883.10.20.22.4.293": "social-history",  # pregnancy status (supplemental guide)
}
NOT_MAPPED_TEMPLATES: dict[str, str] = {
    _TEMPLATES + suffix: label
    for suffix, label in {
        "121": "goal",
        "43": "planned supply",
        "50": "supply",
        "20": "instruction",
        "48": "advance directive",
        "108": "advance directive",
        "60": "coverage",
        "61": "policy",
        "122": "reference to another entry",
        "130": "nutrition recommendation",
        "131": "planned intervention",
        "146": "planned intervention",
        "144": "outcome",
        "136": "risk concern",
    }.items()
}
C_CDA_ROOT = "2.16.840.1.113883.10.20.22.1."
PATIENT_GENERATED_TEMPLATE = "2.16.840.1.113883.10.20.29.1"

# ObservationInterpretation (2.16.840.1.113883.5.83)
INTERPRETATIONS: dict[str, Interpretation] = {
    "N": Interpretation.NORMAL,
    "L": Interpretation.LOW,
    "LX": Interpretation.LOW,
    "LU": Interpretation.LOW,
    "<": Interpretation.LOW,
    "H": Interpretation.HIGH,
    "HX": Interpretation.HIGH,
    "HU": Interpretation.HIGH,
    ">": Interpretation.HIGH,
    "LL": Interpretation.CRITICAL_LOW,
    "HH": Interpretation.CRITICAL_HIGH,
    "A": Interpretation.ABNORMAL,
    "AA": Interpretation.ABNORMAL,
    "POS": Interpretation.POSITIVE,
    "DET": Interpretation.POSITIVE,
    "RR": Interpretation.POSITIVE,
    "WR": Interpretation.INDETERMINATE,
    "NEG": Interpretation.NEGATIVE,
    "ND": Interpretation.NEGATIVE,
    "NR": Interpretation.NEGATIVE,
    "IND": Interpretation.INDETERMINATE,
    "E": Interpretation.INDETERMINATE,
}

ACT_STATUS: dict[str, Status] = {
    "completed": Status.CONFIRMED,
    "active": Status.CONFIRMED,
    "normal": Status.CONFIRMED,
    "aborted": Status.NOT_DONE,
    "cancelled": Status.NOT_DONE,
    "canceled": Status.NOT_DONE,
    "nullified": Status.ENTERED_IN_ERROR,
    "obsolete": Status.ENTERED_IN_ERROR,
    "new": Status.PLANNED,
    "held": Status.PLANNED,
    "suspended": Status.CONFIRMED,
}
PLANNED_MOODS = frozenset({"INT", "RQO", "PRMS", "PRP", "APT", "ARQ", "SLOT", "OPT"})

PROBLEM_STATUS: dict[str, Status] = {  # SNOMED CT values of the problem (or allergy) status observation
    "55561003": Status.CONFIRMED,
    "73425007": Status.RESOLVED,
    "413322009": Status.RESOLVED,
}
SYMPTOM_TYPES = frozenset({"418799008", "75325-1"})  # "symptom" in SNOMED CT and LOINC
NO_PARTICULAR_PROCEDURE = "71388002"
NO_PARTICULAR_PROBLEM = frozenset({"55607006", "64572001", "404684003", "282291009"})
# certainty as a qualifier of a diagnosis (SNOMED CT): suspected, probable, possible, known possible, probably present
SUSPECTED_QUALIFIERS = frozenset({"415684004", "2931005", "60022001", "371930009", "410590009", "410592001"})

ALLERGY_TYPES: dict[str, tuple[str, str]] = {  # SNOMED CT propensity -> (type, category)
    "419199007": ("allergy", ""),
    "416098002": ("allergy", "medication"),
    "414285001": ("allergy", "food"),
    "426232007": ("allergy", "environment"),
    "232347008": ("allergy", "environment"),
    "59037007": ("intolerance", "medication"),
    "235719002": ("intolerance", "food"),
    "782197009": ("intolerance", ""),
    "420134006": ("", ""),
    "419511003": ("", "medication"),
    "418471000": ("", "food"),
    "418038007": ("", ""),
}
NO_PARTICULAR_SUBSTANCE: dict[str, str] = {  # participant codes that stand for a whole class
    "105590001": "No known allergies",
    "410942007": "No known drug allergies",
    "373873005": "No known drug allergies",
    "762766007": "No known food allergies",
    "255620007": "No known food allergies",
    "111088007": "No known latex allergy",
}
SEVERITIES: dict[str, str] = {
    "255604002": "mild",
    "371923003": "mild to moderate",
    "6736007": "moderate",
    "371924009": "moderate to severe",
    "24484000": "severe",
    "399166001": "fatal",
}
CRITICALITIES: dict[str, str] = {"CRITH": "high", "CRITL": "low", "CRITU": "unable-to-assess"}

NULL_FLAVORS: dict[str, str] = {
    "NI": "no information",
    "UNK": "unknown",
    "ASKU": "asked but unknown",
    "NAV": "temporarily unavailable",
    "NASK": "not asked",
    "MSK": "masked",
    "NA": "not applicable",
    "OTH": "other",
    "NP": "not present",
    "TRC": "trace",
    "NINF": "negative infinity",
    "PINF": "positive infinity",
    "UNC": "not encoded",
    "DER": "derived",
    "INV": "invalid",
    "QS": "sufficient quantity",
}
EVENT_TIMES: dict[str, str] = {  # TimingEvent codes of EIVL_TS
    "AC": "before meals",
    "ACM": "before breakfast",
    "ACD": "before lunch",
    "ACV": "before dinner",
    "PC": "after meals",
    "PCM": "after breakfast",
    "PCD": "after lunch",
    "PCV": "after dinner",
    "C": "with meals",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with dinner",
    "HS": "at bedtime",
    "WAKE": "on waking",
    "IC": "between meals",
    "ICM": "between breakfast and lunch",
    "ICD": "between lunch and dinner",
    "ICV": "between dinner and bedtime",
}
