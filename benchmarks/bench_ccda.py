"""C-CDA → facts against a bare lxml parse of the same bytes, CPU seconds in the same run.

Goal (issue 2, G7): facts at 0.5 × the speed of `lxml.etree.fromstring` or better. The documents are CCDs of 40 to 400 entries with
narrative tables and references, indented as hospital systems write them, plus the seven example documents.
"""

import time
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from lxml import etree

from zonula.chart_import.ccda import read

DOCUMENTS = Path(__file__).parents[1] / "tests" / "documents" / "ccda"
SIZES = (1, 3, 10)
ROUNDS = 15


def writer() -> ModuleType:
    """The document writer of the tests."""
    spec = spec_from_file_location("ccda_writer", DOCUMENTS / "writer.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def summary(w: ModuleType, times: int) -> bytes:
    """A CCD with about 40 × `times` entries."""
    doctor = w.performer(("Per", "Lindahl"), (w.NUCC, "207RG0100X", "Gastroenterology Physician"), "Northbay Hospital")
    wrote = w.author(("Ines", "Fabre"), (w.NUCC, "208D00000X", "General Practice Physician"), "20151104")

    def table(code: str, count: int) -> list[list[str]]:
        return [
            ["What", "When", "Where"],
            *([f"{code} row {n}", "2020-02-03", "Northbay Hospital"] for n in range(count)),
        ]

    problems = [
        w.problem(
            (w.SNOMED, str(84229001 + n), "Fatigue"),
            "2009",
            translations=[(w.ICD10CM, "R53.83", "Other fatigue")],
            reference=f"11450-4-{n + 1}",
            extra=wrote,
        )
        for n in range(6 * times)
    ]
    drugs = [
        w.medication((w.RXNORM, str(966224 + n), "Levothyroxine"), "20200211", every=("24", "h"), dose="1", extra=wrote)
        for n in range(6 * times)
    ]
    results = [
        w.panel(
            (w.LOINC, "58410-2", "CBC panel"),
            [
                w.observation(
                    (w.LOINC, f"{718 + m}-{m}", "Hemoglobin"),
                    w.pq("13.2", "g/dL"),
                    time=f"2020{n % 12 + 1:02}011030-0500",
                    interpretation="N",
                    low="12",
                    high="16",
                    unit="g/dL",
                    extra=wrote,
                )
                for m in range(6)
            ],
        )
        for n in range(2 * times)
    ]
    signs = [
        w.panel(
            (w.LOINC, "46680005", "Vital signs"),
            [
                w.observation((w.LOINC, "8480-6", "Systolic"), w.pq("120", "mm[Hg]"), time="20200101", suffix="27")
                for _ in range(5)
            ],
            suffix="26",
        )
        for _ in range(times)
    ]
    visits = [
        w.encounter((w.CPT, "99213", "Office visit"), f"20{10 + n % 14}0601", who=doctor, place="Northbay")
        for n in range(5 * times)
    ]
    sections = [
        w.section(
            (w.LOINC, "48765-2", ""),
            "6.1",
            "Allergies",
            table("48765-2", 2),
            [w.allergy((w.RXNORM, "7980", "Penicillin G"), onset="1991", reaction=(w.SNOMED, "247472004", "Hives"))]
            * 2,
        ),
        w.section((w.LOINC, "11450-4", ""), "5.1", "Problems", table("11450-4", 6 * times), problems),
        w.section((w.LOINC, "10160-0", ""), "1.1", "Medications", table("10160-0", 6 * times), drugs),
        w.section((w.LOINC, "30954-2", ""), "3.1", "Results", table("30954-2", 12 * times), results),
        w.section((w.LOINC, "8716-3", ""), "4.1", "Vital signs", table("8716-3", 5 * times), signs),
        w.section((w.LOINC, "46240-8", ""), "22.1", "Encounters", table("46240-8", 5 * times), visits),
        w.section(
            (w.LOINC, "51848-0", ""), "8", "Assessment", text="<paragraph>Tired since 2009.</paragraph>" * 5 * times
        ),
    ]
    document: str = w.document((w.LOINC, "34133-9", "CCD"), "2", "Continuity of Care Document", sections)
    root = etree.fromstring(document.encode())
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def cpu_seconds(work: Callable[[bytes], object], data: bytes) -> float:
    """The best of several rounds: the cores are shared."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work(data)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Print one line per document and the ratio over all of them."""
    w = writer()
    documents = {f"CCD, {40 * size} entries": summary(w, size) for size in SIZES}
    documents |= {path.name: path.read_bytes() for path in sorted(DOCUMENTS.glob("*.xml"))}
    parse_total = facts_total = megabytes = 0.0
    for name, data in documents.items():
        parse, facts = cpu_seconds(etree.fromstring, data), cpu_seconds(lambda data: read(data, "bench.xml"), data)
        parse_total, facts_total, megabytes = parse_total + parse, facts_total + facts, megabytes + len(data) / 1e6
        print(
            f"{name:28} {len(data) / 1e3:8.1f} kB  parse {parse * 1e3:7.2f} ms  facts {facts * 1e3:7.2f} ms  ratio {parse / facts:.2f}"
        )
    print(
        f"C-CDA to facts: {megabytes / facts_total:.0f} MB/cpu-s; bare lxml parse {megabytes / parse_total:.0f}; ratio {parse_total / facts_total:.2f} (goal 0.50)"
    )


if __name__ == "__main__":
    main()
