"""Making patients and changing who they are."""

import re
from datetime import date

from zonula.chart import Sex
from zonula.errors import UserError
from zonula_web.access.models import Clinic
from zonula_web.records.actions.changing import changing
from zonula_web.records.actions.charts import keep_chart
from zonula_web.records.models import Patient

_BORN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
LONGEST_NAME = 200


def new_patient(
    *, clinic: Clinic, name: str, born: str = "", sex: str = "unknown", number: str = "", today: date
) -> Patient:
    """A patient without any record yet. Raises UserError for what cannot be right."""
    fields = _checked(name, born, sex, number, today)
    if number and Patient.objects.filter(clinic=clinic, number=fields["number"]).exists():
        raise UserError(
            f"There is a patient with number {fields['number']} already.", "Look them up, or give another number."
        )
    return Patient.objects.create(clinic=clinic, **fields)


def change_identity(*, patient: Patient, name: str, born: str, sex: str, number: str, today: date) -> None:
    """Correct who the patient is."""
    fields = _checked(name, born, sex, number, today)
    with changing(patient, chart=True) as locked:
        for field, value in fields.items():
            setattr(locked, field, value)
        locked.save(update_fields=list(fields))
        keep_chart(locked)
    patient.refresh_from_db()


def _checked(name: str, born: str, sex: str, number: str, today: date) -> dict[str, str]:
    name, born, number = " ".join(name.split()), born.strip(), number.strip()
    if not name or len(name) > LONGEST_NAME:
        raise UserError("A patient needs a name of at most 200 characters.")
    if born:
        if not _BORN.fullmatch(born):
            raise UserError(f"Date of birth {born!r} cannot be read.", "Write YYYY-MM-DD, or only what is known of it.")
        try:
            first = date.fromisoformat(f"{born}-01-01"[:10] if len(born) == 4 else f"{born}-01"[:10])
        except ValueError:
            raise UserError(f"{born} is not a day.", "Check month and day.") from None
        if first > today or first.year < 1890:
            raise UserError(f"Date of birth {born} cannot be right.", "Check the year.")
    if sex not in set(Sex):
        raise UserError(f"Sex {sex!r} is not known.", f"One of {', '.join(Sex)}.")
    return {"name": name, "born": born, "sex": sex, "number": number}
