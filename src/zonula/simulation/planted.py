"""Red flags: those planted in a life's records, and the full list the review must raise from everything the truth put there."""

from datetime import timedelta

from zonula.simulation.celiac_story import NOT_DRAWN, WITHOUT_GLUTEN
from zonula.simulation.hidden import Hidden
from zonula.simulation.records import Drug, Problem, Relative, Result
from zonula.simulation.writer import FAMILY, WELLNESS, Writer


def planted_flags(writer: Writer) -> None:
    """Write what each planted flag stands on. A falling weight is written by the scales themselves."""
    life, problems, drugs = writer.life, writer.says.course.planted_problems, writer.says.course.planted_drugs
    for flag in life.planted:
        if flag in problems:
            ago, code, words = problems[flag]
            day = life.today - timedelta(ago)
            at = writer.visit(day, "emergency medicine", words, emergency=True)
            writer.records.append(
                Problem(day=day, at=at, text=words, code=code, display=words, since=day.isoformat(), by=writer.by(at, "emergency medicine"), specialty="emergency medicine")
            )  # fmt: skip
        elif flag in drugs:
            name, dose = drugs[flag]
            writer.records.append(Drug(day=life.today - timedelta(300), at=FAMILY, name=name, dose=dose))
        elif flag == "phq9_item9":
            day = life.today - timedelta(40)
            writer.records.append(
                Result(day=day, at=FAMILY, code="44261-6", name="PHQ-9 total", value="8", unit="{score}")
            )
            writer.records.append(
                Result(day=day, at=FAMILY, code="44260-8", name="PHQ-9 item 9", value="1", unit="{score}")
            )
        elif flag == "family_history":
            day = life.ill_since + timedelta(60)
            writer.records.append(Relative(day=day, at=FAMILY, relation="Father", text="Colon cancer"))
        elif flag == "low_yield_test":
            day = life.ill_since + (life.today - life.ill_since) // 2
            writer.wellness_visit(day)
            writer.records.append(
                Result(day=day, at=WELLNESS, code="", name="Food IgG panel, 96 foods", words="positive to 31 of 96 foods", judged="IND")
            )  # fmt: skip


def expected_flags(life: Hidden) -> tuple[str, ...]:
    """Every red flag of the review that this life's records must raise, by name, in alphabetical order."""
    flags = set(life.planted)
    testing = life.celiac_testing
    if testing in NOT_DRAWN and ({"bloating", "fatigue"} & set(life.domains) or "ibs" in life.labels):
        flags.add("celiac_never_tested")
    flags |= {
        flag
        for flag, stands in (
            ("gluten_free_untested", testing == "gluten_free_untested"),
            ("celiac_tested_without_iga", testing == "without_total_iga"),
            ("celiac_tested_off_gluten", testing in WITHOUT_GLUTEN - NOT_DRAWN),
            ("celiac_positive_no_followup", testing == "missed"),
            ("celiac_known", testing == "known"),
            ("iga_deficient", life.low_iga and testing not in NOT_DRAWN | {"without_total_iga"}),
            ("iron_deficiency", life.recorded("iron_deficiency") == "missed"),
            ("iron_deficiency_anaemia", life.recorded("iron_deficiency") == "missed" and life.anaemic),
            ("abnormal_tsh", life.recorded("autoimmune_thyroid") == "missed"),
            ("high_calprotectin", life.recorded("ibd") == "missed"),
            ("ibd", life.recorded("ibd") == "known"),
        )
        if stands
    }
    return tuple(sorted(flags))


def expected_alarms(life: Hidden) -> tuple[str, ...]:
    """The alarms the questionnaires of intake must raise."""
    by_flag = {
        "phq9_item9": "thoughts_of_death",
        "anaphylaxis_history": "anaphylaxis_history",
        "asthma_unstable": "asthma_not_controlled",
        "drug_insulin": "drugs_that_need_the_prescriber",
        "drug_methotrexate": "drugs_that_need_the_prescriber",
        "drug_anticoagulant": "drugs_that_need_the_prescriber",
    }
    return tuple(sorted({by_flag[flag] for flag in life.planted if flag in by_flag}))
