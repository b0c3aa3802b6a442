"""An export → staged tables, in passes that can be interrupted: meet every file, deal its lines, make the charts of each part.

Whatever a pass has finished is kept in `OUT/.work` under the fingerprint of the input, and OUT becomes a staged folder only when its
manifest is written last. The same input gives the same bytes, on one processor or many.
"""

import gc
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from zonula.errors import UserError
from zonula.population.dealing import Dealt, Met, Skip, deal, meet
from zonula.population.layout import FORMAT, reading_version
from zonula.population.parts import Made, Make, charts_of_part
from zonula.population.persons import Tally
from zonula.population.sources import Source, sources
from zonula.population.subjects import homes

PART_BYTES = 48 << 20  # of input behind one part; decides how much memory a worker needs
CUT_FROM = 64 << 20  # of input; below it, the machine code that cuts lines would take longer to load than it saves
_Done = TypeVar("_Done")
_Item = TypeVar("_Item")
Progress = Callable[[str, int, int], None]
"""Called before each step with what is done, how many are done and how many there are."""


class DocumentTold(msgspec.Struct, frozen=True, kw_only=True):
    """One file in the manifest. refusal: why nothing was taken from it; read: resources by type; kept: facts made of it."""

    name: str
    fingerprint: str
    refusal: str = ""
    read: dict[str, int] = {}
    kept: int = 0
    merged: int = 0
    skipped: int = 0
    warned: int = 0
    warnings: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a staged folder says of itself; every skipped line stands in `skipped.ndjson` beside it."""

    schema: str = FORMAT
    reading: str
    input: str
    parts: int
    patients: int
    facts: int
    skipped: int
    documents: tuple[DocumentTold, ...]


def stage(paths: Sequence[Path], out: Path, *, processes: int = 1, progress: Progress | None = None) -> Manifest:
    """Stage an export into a folder; the manifest. Staging the same input again changes nothing.

    Raises UserError when a path is missing, a file changes while it is read, the disk is full, nothing could be read, or the
    folder holds other input.
    """
    with _disk(out):
        work = out / ".work"
        out.mkdir(parents=True, exist_ok=True)
        found = sources(list(paths))
        with _pool(processes) as run:
            met = _twins(list(run(meet, found, "met", progress)))
            fingerprint = _fingerprint(met)
            finished = _finished(out, fingerprint)
            if finished is not None:
                return finished
            if all(each.refusal for each in met):
                raise UserError(f"{met[0].source.name} {met[0].refusal}.", "No file of the input could be read.")
            if not (work / fingerprint).is_dir():
                shutil.rmtree(work, ignore_errors=True)
                (work / fingerprint).mkdir(parents=True)
            plan = _plan(met, fingerprint, work / fingerprint)
            taken = [each for each in met if not each.refusal]
            moves = homes(named for each in taken for named in each.patients)
            jobs = [
                _Deal(each, moves, plan.parts, spill, plan.cutting)
                for each, spill in zip(taken, plan.spills, strict=True)
            ]
            dealt = list(run(_deal, jobs, "dealt", progress))
            manifest = _make(met, dealt, plan, out, lambda todo: list(run(_part, todo, "made", progress)))
    shutil.rmtree(out / ".work")
    return manifest


class _Plan(NamedTuple):
    fingerprint: str
    parts: int
    work: Path
    spills: tuple[Path, ...]
    cutting: bool


class _Deal(NamedTuple):
    met: Met
    homes: Mapping[str, str]
    parts: int
    spill: Path
    cutting: bool


def _plan(met: Sequence[Met], fingerprint: str, work: Path) -> _Plan:
    """The number of parts follows from the input alone, so that it never depends on the machine."""
    size = sum(each.source.size * (8 if _packed(each.source) else 1) for each in met if not each.refusal)
    spills = tuple(work / f"{place:06}" for place, each in enumerate(met) if not each.refusal)
    return _Plan(fingerprint, max(1, -(-size // PART_BYTES)), work, spills, size >= CUT_FROM)


def _packed(source: Source) -> bool:
    return source.path.lower().endswith((".gz", ".zst"))


def _twins(met: list[Met]) -> list[Met]:
    """A file with the content of an earlier one is read once."""
    first: dict[str, str] = {}
    told = []
    for each in met:
        twin = first.setdefault(each.fingerprint, each.source.name) if each.fingerprint else each.source.name
        refusal = "" if twin == each.source.name else f"is the same document as {twin}; read once"
        told.append(msgspec.structs.replace(each, refusal=refusal) if refusal else each)
    return told


def _fingerprint(met: Iterable[Met]) -> str:
    written = [(each.source.name, each.fingerprint, each.refusal) for each in met]
    return hashlib.sha256(msgspec.msgpack.encode([reading_version(), written])).hexdigest()


def _finished(out: Path, fingerprint: str) -> Manifest | None:
    try:
        manifest = msgspec.json.decode((out / "manifest.json").read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        raise UserError(
            f"{out / 'manifest.json'} is not a manifest of staged tables.", "Choose another folder."
        ) from None
    if manifest.input != fingerprint:
        raise UserError(f"{out} holds the facts of other input.", "Choose another folder, or delete this one.")
    return manifest


def _deal(job: _Deal) -> Dealt:
    done = job.spill.with_suffix(".dealt")
    if done.exists():
        return msgspec.msgpack.decode(done.read_bytes(), type=Dealt)
    dealt = deal(job.met, job.homes, job.parts, job.spill.with_suffix(".lines"), cutting=job.cutting)
    _write(done, msgspec.msgpack.encode(dealt))
    return dealt


def _make(
    met: Sequence[Met], dealt: Sequence[Dealt], plan: _Plan, out: Path, make: "Callable[[Sequence[Make]], list[Made]]"
) -> Manifest:
    left_out = {each.document: each.other_version for each in dealt if each.other_version}
    while True:
        made = make([Make(part, plan.spills, frozenset(left_out), out, plan.work) for part in range(plan.parts)])
        others = {name: why for each in made for name, why in each.told.other_version.items() if name not in left_out}
        if not others:
            break
        left_out |= others  # one sign of another version spoils its whole document, in every part
    skipped = [skip for each in dealt if each.document not in left_out for skip in each.skipped]
    skipped += [skip for each in made for skip in each.told.skipped]
    skipped.sort(key=lambda skip: (skip.document, skip.line, skip.place, skip.reason))
    _write(out / "skipped.ndjson", b"".join(msgspec.json.encode(skip) + b"\n" for skip in skipped))
    manifest = Manifest(
        reading=reading_version(),
        input=plan.fingerprint,
        parts=plan.parts,
        patients=sum(each.patients for each in made),
        facts=sum(each.facts for each in made),
        skipped=len(skipped),
        documents=tuple(_documents(met, dealt, made, left_out, skipped)),
    )
    _write(out / "manifest.json", msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return manifest


def _documents(
    met: Sequence[Met],
    dealt: Sequence[Dealt],
    made: Sequence[Made],
    left_out: Mapping[str, str],
    skipped: Sequence[Skip],
) -> Iterator[DocumentTold]:
    by_name = {each.document: each for each in dealt}
    lost: dict[str, int] = defaultdict(int)
    for skip in skipped:
        lost[skip.document] += 1
    for each in met:
        name = each.source.name
        refusal = each.refusal or (f"{left_out[name]}; nothing was taken from it" if name in left_out else "")
        tally, own = Tally(), by_name.get(name)
        for part in made:
            theirs = part.told.tallies.get(name, Tally())
            tally.kept, tally.merged = tally.kept + theirs.kept, tally.merged + theirs.merged
            tally.warned += theirs.warned
            tally.read = tally.read or theirs.read
            tally.warnings += theirs.warnings
        warnings = (*(own.warnings if own else ()), *sorted(tally.warnings))
        yield DocumentTold(
            name=name,
            fingerprint=each.fingerprint,
            refusal=refusal,
            read=(own.read if own else {}) or tally.read,
            kept=tally.kept,
            merged=tally.merged,
            skipped=lost[name],
            warned=tally.warned + (len(own.warnings) if own else 0),
            warnings=warnings[:20],
        )


def _part(job: Make) -> Made:
    """One part of the population: its charts, written as tables. Finished parts are taken as they are."""
    left_out = hashlib.sha256("\n".join(sorted(job.left_out)).encode()).hexdigest()[:12]
    done = job.work / f"part-{job.part:05}.{left_out}.made"
    if done.exists():
        return msgspec.msgpack.decode(done.read_bytes(), type=Made)
    gc.disable()  # facts hold no cycles, and looking for some costs a third of making them
    try:
        made = charts_of_part(job)
    finally:
        gc.enable()
    _write(done, msgspec.msgpack.encode(made))
    return made


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)


@contextmanager
def _disk(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        raise UserError(
            f"{out}: could not be written ({wrong.strerror or wrong}).",
            "Make room and run the same command again; what is finished is kept.",
        ) from None


_Run = Callable[[Callable[[Any], Any], Sequence[Any], str, Progress | None], Iterator[Any]]


@contextmanager
def _pool(processes: int) -> Iterator[_Run]:
    """Runs a function over items in order, here or in other processes."""
    if processes <= 1:
        yield _told(map)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield _told(pool.map)


def _told(mapped: Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]) -> _Run:
    def run(
        work: Callable[[_Item], _Done], items: Sequence[_Item], what: str, progress: Progress | None
    ) -> Iterator[_Done]:
        for number, done in enumerate(mapped(work, items)):
            if progress:
                progress(what, number + 1, len(items))
            yield done

    return run
