"""Treatment as a table that cannot be walked wrongly: stages, steps, gates, events, and the state of any day."""

from zonula.treatment_protocols.advance import advance, findings_for, limits, start
from zonula.treatment_protocols.challenge_risk import Setting, challenge_risk
from zonula.treatment_protocols.day import Today, today
from zonula.treatment_protocols.diagram import mermaid
from zonula.treatment_protocols.gates import GATES, ask
from zonula.treatment_protocols.plan import (
    Event,
    Exclusion,
    IllegalStepError,
    Limits,
    Plan,
    PlanState,
    Result,
    Verdict,
    Why,
)
from zonula.treatment_protocols.plan_file import parse_plan, parse_situation
from zonula.treatment_protocols.protocol import Protocol, Stage, Step, parse_protocol, shipped
from zonula.treatment_protocols.roles import Role
from zonula.treatment_protocols.situation import FoodHistory, RedFlag, Score, Situation, Weight
from zonula.treatment_protocols.timeline import state_on

__all__ = [
    "GATES",
    "Event",
    "Exclusion",
    "FoodHistory",
    "IllegalStepError",
    "Limits",
    "Plan",
    "PlanState",
    "Protocol",
    "RedFlag",
    "Result",
    "Role",
    "Score",
    "Setting",
    "Situation",
    "Stage",
    "Step",
    "Today",
    "Verdict",
    "Weight",
    "Why",
    "advance",
    "ask",
    "challenge_risk",
    "findings_for",
    "limits",
    "mermaid",
    "parse_plan",
    "parse_protocol",
    "parse_situation",
    "shipped",
    "start",
    "state_on",
    "today",
]
