"""A blinded, randomised multi-centre challenge study: declared before it starts, allocated centrally, reported as it flowed.

The declaration is hashed; the allocation of every site is a permuted-block sequence derived from one secret seed, which is sealed by
its hash until the study is unblinded. Nobody can change the question or peek at the sequence without it showing.
"""

from hashlib import sha256

import msgspec
import numpy as np
import yaml

from zonula.errors import UserError

FORMAT = "zonula.study/1"


class Study(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The declaration. block: patients per permuted block, a multiple of the number of arms. primary: the one outcome that decides."""

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
    block: int
    definitions: str
    ethics: str

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
    if study.block < len(study.arms) or study.block % len(study.arms):
        raise UserError(f"{name}: block {study.block} is not a multiple of the {len(study.arms)} arms.")
    if study.patients_per_site < 1:
        raise UserError(f"{name}: patients_per_site must be at least 1.")
    return study


def seal(seed: bytes) -> str:
    """The hash of the secret seed, published with the declaration."""
    return sha256(b"zonula-study-seed:" + seed).hexdigest()


def allocation(study: Study, site: str, seed: bytes, sealed: str) -> tuple[str, ...]:
    """The sequence of one site: whole permuted blocks, cut at the site's size. Raises UserError when the seed is not the sealed one."""
    if seal(seed) != sealed:
        raise UserError("This is not the seed that was sealed.")
    if site not in study.sites:
        raise UserError(f"{site} is not a site of this study.", f"Sites: {', '.join(study.sites)}.")
    derived = sha256(seed + study.fingerprint.encode() + site.encode()).digest()
    rng = np.random.Generator(np.random.PCG64(int.from_bytes(derived, "big")))
    block = list(study.arms) * (study.block // len(study.arms))
    sequence: list[str] = []
    while len(sequence) < study.patients_per_site:
        sequence += [block[place] for place in rng.permutation(len(block))]
    return tuple(sequence[: study.patients_per_site])


def check_flow(study: Study, flows: tuple[Flow, ...]) -> None:
    """Refuse numbers that cannot have flowed. Raises UserError naming site and arm."""
    for flow in flows:
        where = f"{flow.site}, {flow.arm}"
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
