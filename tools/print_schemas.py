"""Prints the JSON schemas of what the commands write, from the structs themselves, and the flat tables' columns.

`--check` compares with what is committed and exits 1 when a page is stale.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from zonula.chart.tables import SCHEMAS  # noqa: E402
from zonula.cli.import_check import ImportCheck  # noqa: E402
from zonula.diet import Checks, Found, Nutrients, Week  # noqa: E402
from zonula.diet.residues import ResidueReport  # noqa: E402
from zonula.diet.supplements import SupplementForm, SupplementReview  # noqa: E402
from zonula.journey import Assessment  # noqa: E402
from zonula.knowledge import shelf  # noqa: E402
from zonula.outcomes import Aggregate, ClinicReport, Course, PooledReport, Study  # noqa: E402
from zonula.population.answers import Worklist  # noqa: E402
from zonula.population.layout import SCHEMAS as STAGED  # noqa: E402
from zonula.population.report import Report as PopulationReport  # noqa: E402
from zonula.population.screen import ANSWERS, Screened  # noqa: E402
from zonula.population.stage import Manifest  # noqa: E402
from zonula.population.validate import Validity  # noqa: E402
from zonula.reports.schemas import published  # noqa: E402
from zonula.simulation import Truth  # noqa: E402
from zonula.skin_prick_tests import SkinTest  # noqa: E402
from zonula.treatment_protocols import GATES, Plan, PlanState, Protocol, Situation, Today, mermaid, shipped  # noqa: E402

STRUCTS: dict[str, Any] = {
    "assessment": Assessment,
    "import-check": ImportCheck,
    "skin-test": SkinTest,
    "diet-check": Checks,
    "diet-search": Found,
    "diet-nutrients": Nutrients,
    "diet-menu": Week,
    "diet-residues": ResidueReport,
    "supplements": SupplementForm,
    "supplements-check": SupplementReview,
    "plan": Plan,
    "plan-state": PlanState,
    "plan-today": Today,
    "protocol": Protocol,
    "situation": Situation,
    "registry-course": Course,
    "outcomes": ClinicReport,
    "clinic-aggregate": Aggregate,
    "pooled": PooledReport,
    "study": Study,
    "population-manifest": Manifest,
    "population-screened": Screened,
    "population-report": PopulationReport,
    "population-validity": Validity,
    "worklist": Worklist,
    "simulation-truth": Truth,
}


def pages() -> dict[Path, str]:
    """Every generated page and its text."""
    found = {}
    for name, struct in STRUCTS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **published(struct)}
        found[ROOT / "docs" / "schemas" / f"{name}.schema.json"] = (
            json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        )
    lines = ["# The chart as flat tables", "", "Printed from `zonula.chart.tables`; do not edit.", ""]
    for table, columns in SCHEMAS.items():
        lines += [f"## {table}", "", "| column | type | meaning |", "|---|---|---|"]
        lines += [f"| `{field.name}` | {field.type} | {field.metadata[b'meaning'].decode()} |" for field in columns]
        lines.append("")
    found[ROOT / "docs" / "generated" / "chart-tables.md"] = "\n".join(lines)
    lines = ["# The staged tables of a population", "", "Printed from `zonula.population`; do not edit.", ""]
    for table, columns in {**STAGED, "answers": ANSWERS}.items():
        lines += [f"## {table}", "", "| column | type | meaning |", "|---|---|---|"]
        lines += [f"| `{field.name}` | {field.type} | {field.metadata[b'meaning'].decode()} |" for field in columns]
        lines.append("")
    found[ROOT / "docs" / "generated" / "population-tables.md"] = "\n".join(lines)
    lines = [
        "# The treatment protocols",
        "",
        "Printed from the tables in `zonula/knowledge/treatment_protocols/protocols`; do not edit.",
        "",
    ]
    for card in shelf().cards("treatment_protocols/protocols"):
        protocol = shipped(shelf(), card.id.rsplit("/", 1)[1], GATES)
        lines += [f"## {protocol.title}", "", card.meaning, "", "```mermaid", mermaid(protocol).rstrip(), "```", ""]
    found[ROOT / "docs" / "generated" / "protocols.md"] = "\n".join(lines)
    return found


if __name__ == "__main__":
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        print(
            "\n".join(f"{path.relative_to(ROOT)}: stale; run make fix" for path in stale)
            or "generated pages are current"
        )
        sys.exit(bool(stale))
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
