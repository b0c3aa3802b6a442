"""The table of rights: which role may do what. The only place where it is said; the tests print and challenge it."""

from enum import StrEnum


class Role(StrEnum):
    """What a member of a clinic is there. A patient is not a member; a patient has rights over the own record only."""

    CLINICIAN = "clinician"
    DIETITIAN = "dietitian"
    STAFF = "staff"
    RESEARCHER = "researcher"


class Right(StrEnum):
    """What can be done. Each page and each action needs exactly one."""

    FIND_PATIENTS = "find patients"
    SEE_RECORD = "see the record"
    SEE_MENTAL_HEALTH = "see answers on mental health"
    SEE_GENOTYPE = "see genotype results"
    IMPORT_RECORDS = "import records"
    CORRECT_RECORD = "correct the record"
    ENTER_SKIN_TEST = "enter a skin test"
    ENTER_ANSWERS = "enter questionnaire answers"
    PLAN = "write the plan"
    OVERRIDE_GATE = "override a gate"
    SEE_DIARY = "see the diary"
    WRITE_DIARY = "write the diary"
    GIVE_CONSENT = "give or withdraw consent"
    EXPORT = "export a record"
    MERGE = "merge records"
    SEE_AUDIT = "see who looked"
    SEE_DASHBOARD = "see the clinic's figures"
    EXPORT_FIGURES = "export de-identified data"
    MANAGE_PEOPLE = "manage people"
    MANAGE_CLINIC = "manage the clinic"


_R = Right
_CARE = frozenset(
    {_R.FIND_PATIENTS, _R.SEE_RECORD, _R.SEE_DIARY, _R.ENTER_ANSWERS, _R.IMPORT_RECORDS, _R.ENTER_SKIN_TEST}
)
BY_ROLE: dict[Role, frozenset[Right]] = {
    Role.CLINICIAN: _CARE
    | {
        _R.SEE_MENTAL_HEALTH,
        _R.SEE_GENOTYPE,
        _R.CORRECT_RECORD,
        _R.PLAN,
        _R.OVERRIDE_GATE,
        _R.EXPORT,
        _R.MERGE,
        _R.SEE_AUDIT,
        _R.SEE_DASHBOARD,
    },
    Role.DIETITIAN: frozenset(
        {_R.FIND_PATIENTS, _R.SEE_RECORD, _R.SEE_DIARY, _R.ENTER_ANSWERS, _R.PLAN, _R.SEE_DASHBOARD}
    ),
    Role.STAFF: _CARE,
    Role.RESEARCHER: frozenset({_R.SEE_DASHBOARD, _R.EXPORT_FIGURES}),
}
# An administrator manages people and the clinic; that alone shows no patient.
ADMINISTRATOR: frozenset[Right] = frozenset({_R.MANAGE_PEOPLE, _R.MANAGE_CLINIC, _R.SEE_AUDIT})
PATIENT_OWN: frozenset[Right] = frozenset(
    {
        _R.SEE_RECORD,
        _R.SEE_MENTAL_HEALTH,
        _R.SEE_GENOTYPE,
        _R.ENTER_ANSWERS,
        _R.SEE_DIARY,
        _R.WRITE_DIARY,
        _R.GIVE_CONSENT,
        _R.EXPORT,
        _R.SEE_AUDIT,
    }
)
