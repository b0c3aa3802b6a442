"""Seven documents about one invented patient from four invented clinics. Run it to write them again."""

from pathlib import Path

import writer as w

PROBLEMS = (w.LOINC, "11450-4", "Problem list")
ALLERGIES = (w.LOINC, "48765-2", "Allergies and adverse reactions")
MEDICATIONS = (w.LOINC, "10160-0", "History of medication use")
RESULTS = (w.LOINC, "30954-2", "Relevant diagnostic tests and/or laboratory data")
VITALS = (w.LOINC, "8716-3", "Vital signs")
ENCOUNTERS = (w.LOINC, "46240-8", "History of encounters")
PROCEDURES = (w.LOINC, "47519-4", "History of procedures")
IMMUNISATIONS = (w.LOINC, "11369-6", "History of immunizations")
FAMILY = (w.LOINC, "10157-6", "History of family member diseases")
SOCIAL = (w.LOINC, "29762-2", "Social history")
PLAN = (w.LOINC, "18776-5", "Plan of treatment")

FATIGUE = (w.SNOMED, "84229001", "Fatigue")
BLOATING = (w.SNOMED, "116289008", "Abdominal bloating")
IBS = (w.SNOMED, "10743008", "Irritable bowel syndrome")
LYME = (w.SNOMED, "23502006", "Lyme disease")
CELIAC = (w.SNOMED, "396331005", "Celiac disease")
MIGRAINE = (w.SNOMED, "37796009", "Migraine")
GASTRO = (w.NUCC, "207RG0100X", "Gastroenterology Physician")
ALLERGIST = (w.NUCC, "207K00000X", "Allergy & Immunology Physician")
SYMPTOM = (w.SNOMED, "418799008", "Symptom")
VISIT = (w.CPT, "99213", "Office outpatient visit 15 minutes")
AMBULATORY = (w.ACT, "AMB", "ambulatory")


def vital_signs(time: str, *values: tuple[str, str, str, str]) -> str:
    """A vital signs organizer: (LOINC code, name, value, unit)."""
    members = [w.observation((w.LOINC, c, n), w.pq(v, u), time=time, suffix="27") for c, n, v, u in values]
    return w.panel((w.LOINC, "46680005", "Vital signs"), members, suffix="26", time=time)


def continuity_of_care() -> str:
    """The long one: every usual section of a CCD."""
    celiac_panel = w.panel(
        (w.LOINC, "90258-5", "Celiac disease panel - Serum"),
        [
            w.observation(
                (w.LOINC, "31017-7", "Tissue transglutaminase IgA [Units/volume] in Serum"),
                '<value xsi:type="IVL_PQ"><high value="1.2" unit="[U]/mL" inclusive="false"/></value>',
                time="20230502081500-0500",
                interpretation="N",
                high="4",
                unit="[U]/mL",
            ),
            w.observation(
                (w.LOINC, "2458-8", "IgA [Mass/volume] in Serum"),
                w.pq("41", "mg/dL"),
                time="20230502081500-0500",
                interpretation="L",
                low="70",
                high="400",
                unit="mg/dL",
            ),
            w.observation(
                (w.LOINC, "10373-4", "Endomysium IgA [Presence] in Serum"),
                w.st("Negative"),
                time="20230502",
                interpretation="NEG",
            ),
        ],
        time="20230502",
        extra=w.performer(("Lab", "Director"), None, "Northbay Clinical Laboratory"),
    )
    lyme = w.observation(
        (w.LOINC, "20449-5", "Borrelia burgdorferi Ab [Units/volume] in Serum"),
        '<value xsi:type="PQ" nullFlavor="NA"/>',
        time="20211118",
        extra="<text>Quantity not sufficient</text>",
        status="active",
    )
    sections = [
        w.section(
            ALLERGIES,
            "6.1",
            "Allergies",
            [["Substance", "Reaction"], ["Penicillin G", "Hives"], ["Peanut", "Itching"], ["No latex allergy", ""]],
            [
                w.allergy(
                    (w.RXNORM, "7980", "Penicillin G"),
                    kind=(w.SNOMED, "416098002", "Drug allergy"),
                    onset="1991",
                    reaction=(w.SNOMED, "247472004", "Hives"),
                    severity=(w.SNOMED, "6736007", "Moderate"),
                    criticality="CRITH",
                ),
                w.allergy(
                    (w.SNOMED, "762952008", "Peanut"),
                    kind=(w.SNOMED, "414285001", "Food allergy"),
                    reaction=(w.SNOMED, "418290006", "Itching"),
                ),
                w.allergy((w.SNOMED, "111088007", "Latex"), negated=True),
            ],
        ),
        w.section(
            MEDICATIONS,
            "1.1",
            "Medications",
            [["Drug", "How"], ["levothyroxine", "75 ug daily"], ["omeprazole", "stopped"], ["ibuprofen", "as needed"]],
            [
                w.medication(
                    (w.RXNORM, "966224", "Levothyroxine Sodium 0.075 MG Oral Tablet"),
                    "20200211",
                    every=("24", "h"),
                    dose="1",
                    route=("2.16.840.1.113883.3.26.1.1", "C38288", "ORAL"),
                    reason=(w.SNOMED, "40930008", "Hypothyroidism"),
                ),
                w.medication(
                    (w.RXNORM, "198051", "Omeprazole 20 MG Oral Capsule"),
                    "20190605",
                    "20210930",
                    status="completed",
                    event="ACM",
                    dose="1",
                ),
                w.medication(
                    (w.RXNORM, "310965", "Ibuprofen 200 MG Oral Tablet"),
                    "2016",
                    dose="2",
                    extra='<precondition typeCode="PRCN"><criterion><value xsi:type="CD" code="25064002" codeSystem="2.16.840.1.113883.6.96" displayName="Headache"/></criterion></precondition>',
                ),
            ],
        ),
        w.section(
            PROBLEMS,
            "5.1",
            "Problems",
            [
                ["Problem", "Since"],
                ["chronic Lyme", "2015"],
                ["Irritable bowel", "2012"],
                ["Fatigue", "2009"],
                ["Bloating", "2011"],
                ["Migraine", "1999-2008"],
                ["Celiac disease: no", ""],
            ],
            [
                w.problem(
                    LYME,
                    "2015",
                    translations=[(w.ICD10CM, "A69.20", "Lyme disease, unspecified")],
                    reference="11450-4-1",
                    extra=w.author(("Ines", "Fabre"), (w.NUCC, "208D00000X", "General Practice Physician"), "20151104"),
                ),
                w.problem(IBS, "201203", status="55561003"),
                w.problem(FATIGUE, "2009", kind=SYMPTOM),
                w.problem(BLOATING, "2011", kind=SYMPTOM),
                w.problem(MIGRAINE, "1999", "2008", concern="completed"),
                w.problem(CELIAC, negated=True),
            ],
        ),
        w.section(
            PROCEDURES,
            "7.1",
            "Procedures",
            [["Procedure", "Date"], ["Upper endoscopy", "2023-06-20"]],
            [
                w.procedure(
                    (w.SNOMED, "76009000", "Esophagogastroduodenoscopy"),
                    "20230620",
                    extra='<targetSiteCode code="38848004" codeSystem="2.16.840.1.113883.6.96" displayName="Duodenum"/>'
                    + w.performer(("Per", "Lindahl"), GASTRO, "Northbay Hospital"),
                ),
            ],
        ),
        w.section(
            RESULTS,
            "3.1",
            "Results",
            [
                ["Test", "Result"],
                ["tTG-IgA", "<1.2"],
                ["IgA", "41"],
                ["EMA", "Negative"],
                ["Lyme antibodies", "pending"],
            ],
            [celiac_panel, w.panel(None, [lyme])],
        ),
        w.section(
            VITALS,
            "4.1",
            "Vital signs",
            [["", "2024-03-12"]],
            [
                vital_signs(
                    "20240312",
                    ("8302-2", "Body height", "168", "cm"),
                    ("29463-7", "Body weight", "54.2", "kg"),
                    ("8480-6", "Systolic blood pressure", "104", "mm[Hg]"),
                )
            ],
        ),
        w.section(
            ENCOUNTERS,
            "22.1",
            "Encounters",
            [["Visit", "Date"], ["Gastroenterology", "2023-06-01"], ["Allergy", "2022-09-14"]],
            [
                w.encounter(
                    VISIT,
                    "20230601",
                    who=w.performer(("Per", "Lindahl"), GASTRO, "Northbay Hospital"),
                    setting=AMBULATORY,
                    diagnosis=IBS,
                    place="Northbay Outpatients",
                ),
                w.encounter(
                    VISIT,
                    "20220914",
                    who=w.performer(("Tuva", "Holm"), ALLERGIST, "Fjord Allergy Clinic"),
                    setting=AMBULATORY,
                ),
            ],
        ),
        w.section(
            IMMUNISATIONS,
            "2.1",
            "Immunizations",
            [["Vaccine", "Date"], ["Influenza", "2022"], ["Tdap", "refused"]],
            [
                w.immunisation(
                    (w.CVX, "140", "Influenza, seasonal, injectable, preservative free"), "20221011", lot="FL-2207"
                ),
                w.immunisation((w.CVX, "115", "Tdap"), "20230105", refused=(w.ACT, "PATOBJ", "patient objection")),
            ],
        ),
        w.section(
            FAMILY,
            "15",
            "Family history",
            [["Relative", "Disease"], ["Mother", "Hashimoto thyroiditis at 44"], ["Brother", "Celiac disease"]],
            [
                w.family(
                    (w.ACT.replace("5.4", "5.111"), "MTH", "Mother"),
                    [((w.SNOMED, "21983002", "Hashimoto thyroiditis"), "44")],
                ),
                w.family((w.ACT.replace("5.4", "5.111"), "BRO", "Brother"), [(CELIAC, "")]),
            ],
        ),
        w.section(
            SOCIAL,
            "17",
            "Social history",
            [["Topic", "Answer"], ["Smoking", "Never"], ["Pregnancy", "Not pregnant"]],
            [
                w.entry(
                    w.observation(
                        (w.LOINC, "72166-2", "Tobacco smoking status"),
                        w.cd((w.SNOMED, "266919005", "Never smoked tobacco")),
                        time="20240312",
                        suffix="78",
                    )
                ),
                w.entry(
                    w.observation(
                        (w.LOINC, "82810-3", "Pregnancy status"),
                        w.cd((w.SNOMED, "60001007", "Not pregnant")),
                        time="20240312",
                        suffix="38",
                    )
                ),
            ],
        ),
        w.section(
            (w.LOINC, "48768-6", "Payers"),
            "18",
            "Insurance",
            [["Plan", "Member"], ["Fjord Health", "since 2019"]],
            [
                w.entry(
                    f'<act classCode="ACT" moodCode="EVN">{w.template("60")}<code code="48768-6" codeSystem="{w.LOINC}"/><statusCode code="completed"/></act>'
                ),
            ],
        ),
    ]
    team = (
        '<documentationOf><serviceEvent classCode="PCPR"><effectiveTime><low value="2019"/><high value="20240312"/></effectiveTime>'
        + w.performer(
            ("Anders", "Quist"), (w.NUCC, "207Q00000X", "Family Medicine Physician"), "Lakeside Family Practice"
        )
        + "</serviceEvent></documentationOf>"
    )
    return w.document(
        (w.LOINC, "34133-9", "Summarization of Episode Note"), "2", "Continuity of Care Document", sections, header=team
    )


def discharge_summary() -> str:
    """A hospital stay for abdominal pain."""
    stay = (
        '<componentOf><encompassingEncounter><id root="77777777-0000-4000-8000-000020230614"/>'
        '<code code="IMP" codeSystem="2.16.840.1.113883.5.4" displayName="inpatient encounter"/>'
        '<effectiveTime><low value="20230614"/><high value="20230617"/></effectiveTime>'
        + w.performer(("Per", "Lindahl"), GASTRO, "Northbay Hospital", tag="responsibleParty")
        + "<location><healthCareFacility><location><name>Northbay Hospital, ward 4</name></location></healthCareFacility></location>"
        "</encompassingEncounter></componentOf>"
    )
    sections = [
        w.section(
            (w.LOINC, "8648-8", "Hospital course"),
            "1.3.6.1.4.1.19376.1.5.3.1.3.5",
            "Hospital course",
            text="<paragraph>Admitted with cramps after a meal. No obstruction. Biopsies were taken on a gluten-free diet.</paragraph>",
        ),
        w.section(
            (w.LOINC, "11535-2", "Hospital discharge diagnosis"),
            "24",
            "Discharge diagnosis",
            [["Diagnosis"], ["Abdominal pain"]],
            [
                w.problem((w.SNOMED, "21522001", "Abdominal pain"), "20230614").replace(
                    w.STATEMENT + '3"', w.STATEMENT + '33"'
                ),
            ],
        ),
        w.section(
            (w.LOINC, "10183-2", "Hospital discharge medications"),
            "11.1",
            "Discharge medications",
            text="No medications",
            entries=[w.medication((w.SNOMED, "410942007", "Drug or medicament"), negated=True)],
        ),
        w.section(ALLERGIES, "6", "Allergies", text="No known allergies", entries=[w.allergy(None, negated=True)]),
        w.section(
            (w.LOINC, "8653-8", "Hospital discharge instructions"),
            "41",
            "Instructions",
            text="<list><item>Keep a food diary</item><item>Return when there is blood in the stool</item></list>",
        ),
    ]
    return w.document(
        (w.LOINC, "18842-5", "Discharge summary"),
        "8",
        "Discharge Summary",
        sections,
        written="20230617140000+0100",
        writer=("Per", "Lindahl"),
        specialty=GASTRO,
        custodian="Northbay Hospital",
        patient_ids=[("2.16.840.1.113883.19.5.77", "NB-90211")],
        header=stay,
    )


def consultation() -> str:
    """An allergist's opinion: skin test, food challenge planned."""
    sections = [
        w.section(
            (w.LOINC, "42349-1", "Reason for referral"),
            "1.3.6.1.4.1.19376.1.5.3.1.3.1",
            "Reason for referral",
            text="Suspected food allergy. Itch and bloating for ten years.",
        ),
        w.section(
            (w.LOINC, "10164-2", "History of present illness"),
            "1.3.6.1.4.1.19376.1.5.3.1.3.4",
            "History",
            text="<paragraph>Believes that milk and wheat are to blame.</paragraph>",
        ),
        w.section(
            PROBLEMS,
            "5",
            "Problems",
            [["Problem"], ["Suspected milk allergy"], ["No other problem"]],
            [
                w.problem((w.SNOMED, "782555009", "Allergy to cow's milk protein"), "2022").replace(
                    'displayName="Allergy to cow\'s milk protein"/>',
                    'displayName="Allergy to cow\'s milk protein"><qualifier><name code="246103008" codeSystem="2.16.840.1.113883.6.96" displayName="Certainty"/><value code="415684004" codeSystem="2.16.840.1.113883.6.96" displayName="Suspected"/></qualifier></value>',
                ),
                w.problem(None, negated=True),
            ],
        ),
        w.section(
            RESULTS,
            "3",
            "Results",
            [["Test", "Result"], ["Milk IgE", "<0.10 kU/L"], ["Histamine wheal", "6 mm"], ["Milk wheal", "4 mm"]],
            [
                w.panel(
                    None,
                    [
                        w.observation(
                            (w.LOINC, "6178-8", "Milk IgE Ab [Units/volume] in Serum"),
                            '<value xsi:type="IVL_PQ"><high value="0.10" unit="kU/L" inclusive="false"/></value>',
                            time="20220914",
                        )
                    ],
                ),
                w.panel(
                    (w.SNOMED, "37968009", "Prick test"),
                    [
                        w.observation(None, w.pq("6", "mm"), time="20220914").replace(
                            '<code nullFlavor="UNK"/>',
                            '<code nullFlavor="OTH"><originalText>Histamine wheal</originalText></code>',
                        ),
                        w.observation(None, w.pq("4", "mm"), time="20220914").replace(
                            '<code nullFlavor="UNK"/>',
                            '<code nullFlavor="OTH"><originalText>Milk wheal</originalText></code>',
                        ),
                    ],
                ),
            ],
        ),
        w.section(
            PLAN,
            "10",
            "Plan",
            [["What", "When"], ["Oral food challenge", "2022-11-01"], ["Cetirizine, stop before", "2022-10-20"]],
            [
                w.procedure(
                    (w.SNOMED, "710137003", "Oral food challenge"), "20221101", suffix="41", mood="RQO", status="active"
                ),
                w.medication(
                    (w.RXNORM, "1014676", "cetirizine hydrochloride 10 MG Oral Tablet"),
                    "20221020",
                    mood="INT",
                    suffix="42",
                ),
                w.entry(
                    w.observation(
                        (w.LOINC, "1558-6", "Fasting glucose"),
                        time="20221101",
                        suffix="44",
                        mood="RQO",
                        status="active",
                    )
                ),
                w.entry(
                    f'<observation classCode="OBS" moodCode="GOL">{w.template("121")}<code code="75326-9" codeSystem="{w.LOINC}"/><statusCode code="active"/></observation>'
                ),
            ],
        ),
        w.section(
            (w.LOINC, "51848-0", "Evaluation note"),
            "8",
            "Assessment",
            text="<paragraph>Sensitised to milk; allergy not shown.</paragraph>",
        ),
    ]
    return w.document(
        (w.LOINC, "11488-4", "Consultation note"),
        "4",
        "Allergy consultation",
        sections,
        written="20220914",
        writer=("Tuva", "Holm"),
        specialty=ALLERGIST,
        custodian="Fjord Allergy Clinic",
        patient_ids=[("2.16.840.1.113883.19.5.88", "FA-17")],
    )


def progress_note() -> str:
    """A short visit: everything under nullFlavor that a real system writes."""
    sections = [
        w.section(MEDICATIONS, "1", "Medications", text="No information", null="NI"),
        w.section(
            RESULTS,
            "3",
            "Results",
            [
                ["Test", "Result"],
                ["ANA titre", "1:40"],
                ["Ferritin", "not done"],
                ["Vitamin D", "18 ng/ml"],
                ["CRP", "trace"],
            ],
            [
                w.panel(
                    (w.LOINC, "30954-2", "Results"),
                    [
                        w.observation(
                            (w.LOINC, "8061-4", "Nuclear Ab [Presence] in Serum"),
                            '<value xsi:type="RTO"><numerator xsi:type="INT" value="1"/><denominator xsi:type="INT" value="40"/></value>',
                            time="20210308",
                        ),
                        w.observation(
                            (w.LOINC, "2276-4", "Ferritin [Mass/volume] in Serum or Plasma"),
                            '<value xsi:type="PQ" nullFlavor="ASKU"/>',
                            time="20210308",
                            status="cancelled",
                        ),
                        w.observation(
                            (w.LOINC, "1989-3", "25-hydroxyvitamin D3 in Serum"),
                            '<value xsi:type="PQ" nullFlavor="OTH"><translation value="18" code="ng/ml"><originalText>ng per ml</originalText></translation></value>',
                            time="20210230",
                            interpretation="L",
                        ),
                        w.observation(
                            (w.LOINC, "1988-5", "C reactive protein in Serum"),
                            '<value xsi:type="CD" nullFlavor="OTH"><originalText>trace</originalText></value>',
                            time="20210308",
                        ),
                    ],
                ),
            ],
        ),
        w.section(SOCIAL, "17", "Social history", text="Works night shifts."),
        w.section(
            (w.LOINC, "51847-2", "Evaluation + Plan note"),
            "9",
            "Assessment and plan",
            text="<paragraph>Tired since 2009.<br/>Sleep hygiene.</paragraph>",
        ),
    ]
    return w.document((w.LOINC, "11506-3", "Progress note"), "9", "Progress note", sections, written="20210308")


def referral_note() -> str:
    """A referral with functional and mental status and a care team."""
    member = (
        f'<component><act classCode="PCPR" moodCode="EVN">{w.template("500.1", "2019-07-01")}<code code="85847-2" codeSystem="{w.LOINC}"/>'
        f'<statusCode code="active"/><effectiveTime><low value="2022"/></effectiveTime>{w.performer(("Tuva", "Holm"), ALLERGIST)}</act></component>'
    )
    sections = [
        w.section(
            (w.LOINC, "47420-5", "Functional status"),
            "14",
            "Functional status",
            [["Finding"], ["Stopped running"]],
            [
                w.entry(
                    w.observation(
                        (w.LOINC, "54522-8", "Functional status"),
                        w.cd((w.SNOMED, "228449005", "Physically inactive")),
                        time="2021",
                        suffix="67",
                    )
                ),
            ],
        ),
        w.section(
            (w.LOINC, "10190-7", "Mental status"),
            "56",
            "Mental status",
            [["Score"], ["PHQ-9: 11"]],
            [
                w.entry(
                    w.observation(
                        (w.LOINC, "44261-6", "Patient Health Questionnaire 9 item total score"),
                        '<value xsi:type="INT" value="11"/>',
                        time="20220103",
                        suffix="69",
                    )
                ),
            ],
        ),
        w.section(
            (w.LOINC, "85847-2", "Care team"),
            "500",
            "Care team",
            [["Name"], ["Tuva Holm"]],
            [
                w.entry(
                    f'<organizer classCode="CLUSTER" moodCode="EVN">{w.template("500", "2019-07-01")}<code code="86744-0" codeSystem="{w.LOINC}"/><statusCode code="active"/>{member}</organizer>'
                ),
            ],
        ),
        w.section(
            (w.LOINC, "46264-8", "Medical equipment"),
            "23",
            "Equipment",
            [["Device"], ["Peak flow meter"]],
            [
                w.entry(
                    f'<supply classCode="SPLY" moodCode="EVN">{w.template("50")}<statusCode code="completed"/></supply>'
                ),
            ],
        ),
    ]
    return w.document(
        (w.LOINC, "57133-1", "Referral note"), "14", "Referral to gastroenterology", sections, written="20230520"
    )


def history_and_physical() -> str:
    """Mostly text, as many such notes are; notes as entries."""
    note = (
        f'<act classCode="ACT" moodCode="EVN">{w.template("202", "2016-11-01")}<code code="34109-9" codeSystem="{w.LOINC}" displayName="Note">'
        f'<translation code="11506-3" codeSystem="{w.LOINC}" displayName="Progress note"/></code><text>Slept four hours.</text>'
        '<statusCode code="completed"/><effectiveTime value="20240110"/></act>'
    )
    sections = [
        w.section(
            (w.LOINC, "10154-3", "Chief complaint"),
            "1.3.6.1.4.1.19376.1.5.3.1.1.13.2.1",
            "Chief complaint",
            text="Itch, bloating and headache.",
        ),
        w.section(
            (w.LOINC, "11348-0", "History of past illness"),
            "20",
            "Past history",
            [["Illness"], ["Glandular fever"]],
            [w.problem((w.SNOMED, "271558008", "Infectious mononucleosis"), "2008")],
        ),
        w.section(
            (w.LOINC, "10187-3", "Review of systems"),
            "1.3.6.1.4.1.19376.1.5.3.1.3.18",
            "Review of systems",
            [["System", "Finding"], ["Skin", "itch in the evening"], ["Gut", "bloating after bread"]],
        ),
        w.section(
            (w.LOINC, "29545-1", "Physical findings"),
            "2.16.840.1.113883.10.20.2.10",
            "Examination",
            [["Finding"], ["Dermographism"]],
            [
                w.entry(
                    w.observation(
                        (w.SNOMED, "7632005", "Dermographism"), '<value xsi:type="BL" value="true"/>', time="20240110"
                    )
                ),
            ],
        ),
        w.section((w.LOINC, "34109-9", "Note"), "65", "Notes", [["Note"], ["Slept four hours."]], [w.entry(note)]),
    ]
    return w.document(
        (w.LOINC, "34117-2", "History and physical note"), "3", "History and physical", sections, written="20240110"
    )


def unstructured() -> str:
    """A scanned letter inside a document."""
    body = '<component><nonXMLBody><text mediaType="application/pdf" representation="B64">JVBERi0xLjQKJSBub3QgYSByZWFsIGZpbGUK</text></nonXMLBody></component>'
    return w.document(
        (w.LOINC, "34133-9", "Summarization of Episode Note"), "10", "Scanned letter", [], body=body, written="20180402"
    )


DOCUMENTS = {
    "ccd.xml": continuity_of_care,
    "discharge-summary.xml": discharge_summary,
    "consultation-note.xml": consultation,
    "progress-note.xml": progress_note,
    "referral-note.xml": referral_note,
    "history-and-physical.xml": history_and_physical,
    "unstructured.xml": unstructured,
}

if __name__ == "__main__":
    for name, write in DOCUMENTS.items():
        Path(__file__).with_name(name).write_text(write(), encoding="utf-8")
