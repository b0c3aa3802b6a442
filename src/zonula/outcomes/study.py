"""A blinded, randomised multi-centre challenge study: declared before it starts, allocated centrally, reported as it flowed.

The declaration is hashed; the allocation of every site is a permuted-block sequence derived from one secret seed, which is sealed by
its hash until the study is unblinded. Nobody can change the question or peek at the sequence without it showing.
"""

import csv
from hashlib import sha256

import msgspec
import numpy as np
import yaml

from zonula.errors import UserError

FORMAT = "zonula.study/1"
MOST_PATIENTS = 100_000
FLOW_COLUMNS = ("site", "arm", "allocated", "received", "lost", "analysed")


class Study(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The declaration. block: patients per permuted block, a multiple of the number of arms, or several such sizes drawn at
    random: with one known size an open-label site can tell the last of a block. strata: lists of their own within a site. primary: the one outcome that decides."""

    format: str
    id: str
    title: str
    hypothesis: str
    primary: str
    analysis: str
    decision_rule: str
    stopping_rule: str
    arms: tuple[str, ...]
    sites: tuple[str, ...]
    patients_per_site: int
    block: int | tuple[int, ...]
    definitions: str
    ethics: str
    strata: tuple[str, ...] = ()

    @property
    def blocks(self) -> tuple[int, ...]:
        """The block sizes."""
        return (self.block,) if isinstance(self.block, int) else self.block

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the declaration, to be published before the first patient."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class Flow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """CONSORT numbers of one arm at one site."""

    site: str
    arm: str
    allocated: int
    received: int
    lost: int
    analysed: int


def parse_study(text: str, name: str) -> Study:
    """Read a declaration. Raises UserError naming what is missing or impossible."""
    try:
        written = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise UserError(f"{name}: not readable as YAML: {' '.join(str(wrong).split())[:160]}.") from None
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        raise UserError(f"{name}: not a study declaration.", f"It needs `format: {FORMAT}`.")
    try:
        study = msgspec.convert(written, Study)
    except msgspec.ValidationError as wrong:
        raise UserError(f"{name}: {wrong}.") from None
    empty = [
        field
        for field in ("hypothesis", "primary", "analysis", "decision_rule", "stopping_rule", "ethics")
        if not getattr(study, field).strip()
    ]
    if empty:
        raise UserError(f"{name}: {empty[0]} is empty.", "A study is declared in full before it starts.")
    if len(set(study.arms)) < 2 or len(set(study.arms)) != len(study.arms):
        raise UserError(f"{name}: needs at least two different arms.")
    if not study.sites or len(set(study.sites)) != len(study.sites):
        raise UserError(f"{name}: needs sites, each once.")
    wrong_block = next((size for size in study.blocks if size < len(study.arms) or size % len(study.arms)), None)
    if wrong_block is not None or not study.blocks:
        raise UserError(f"{name}: block {wrong_block} is not a multiple of the {len(study.arms)} arms.")
    if not 1 <= study.patients_per_site <= MOST_PATIENTS or max(study.blocks) > MOST_PATIENTS:
        raise UserError(f"{name}: patients_per_site must be at least 1 and at most {MOST_PATIENTS}.")
    if len(set(study.strata)) != len(study.strata):
        raise UserError(f"{name}: a stratum stands twice.")
    return study


def seal(seed: bytes) -> str:
    """The hash of the secret seed, published with the declaration."""
    return sha256(b"zonula-study-seed:" + seed).hexdigest()


def allocation(study: Study, site: str, seed: bytes, sealed: str, stratum: str = "") -> tuple[str, ...]:
    """The sequence of one site: whole permuted blocks, cut at the site's size. Raises UserError when the seed is not the sealed one."""
    if seal(seed) != sealed:
        raise UserError("This is not the seed that was sealed.")
    if site not in study.sites:
        raise UserError(f"{site} is not a site of this study.", f"Sites: {', '.join(study.sites)}.")
    if stratum not in (study.strata or ("",)):
        raise UserError(f"{stratum!r} is not a stratum of this study.", f"Strata: {', '.join(study.strata) or 'none'}.")
    place = f"{site}\0{stratum}" if stratum else site
    derived = sha256(seed + study.fingerprint.encode() + place.encode()).digest()
    rng = np.random.Generator(np.random.PCG64(int.from_bytes(derived, "big")))
    sequence: list[str] = []
    while len(sequence) < study.patients_per_site:
        size = study.blocks[0] if len(study.blocks) == 1 else int(rng.choice(study.blocks))
        block = list(study.arms) * (size // len(study.arms))
        sequence += [block[place] for place in rng.permutation(len(block))]
    return tuple(sequence[: study.patients_per_site])


def read_flow(text: str, name: str) -> tuple[Flow, ...]:
    """CSV with one line per site and arm. Raises UserError naming the line."""
    reader = csv.DictReader(text.splitlines())
    if set(FLOW_COLUMNS) != set(reader.fieldnames or ()):
        raise UserError(f"{name}: not a flow.", f"It needs the columns {', '.join(FLOW_COLUMNS)}.")
    flows: list[Flow] = []
    for row in reader:
        try:
            flows.append(msgspec.convert(row, Flow, strict=False))
        except msgspec.ValidationError as wrong:
            raise UserError(f"{name}, line {reader.line_num}: {wrong}.") from None
    if not flows:
        raise UserError(f"{name}: no line in it.")
    return tuple(flows)


def check_flow(study: Study, flows: tuple[Flow, ...]) -> None:
    """Refuse numbers that cannot have flowed. Raises UserError naming site and arm."""
    seen: set[tuple[str, str]] = set()
    for flow in flows:
        where = f"{flow.site}, {flow.arm}"
        if (flow.site, flow.arm) in seen:
            raise UserError(f"{where}: stands twice.")
        seen.add((flow.site, flow.arm))
        if flow.site not in study.sites or flow.arm not in study.arms:
            raise UserError(f"{where}: not a site and arm of this study.")
        if (
            not 0 <= flow.lost <= flow.received <= flow.allocated
            or flow.analysed > flow.allocated
            or min(flow.analysed, flow.lost) < 0
        ):
            raise UserError(
                f"{where}: {flow.allocated} allocated, {flow.received} received, {flow.lost} lost, {flow.analysed} analysed cannot be."
            )


def flow_diagram(study: Study, flows: tuple[Flow, ...]) -> str:
    """The CONSORT flow as a Mermaid diagram, summed over sites."""
    check_flow(study, flows)
    lines = ["flowchart TD", f"    all[{sum(flow.allocated for flow in flows)} allocated]"]
    for number, arm in enumerate(study.arms):
        of_arm = [flow for flow in flows if flow.arm == arm]
        allocated, received, lost, analysed = (
            sum(getattr(flow, field) for flow in of_arm) for field in ("allocated", "received", "lost", "analysed")
        )
        lines += [
            f"    all --> a{number}[{arm}: {allocated} allocated, {received} received]",
            f"    a{number} --> l{number}[{lost} lost]",
            f"    a{number} --> n{number}[{analysed} analysed]",
        ]
    return "\n".join(lines) + "\n"


def study_report(study: Study, flows: tuple[Flow, ...]) -> str:
    """Declaration, flow and what is still missing, as Markdown: the skeleton of a CONSORT / CENT report. Raises UserError."""
    diagram = flow_diagram(study, flows)
    rows = [
        f"| {one.site} | {one.arm} | {one.allocated} | {one.received} | {one.lost} | {one.analysed} |" for one in flows
    ]
    silent = [
        f"{site}, {arm}"
        for site in study.sites
        for arm in study.arms
        if (site, arm) not in {(f.site, f.arm) for f in flows}
    ]
    allocated = sum(flow.allocated for flow in flows)
    planned = study.patients_per_site * len(study.sites) * max(1, len(study.strata))
    declared = ("hypothesis", "primary", "analysis", "decision_rule", "stopping_rule", "ethics", "definitions")
    return "\n".join(
        [
            f"# {study.title}",
            "",
            f"Declaration `{study.fingerprint}`. {allocated} of {planned} planned patients are allocated.",
            "",
            *(f"- {name.replace('_', ' ')}: {getattr(study, name)}" for name in declared),
            "",
            "## Flow",
            "",
            "```mermaid",
            diagram.rstrip(),
            "```",
            "",
            "| site | arm | allocated | received | lost | analysed |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            f"Not reported: {'; '.join(silent) or 'nothing'}. Differences between arms are not shown here; they are analysed once, as declared.",
            "",
        ]
    )
