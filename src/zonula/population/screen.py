"""The rules asked of a whole staged folder, in batches of parts; the answers with what they rest on.

`answers/*.parquet` has a row per patient and rule where the answer differs from that of an empty chart; `screen.json` says for each rule
what everyone without a row is answered, `patients/*.parquet` who everyone is. A rule whose answer depends on the patient's age or sex has a row for everyone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa
from pyarrow import parquet

from zonula.chart_review.library import Rule, rules
from zonula.chart_review.vocabulary import vocabulary
from zonula.errors import UserError
from zonula.population.engines import Engine
from zonula.population.engines.duckdb import parquet_checksums
from zonula.population.queries.dictionaries import tables
from zonula.population.queries.program import BORN, Program, Query, program
from zonula.population.staged import Staged

MOST_FACTS = 2_000_000  # of one batch; decides how much memory is needed
Progress = Callable[[str, int, int], None]
ANSWERS = pa.schema(
    [
        pa.field("patient", pa.string(), metadata={"meaning": "patient id as the records name it"}),
        pa.field("rule", pa.int32(), metadata={"meaning": "number of the rule in screen.json, from 0"}),
        pa.field("holds", pa.bool_(), metadata={"meaning": "yes or no; null is unknown"}),
        pa.field("value", pa.float64(), metadata={"meaning": "the number it was decided on, when there is one"}),
        pa.field("because", pa.list_(pa.string()), metadata={"meaning": "ids of the facts it rests on, in chart order"}),
    ]
)  # fmt: skip


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """One rule over the population. otherwise: what patients without a row are answered (yes, no, unknown); checksum: of its rows."""

    rule: str
    says: str
    card: str
    yes: int
    no: int
    unknown: int
    otherwise: str
    checksum: str


class Screened(msgspec.Struct, frozen=True, kw_only=True):
    """What a screening says of itself. staged: fingerprint of the input behind the staged tables."""

    schema: str = "zonula.screened/1"
    engine: str
    today: date
    staged: str
    patients: int
    rules: tuple[Counted, ...]


def chosen(names: Sequence[str]) -> dict[str, Rule]:
    """The rules of the library with these ids or chapters; all of them when none is named. Raises UserError for an unknown one."""
    library = {rule.id: rule for rule in rules()}
    if not names:
        return library
    picked = {rule_id: rule for rule_id, rule in library.items() if rule_id in names or rule.chapter in names}
    unknown = sorted(set(names) - set(picked) - {rule.chapter for rule in library.values()})
    if unknown:
        chapters = ", ".join(sorted({rule.chapter for rule in library.values()}))
        raise UserError(
            f"There is no rule {unknown[0]}.", f"Name a rule of docs/generated/rules.md or a chapter: {chapters}."
        )
    return picked


def screen(
    staged: Staged,
    asked: Mapping[str, Rule],
    out: Path,
    engine: Engine,
    name: str,
    today: date,
    progress: Progress | None = None,
) -> Screened:
    """Ask the rules as of a day and write `answers/` and `screen.json`. Raises UserError when the folder cannot be written."""
    for table in ("answers", "patients"):
        (out / table).mkdir(parents=True, exist_ok=True)
        for left in (out / table).glob("*.parquet"):
            left.unlink()
    written = program({rule_id: rule.when for rule_id, rule in asked.items()}, vocabulary(), today)
    batches = list(staged.batches(MOST_FACTS))
    files = []
    with engine as opened:
        for number, parts in enumerate(batches):
            if progress:
                progress("screened", number, len(batches))
            answered(opened, staged, parts, written)
            files.append(out / "answers" / f"part-{number:05}.parquet")
            parquet.write_table(ids_of(opened), files[-1], compression="zstd")
            everyone = opened.rows(
                "SELECT id AS patient, name, birth_text AS birth, sex, identifiers FROM patients ORDER BY id"
            )
            parquet.write_table(everyone, out / "patients" / files[-1].name, compression="zstd")
            opened.forget([query.table for query in written.queries])
    screened = _counted(files, asked, written, name, today, staged)
    (out / "screen.json").write_bytes(msgspec.json.format(msgspec.json.encode(screened), indent=1))
    return screened


def answered(engine: Engine, staged: Staged, parts: Sequence[int], written: Program) -> None:
    """Run all queries over some parts; the table `told` has the answers."""
    distinct = staged.open(engine, parts)
    for table, content in tables(written.features, distinct, vocabulary()).items():
        engine.register(table, content)
    for query in (Query("born", BORN), *written.queries):
        engine.make(query)


def ids_of(engine: Engine) -> pa.Table:
    """The answers of the last run, with patients by id, in the order of rule and patient."""
    found = engine.rows(
        "SELECT p.id AS patient, t.rule, t.holds, t.value, t.because FROM told AS t JOIN patients AS p ON p.patient = t.patient"
        " ORDER BY t.rule, p.id"
    )
    return found.cast(ANSWERS)


def _counted(
    files: Sequence[Path], asked: Mapping[str, Rule], written: Program, name: str, today: date, staged: Staged
) -> Screened:
    checksums = parquet_checksums(files)
    counts = {place: {True: 0, False: 0, None: 0} for place in range(len(written.rules))}
    for file in files:
        rows = parquet.read_table(file, columns=["rule", "holds"])
        for row in rows.group_by(["rule", "holds"]).aggregate([([], "count_all")]).to_pylist():
            counts[row["rule"]][row["holds"]] += row["count_all"]
    found = []
    for place, rule_id in enumerate(written.rules):
        silent = written.silent[rule_id]
        rows, checksum = checksums.get(place, (0, f"{0:032x}"))
        if silent is not None:
            counts[place][silent.holds] += staged.manifest.patients - rows
        found.append(
            Counted(
                rule=rule_id,
                says=asked[rule_id].says,
                card=asked[rule_id].card,
                yes=counts[place][True],
                no=counts[place][False],
                unknown=counts[place][None],
                otherwise="" if silent is None else STATES[silent.holds],
                checksum=checksum,
            )
        )
    return Screened(
        engine=name, today=today, staged=staged.manifest.input, patients=staged.manifest.patients, rules=tuple(found)
    )


STATES = {True: "yes", False: "no", None: "unknown"}


def screened(folder: Path) -> Screened:
    """The `screen.json` of a folder. Raises UserError when there is none."""
    try:
        return msgspec.json.decode((folder / "screen.json").read_bytes(), type=Screened)
    except FileNotFoundError:
        raise UserError(
            f"{folder}: no screening.", f"Run `zonula population screen STAGED --out {folder}` first."
        ) from None
    except (msgspec.DecodeError, OSError) as wrong:
        raise UserError(f"{folder / 'screen.json'}: cannot be read ({wrong}).") from None
