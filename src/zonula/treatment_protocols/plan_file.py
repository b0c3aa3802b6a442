"""Plans and situations as files. A plan file carries its protocol; a changed protocol or a broken order is refused."""

from typing import Any

import msgspec
import yaml

from zonula.errors import UserError
from zonula.treatment_protocols.gates import GATES
from zonula.treatment_protocols.plan import FORMAT, Plan
from zonula.treatment_protocols.protocol import check
from zonula.treatment_protocols.situation import Situation


def parse_plan(text: str, name: str) -> Plan:
    """Read a plan. Raises UserError when it is not one, or when the protocol inside is not the one it was started with."""
    written = _load(text, name)
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        raise UserError(f"{name}: not a plan.", "Start one with `zonula plan start`.")
    try:
        plan = msgspec.convert(written, Plan)
    except msgspec.ValidationError as wrong:
        raise UserError(f"{name}: {wrong}.") from None
    check(msgspec.to_builtins(plan.protocol), name, GATES)
    if plan.protocol.fingerprint != plan.protocol_fingerprint:
        raise UserError(
            f"{name}: the protocol was changed after the plan was started.", "A running plan keeps its version."
        )
    if not plan.events:
        raise UserError(f"{name}: the plan has no events.")
    return plan


def parse_situation(text: str, name: str) -> Situation:
    """Read what is known about the patient. Raises UserError naming the field."""
    try:
        written = _load(text, name)
        return msgspec.convert({} if written is None else written, Situation)
    except msgspec.ValidationError as wrong:
        raise UserError(f"{name}: {wrong}.") from None


def _load(text: str, name: str) -> Any:
    if text.lstrip()[:1] == "{":
        try:
            return msgspec.json.decode(text)  # what we write ourselves; a hundred times as fast as YAML
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass  # YAML's own braces, or words about what is wrong
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:  # ValueError: a date like 2026-13-01
        raise UserError(f"{name}: not readable as YAML or JSON: {' '.join(str(wrong).split())[:160]}.") from None
