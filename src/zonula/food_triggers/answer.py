"""The verdicts as the contract's JSON (docs/schemas/triggers-analysis.schema.json)."""

from typing import Any

from zonula.food_triggers.verdict import DiaryVerdict, Effect, GroupVerdict

FORMAT = "zonula-triggers-analysis/1"


def answer(verdicts: list[DiaryVerdict]) -> dict[str, Any]:
    """The whole answer. Plain numbers and text only."""
    return {"format": FORMAT, "patients": {verdict.patient: patient_answer(verdict) for verdict in verdicts}}


def patient_answer(verdict: DiaryVerdict) -> dict[str, Any]:
    """One person's groups, what cannot be separated, and the refusal if there is one."""
    return {
        "days": verdict.days,
        "ratings": verdict.ratings,
        "refusal": verdict.refusal or None,
        "converged": verdict.converged,
        "groups": {group.group: _group(group) for group in verdict.groups},
        "cannot_be_separated": [
            {"groups": [pair.first, pair.second], "together": _round(pair.together), "smallest_change": pair.change}
            for pair in verdict.separations
        ],
    }


def _group(group: GroupVerdict) -> dict[str, Any]:
    said: dict[str, Any] = {"p": round(group.probability, 6), "verdict": group.verdict}
    if group.main is not None:
        said["effect"] = _effect(group.main)
    if group.lag_hours is not None:
        mean, low, high = group.lag_hours
        said["lag_hours"] = {"mean": _round(mean), "lo": _round(low), "hi": _round(high)}
    said["exposures"] = group.exposures
    said["exposure_days"] = group.exposure_days
    if group.effects:
        said["effects"] = [_effect(effect) for effect in group.effects]
    said["reasons"] = list(group.reasons)
    said["days_needed"] = group.days_needed
    return said


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "symptom": effect.symptom,
        "mean": _round(effect.mean),
        "lo": _round(effect.low),
        "hi": _round(effect.high),
    }


def _round(value: float) -> float:
    return round(value, 4)
