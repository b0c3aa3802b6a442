"""Charts already in memory under the queries: what the agreement tests and small groups need, without a staged folder."""

from collections.abc import Mapping, Sequence
from datetime import date

from zonula.chart import Chart
from zonula.chart_review import nodes as n
from zonula.chart_review.evaluate import Evidence
from zonula.chart_review.vocabulary import vocabulary
from zonula.population.engines import Engine
from zonula.population.layout import Rows, codes_of
from zonula.population.queries.dictionaries import Distinct, tables
from zonula.population.queries.program import BORN, Query, program


def answers_of(
    charts: Sequence[Chart], asked: Mapping[str, n.Truth], today: date, engine: Engine
) -> dict[tuple[str, str], Evidence]:
    """The answer to every rule for every patient, by (patient id, rule). Raises TypeError for a node that has no query."""
    written = program(asked, vocabulary(), today)
    rows = Rows()
    for key, chart in enumerate(charts):
        rows.add(key, chart)
    made = {**rows.take(), **rows.dictionaries()}
    facts = made["facts"].select(["value", "unit", "comparator", "specialty"]).to_pylist()
    distinct = Distinct(
        {row["key"]: codes_of(row["codes"]) for row in made["concepts"].to_pylist()},
        {row["key"]: (row["text"], codes_of(row["codes"])) for row in made["answers"].to_pylist()},
        {row["key"]: row["text"] for row in made["wordings"].to_pylist()},
        sorted({row["unit"] for row in facts if row["unit"] is not None}),
        sorted({(row["value"], row["unit"], row["comparator"]) for row in facts if row["comparator"]}),
        sorted({row["specialty"] for row in facts if row["specialty"]}),
    )
    ids = [chart.patient.id for chart in charts]
    found = {
        (patient, name): silent
        for name, silent in written.silent.items()
        for patient in ids
        if silent is not None
    }  # fmt: skip
    with engine as opened:
        for name, table in {**made, **tables(written.features, distinct, vocabulary())}.items():
            opened.register(name, table)
        for query in (Query("born", BORN), *written.queries):
            opened.make(query)
        for row in opened.rows("SELECT * FROM told").to_pylist():
            evidence = Evidence(row["holds"], row["value"], tuple(row["because"]))
            found[ids[row["patient"]], written.rules[row["rule"]]] = evidence
    return found
