"""Writing down consent. Nothing is overwritten: taking it back is a new line."""

from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.records.actions.changing import changing
from zonula_web.records.models import Consent, Patient

KINDS: dict[str, tuple[str, str]] = {
    "diary": ("Diary", "What you eat, feel and do is read by your clinic and used to find which foods cause symptoms."),
    "mental_health": (
        "Answers on mental health",
        "Questionnaires on mood, worry and thoughts of death are kept and seen by clinicians only.",
    ),
    "genotype": (
        "Genes",
        "Only the result for celiac disease (HLA-DQ) is kept; the file you bring is not. Clinicians only.",
    ),
    "photos": ("Photos", "Pictures you add to the diary are kept with it."),
    "research": ("Research", "Your course counts in figures without names, together with at least four other people."),
}
LONGEST_NOTE = 200


def state_consent(
    *, patient: Patient, by: Person, data: str, given: bool, on_paper: bool = False, note: str = ""
) -> None:
    """Write down yes or no for one kind of data. on_paper: a clinician writes down what the patient signed; the note says where.

    Raises UserError for an unknown kind, or when a consent on paper does not say where it is.
    """
    if data not in KINDS:
        raise UserError("There is no such kind of data.")
    if on_paper and given and not note.strip():
        raise UserError("Where is the signed consent?", "Write where the paper is kept.")
    words = " ".join(
        part for part in (KINDS[data][1], f"On paper: {note.strip()[:LONGEST_NOTE]}" if on_paper else "") if part
    )
    with changing(patient) as locked:
        Consent.objects.create(patient=locked, by=by, data=data, given=given, words=words[:400])
