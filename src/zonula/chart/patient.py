"""Who the chart is about. Only what the clinical rules need; every field may be unknown."""

from enum import StrEnum

import msgspec

from zonula.chart.moments import Moment


class Sex(StrEnum):
    """Sex as recorded for clinical use; reference values need it, nothing else does."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Patient(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One person as the documents name them. identifiers: every identifier written, as `system|value`."""

    id: str
    name: str = ""
    birth: Moment | None = None
    sex: Sex = Sex.UNKNOWN
    deceased: bool = False
    identifiers: tuple[str, ...] = ()
