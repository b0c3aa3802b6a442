"""Samples the fixed set of small virtual diaries by NUTS and stores the answers in nuts_answers.yaml beside this file.

python tests/reference/food_triggers/make_reference.py        some minutes on one core
"""

import sys
from pathlib import Path

import numpy as np
import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from nuts_model import sample  # noqa: E402
from small_problems import DIARIES, noise_known, problem_of, small_diary  # noqa: E402

ANSWERS = HERE / "nuts_answers.yaml"
HEAD = """# Written by make_reference.py: do not edit. Per diary: who the virtual diarist is (seed, true triggers, groups, symptoms),
# and in the diary's order of groups the probability by NUTS, its Monte Carlo error and split R-hat.
# noise_known: given one noise covariance; noise_sampled: sampled along.
"""


USUAL = {"draws": 750, "warmup": 300, "chains": 2, "seed": 1}
# With the noise sampled along, the chain moves slowly where a flare may be nearly everything: these two need more draws
LONGER = {
    (6, 2): {"draws": 2500, "warmup": 500, "chains": 3, "seed": 5},
    (2, 3): {"draws": 1500, "warmup": 500, "chains": 3, "seed": 5},
}


def reference(shape: dict) -> dict:
    """The entry with the answers of NUTS, in the diary's order of groups: given the noise, and with it sampled."""
    problem, order = problem_of(small_diary(shape))
    back = np.argsort(order)
    longer = LONGER.get((shape["person"], shape["symptoms"]), USUAL)
    found = {}
    for name, version, run in (("noise_known", noise_known(problem), USUAL), ("noise_sampled", problem, longer)):
        answer = sample(version, **run)
        for key in ("probability", "error", "r_hat"):
            answer[key] = [round(answer[key][i], 4) for i in back]
        del answer["steps"]
        found[name] = answer
    return {**shape, **found}


def main() -> None:
    done = []
    for shape in DIARIES:
        done.append(reference(shape))
        print(done[-1], flush=True)
    ANSWERS.write_text(
        HEAD + yaml.safe_dump(done, sort_keys=False, default_flow_style=None, width=120), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
