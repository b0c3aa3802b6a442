"""The engine against NUTS on the same model (tests/reference/food_triggers), on small virtual diaries with every trap on.

Given the noise covariance, and with the noise unknown, the two must agree within 0.05.
JAX runs in a process of its own, because it starts threads; there too its warnings are errors.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import yaml

from zonula.food_triggers.inference import infer

HERE = Path(__file__).parent
REFERENCE = HERE.parents[1] / "reference/food_triggers"
sys.path[:0] = [str(REFERENCE), str(HERE)]

from small_problems import (  # noqa: E402
    PLAIN,
    Problem,
    engine_given_noise,
    noise_known,
    problem_of,
    small_diary,
)
from test_agrees_with_enumeration import ODDS, SCALE, SHARE, enumerated, problem  # noqa: E402

STORED = yaml.safe_load((REFERENCE / "nuts_answers.yaml").read_text(encoding="utf-8"))
TOLERANCE = 0.05
LIVE = 2  # index of the diary that is sampled anew


def named(entry):
    return f"person{entry['person']}-{entry['symptoms']}symptoms"


def known(entry):
    found, order = problem_of(small_diary(entry))
    return noise_known(found), np.array(order)


@pytest.fixture(scope="module")
def sampled_now():
    """NUTS on one stored diary and on one problem that enumeration has solved, by the reference program itself."""
    x, y = problem(1, 0.5)
    counted = Problem(
        (x.T @ x).tolist(), (x.T @ y).tolist(), (y.T @ y).tolist(), float(len(y)), [ODDS] * 2,
        np.log([0.5, 0.5]).tolist(), SCALE, SHARE, 1e-6, np.eye(2).tolist(),
    )  # fmt: skip
    live, order = known(STORED[LIVE])
    run = {"draws": 250, "warmup": 200, "chains": 1, "seed": 7}
    said = subprocess.run(
        [sys.executable, "-W", "error", str(REFERENCE / "nuts_model.py")],
        input=json.dumps([{"problem": asdict(one), "run": run} for one in (live, counted)]),
        env={**os.environ, "JAX_PLATFORMS": "cpu"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    answers = [np.array(answer["probability"]) for answer in json.loads(said.stdout)]
    return answers[0][np.argsort(order)], answers[1], enumerated(x, y, np.ones(2))


def test_the_reference_agrees_with_counting_every_configuration(sampled_now):
    assert sampled_now[1] == pytest.approx(sampled_now[2], abs=TOLERANCE)


def test_nuts_run_now_repeats_its_stored_answer_and_agrees_with_the_engine(sampled_now):
    held, order = known(STORED[LIVE])
    assert sampled_now[0] == pytest.approx(STORED[LIVE]["noise_known"]["probability"], abs=TOLERANCE)
    assert engine_given_noise(held)[np.argsort(order)] == pytest.approx(sampled_now[0], abs=TOLERANCE)


@pytest.mark.parametrize("entry", STORED, ids=named)
def test_given_the_noise_the_engine_agrees_with_nuts(entry):
    held, order = known(entry)
    assert engine_given_noise(held)[np.argsort(order)] == pytest.approx(
        entry["noise_known"]["probability"], abs=TOLERANCE
    )


@pytest.mark.parametrize("entry", STORED, ids=named)
def test_with_unknown_noise_the_engine_agrees_with_nuts(entry):
    engine = infer(small_diary(entry), PLAIN).probability
    assert engine == pytest.approx(entry["noise_sampled"]["probability"], abs=TOLERANCE)
