"""The front door of the inference: one diary in, verdicts out."""

from zonula.diary.entries import Diary
from zonula.food_triggers.hyperparameters import DEFAULT, Hyperparameters
from zonula.food_triggers.inference import infer
from zonula.food_triggers.verdict import DiaryVerdict, judge


def analyse(diary: Diary, hyper: Hyperparameters = DEFAULT) -> DiaryVerdict:
    """The verdict on every food group of a diary. Deterministic; never raises on what a diary may hold."""
    return judge(diary, infer(diary, hyper), hyper)
