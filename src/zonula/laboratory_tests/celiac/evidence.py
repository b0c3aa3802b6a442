"""What is known about one person and celiac disease: the input of the decision, readable from YAML or JSON.

Every field may be unknown. Yes and no are `true` and `false`; a question not asked is left out or `null` and stays unknown.
"""

from datetime import date
from enum import StrEnum

import msgspec


class AntibodyTest(StrEnum):
    """The antibody tests."""

    TTG_IGA = "ttg_iga"
    EMA_IGA = "ema_iga"
    DGP_IGA = "dgp_iga"
    TTG_IGG = "ttg_igg"
    DGP_IGG = "dgp_igg"
    EMA_IGG = "ema_igg"

    @property
    def is_iga(self) -> bool:
        """Whether the test needs IgA to be there."""
        return self.value.endswith("iga")


class Reported(StrEnum):
    """What the laboratory itself wrote beside or instead of a number."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    INDETERMINATE = "indeterminate"


class KnownDisease(StrEnum):
    """What is already established; `reported` is told by the patient and confirmed by no record."""

    NONE = "none"
    CELIAC = "celiac"
    DERMATITIS_HERPETIFORMIS = "dermatitis_herpetiformis"
    REPORTED = "reported"


class _Read(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Input of a person: an unknown field is a typing error and is refused."""


class Antibody(_Read, frozen=True, kw_only=True):
    """One antibody result. value: in `unit`; comparator: "<", "<=", ">=", ">" when the value is only a bound.

    uln: upper limit of normal of the same assay, in the same unit; without it no multiple is ever computed.
    """

    test: AntibodyTest
    value: float | None = None
    comparator: str = ""
    unit: str = ""
    uln: float | None = None
    reported: Reported | None = None
    assay: str = ""
    fact: str = ""


class TotalIga(_Read, frozen=True, kw_only=True):
    """Total IgA. low: the laboratory's own lower limit for this patient, in the same unit. Units: g/L or mg/dL."""

    value: float | None = None
    comparator: str = ""
    unit: str = ""
    low: float | None = None
    reported: str = ""  # "normal" or "low", when the laboratory says only that
    fact: str = ""


class Gluten(_Read, frozen=True, kw_only=True):
    """Gluten intake up to the blood draw: meals with gluten on every day, and for how many weeks."""

    meals_a_day: float | None = None
    weeks: float | None = None


class Draw(_Read, frozen=True, kw_only=True):
    """One blood draw: the tests and the state the body was in."""

    date: date
    tests: tuple[Antibody, ...] = ()
    total_iga: TotalIga | None = None
    gluten: Gluten | None = None


class Hla(_Read, frozen=True, kw_only=True):
    """HLA-DQ typing as the laboratory wrote it. source: "clinical", or "genotype_file", which never counts as a typing."""

    typing: str
    source: str = "clinical"
    fact: str = ""


class Biopsy(_Read, frozen=True, kw_only=True):
    """Duodenal biopsy. marsh: "0", "1", "2", "3", "3a" …; lymphocytes_per_100: intraepithelial, per 100 enterocytes."""

    date: date
    marsh: str = ""
    lymphocytes_per_100: float | None = None
    distal: int | None = None
    bulb: int | None = None
    fact: str = ""


class History(_Read, frozen=True, kw_only=True):
    """The questions; None is not asked. Their wording stands on the cards `celiac_doubt` and `celiac_challenge`."""

    known_disease: KnownDisease | None = None
    first_degree_relative: bool | None = None
    weight_loss: bool | None = None
    malabsorption: bool | None = None
    suspected_dermatitis_herpetiformis: bool | None = None
    immunosuppression: bool | None = None
    pregnancy: bool | None = None
    previous_celiac_crisis: bool | None = None
    wheat_allergy: bool | None = None
    severe_illness: bool | None = None
    alarm_features: bool | None = None
    family_agrees: bool | None = None
    endoscopy_declined: bool | None = None


class CeliacEvidence(_Read, frozen=True, kw_only=True):
    """Everything the decision looks at.

    facts: ids of chart facts beyond those of the results, when it came from a chart. unread: what the chart held and could
    not be used, each with the reason.
    """

    age_years: float | None = None
    draws: tuple[Draw, ...] = ()
    gluten_now: Gluten | None = None
    hla: Hla | None = None
    biopsy: Biopsy | None = None
    history: History = History()
    facts: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
