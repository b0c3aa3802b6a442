"""The clinician's file and the records are one evidence: neither hides a result of the other."""

from datetime import date

import msgspec
import pytest

from zonula.errors import UserError
from zonula.laboratory_tests import assess_celiac, together
from zonula.laboratory_tests.celiac import (
    Antibody,
    AntibodyTest,
    Biopsy,
    CeliacEvidence,
    Draw,
    Gluten,
    History,
    Hla,
    KnownDisease,
    TotalIga,
)

TODAY, DAY, EARLIER = date(2026, 11, 24), date(2026, 2, 3), date(2024, 5, 6)
ENOUGH = Gluten(meals_a_day=3, weeks=10)
NOTHING = History(
    known_disease=KnownDisease.NONE,
    first_degree_relative=False,
    weight_loss=False,
    malabsorption=False,
    suspected_dermatitis_herpetiformis=False,
    immunosuppression=False,
    pregnancy=False,
)


def _ttg(value, fact=""):
    return Antibody(test=AntibodyTest.TTG_IGA, value=value, unit="U/mL", uln=10, fact=fact)


def _draw(day, *tests, gluten=None):
    return Draw(date=day, tests=tests, total_iga=TotalIga(value=1.9, unit="g/L", low=0.7), gluten=gluten)


CLEAR = CeliacEvidence(age_years=34, draws=(_draw(DAY, _ttg(2), gluten=ENOUGH),), history=NOTHING)


def _state(written, recorded):
    return assess_celiac(together(written, recorded), TODAY).state.value


def test_a_file_that_speaks_against_does_not_hide_a_positive_result_of_the_records():
    assert _state(CLEAR, CeliacEvidence()) == "C1"
    later = CeliacEvidence(draws=(_draw(date(2026, 6, 1), _ttg(80)),))
    assert _state(CLEAR, later) == "C3"
    before = CeliacEvidence(draws=(_draw(EARLIER, _ttg(80)),))
    assert _state(CLEAR, before) == "C8"
    igg = CeliacEvidence(draws=(Draw(date=DAY, tests=(Antibody(test=AntibodyTest.DGP_IGG, value=30, uln=10),)),))
    assert _state(CLEAR, igg) == "C3"


def test_the_records_alone_and_the_file_alone_stay_what_they_are():
    assert together(CeliacEvidence(), CLEAR) == CLEAR
    assert together(CLEAR, CeliacEvidence()) == CLEAR
    assert together(CLEAR, CLEAR) == CLEAR


def test_what_was_not_asked_is_taken_from_the_records_and_what_was_asked_stays():
    recorded = CeliacEvidence(
        age_years=35,
        draws=(_draw(DAY, _ttg(2, fact="f1")),),
        biopsy=Biopsy(date=EARLIER, marsh="0", fact="f2"),
        history=History(weight_loss=True, pregnancy=True),
        facts=("f3",),
        unread=("f4: without a date",),
    )
    asked = msgspec.structs.replace(CLEAR, history=msgspec.structs.replace(NOTHING, pregnancy=None))
    both = together(asked, recorded)
    assert both.age_years == 34
    assert (both.history.weight_loss, both.history.pregnancy) == (False, True)
    assert both.draws[0].tests[0].fact == "f1"
    assert both.draws[0].gluten == ENOUGH
    assert (both.biopsy.fact, both.facts, both.unread) == ("f2", ("f3",), ("f4: without a date",))


def test_a_genotype_file_never_goes_before_a_clinical_typing():
    chip, clinical = Hla(typing="DQ2.5 positive", source="genotype_file"), Hla(typing="DQA1*05:01, DQB1*02:01")
    for written, recorded in ((chip, clinical), (clinical, chip)):
        both = together(CeliacEvidence(hla=written), CeliacEvidence(hla=recorded))
        assert both.hla == clinical


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        (CeliacEvidence(age_years=8), "two different persons"),
        (CeliacEvidence(history=History(known_disease=KnownDisease.CELIAC)), "an established diagnosis"),
        (CeliacEvidence(history=History(known_disease=KnownDisease.DERMATITIS_HERPETIFORMIS)), "an established diagnosis"),
        (CeliacEvidence(history=History(first_degree_relative=True)), "name a relative"),
        (CeliacEvidence(draws=(_draw(DAY, _ttg(20)),)), "ttg_iga of 2026-02-03 differs"),
        (CeliacEvidence(hla=Hla(typing="DQA1*01:02 DQA1*01:01 DQB1*06:02 DQB1*05:01")), "do not agree"),
    ],
)  # fmt: skip
def test_a_contradiction_in_what_decides_is_refused(recorded, said):
    written = msgspec.structs.replace(CLEAR, hla=Hla(typing="DQA1*05:01, DQB1*02:01"))
    with pytest.raises(UserError, match=said):
        together(written, recorded)


def test_a_told_diagnosis_that_the_clinician_denies_stays_no_contradiction():
    told = CeliacEvidence(history=History(known_disease=KnownDisease.REPORTED))
    assert together(CLEAR, told).history.known_disease is KnownDisease.NONE


def test_a_typing_of_one_gene_is_completed_and_no_contradiction():
    written, recorded = Hla(typing="DQA1*05:01, DQB1*02:01"), Hla(typing="DQB1*06:02, DQB1*05:01")
    assert together(CeliacEvidence(hla=written), CeliacEvidence(hla=recorded)).hla == written
