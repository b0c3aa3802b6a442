"""CPU of the food-trigger engine beside NUTS (NumPyro) on the same model and diaries in the same run, with accuracy beside it.

Three small virtual diaries (3 groups, 2 or 3 symptoms, 40 days), because NUTS sums out every configuration exactly. The
noise covariance is given to both. Times are whole answers of a warm process: the engine from the diary to probabilities;
NUTS (one chain) from sufficient statistics, with and without its compilation, which each diary needs anew.
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/reference/food_triggers"))

import jax
from nuts_model import sampler
from small_problems import DIARIES, PLAIN, engine_given_noise, noise_known, problem_of, small_diary

from zonula.food_triggers.inference import infer

DRAWS, WARMUP = 500, 300
REPEATS = 20


def seconds(call, repeats: int = 1):
    """CPU seconds of one call, mean of `repeats`, and its answer."""
    begun = time.process_time()
    for _ in range(repeats):
        answer = call()
    return (time.process_time() - begun) / repeats, answer


def main() -> None:
    infer(small_diary(DIARIES[0]), PLAIN)  # compiled or read from the cache: start-up is not counted
    engine_given_noise(noise_known(problem_of(small_diary(DIARIES[0]))[0]))
    ratios = []
    for shape in DIARIES[:3]:
        diary = small_diary(shape)
        problem = noise_known(problem_of(diary)[0])
        fast, _ = seconds(lambda: infer(diary, PLAIN), REPEATS)  # noqa: B023 (called at once)
        kernel, p = seconds(lambda: engine_given_noise(problem), REPEATS)  # noqa: B023
        run = sampler(problem, DRAWS, WARMUP, 1)
        whole, _ = seconds(lambda: run.run(jax.random.PRNGKey(1)))  # noqa: B023
        sampling, _ = seconds(lambda: run.run(jax.random.PRNGKey(2)))  # noqa: B023
        nuts = np.asarray(run.get_samples()["probability"]).mean(axis=0)
        ratios.append(sampling / fast)
        apart = np.abs(p - nuts).max()
        print(
            f"{shape['groups']} groups x {shape['symptoms']} symptoms: engine {1000 * fast:.1f} ms (its kernel {1000 * kernel:.1f})"
            f"  NUTS {sampling:.1f} s, with compiling {whole:.1f} s  ratio {sampling / fast:.0f}, with compiling {whole / fast:.0f}"
            f"  largest difference {apart:.3f}",
            flush=True,
        )
    print(f"least ratio without compiling {min(ratios):.0f}; the goal is 500")


if __name__ == "__main__":
    main()
