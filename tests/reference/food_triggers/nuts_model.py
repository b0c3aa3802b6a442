"""The food-trigger model of one small diary, sampled by NUTS (NumPyro): the truth that the fast engine is held against.

Same data: ratings and exposure columns as the engine whitens, weighs and projects them, taken from the arguments of its
kernel, so that only the inference differs. Same model: shared inclusion, one lag class per group, at least one affected
symptom, half-normal effects, one-factor noise. Nothing is relaxed: inclusion, lag class and affected symptoms of all
groups together are summed out exactly, (1 + lags x patterns)^groups states at each step, so only small diaries fit.

What differs from the engine, on purpose: the noise covariance is sampled along (flat in the logs of the
variances and in each symptom's correlation with the flare), whereas the engine plugs in its best value; or it is held at
a given matrix. Run as a program it reads a JSON list of problems and writes a list of answers, in a process of its own,
because JAX starts threads.
"""

import json
import os
import sys
from itertools import product

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import logsumexp
from numpyro.infer import MCMC, NUTS, init_to_value
from small_problems import Problem


def log_total(log_odds, effects, precision, problem: Problem):
    """log of the sum over every configuration of the G >= 2 groups, given effects (G, S) and the noise's precision (S, S).

    A group is in one of n states: 0 is 'no trigger', the others a lag class and a set of affected symptoms. States act in
    pairs only, so the first two groups are summed against all states of the others by one matrix product. It keeps its
    accuracy while log Bayes factors stay below some hundreds, as they do in small diaries.
    """
    groups, symptoms = effects.shape
    lags = len(problem.lag_logs)
    masks = np.array(list(product((0.0, 1.0), repeat=symptoms)))[1:]
    hit = masks.sum(axis=1)
    pattern = hit * np.log(problem.share) + (symptoms - hit) * np.log1p(-problem.share)
    pattern -= np.log1p(-((1.0 - problem.share) ** symptoms))
    prior = np.array(problem.lag_logs)[:, None] + pattern
    gram = jnp.array(problem.gram).reshape(groups, lags, groups, lags)
    acts = masks * effects[:, None, :]  # groups, sets, symptoms
    weighed = acts @ precision
    gain = jnp.einsum("gks,gms->gkm", jnp.array(problem.projected).reshape(groups, lags, symptoms), weighed)
    size = jnp.einsum("gms,hns->gmhn", weighed, acts)

    def own(g):
        fit = gain[g] - 0.5 * jnp.diagonal(gram[g, :, g, :])[:, None] * jnp.diagonal(size[g, :, g, :])
        return jnp.concatenate([jnp.zeros(1), (log_odds[g] + prior + fit).ravel()])

    def pair(g, h):
        both = -jnp.einsum("kl,mn->kmln", gram[g, :, h, :], size[g, :, h, :])
        return jnp.pad(both.reshape(prior.size, prior.size), ((1, 0), (1, 0)))

    n, others = prior.size + 1, range(2, groups)
    rest = jnp.zeros(1)
    first = second = jnp.zeros((n, 1))
    for h in others:
        rest = rest[:, None] + own(h)
        for g in range(2, h):
            apart = pair(g, h).reshape(1, n, 1, n)
            rest = (rest.reshape(n ** (g - 2), n, n ** (h - 1 - g), n) + apart).reshape(-1, n)
        rest = rest.ravel()
        first = (first[:, :, None] + pair(0, h)[:, None, :]).reshape(n, -1)
        second = (second[:, :, None] + pair(1, h)[:, None, :]).reshape(n, -1)
    first, second = first + 0.5 * rest, second + 0.5 * rest
    top, peak = first.max(axis=1, keepdims=True), second.max(axis=1, keepdims=True)
    summed = jnp.log(jnp.exp(first - top) @ jnp.exp(second - peak).T) + top + peak.T
    return logsumexp(own(0)[:, None] + own(1)[None, :] + pair(0, 1) + summed)


def model(problem: Problem) -> None:
    groups, symptoms = len(problem.log_odds), len(problem.spread)
    effects = numpyro.sample("effects", dist.HalfNormal(problem.scale).expand([groups, symptoms]).to_event(2))
    if problem.noise is None:
        variance = numpyro.sample("log_variance", dist.ImproperUniform(dist.constraints.real, (), (symptoms,)))
        flare = numpyro.sample("flare", dist.Uniform(-1.0, 1.0).expand([symptoms]).to_event(1))
        deviation = jnp.exp(0.5 * variance)
        own = deviation**2 * (1.0 - flare**2) + problem.floor
        loading = deviation * flare
        shared = 1.0 + (loading**2 / own).sum()
        precision = jnp.diag(1.0 / own) - jnp.outer(loading / own, loading / own) / shared
        size = jnp.log(own).sum() + jnp.log(shared)
        half = -0.5 * (problem.freedom * size + (precision * jnp.array(problem.spread)).sum())
        numpyro.factor("noise", half)
    else:
        precision = jnp.array(np.linalg.inv(problem.noise))
    odds = jnp.array(problem.log_odds)
    numpyro.factor("food", log_total(odds, effects, precision, problem))
    # the derivative by its log odds is a group's inclusion probability given effects and noise
    numpyro.deterministic("probability", jax.grad(log_total)(odds, effects, precision, problem))


def sampler(problem: Problem, draws: int, warmup: int, chains: int) -> MCMC:
    """NUTS on the problem, ready to run; a second run is spared the compilation."""
    jax.config.update("jax_enable_x64", True)
    spread = np.array(problem.spread) / problem.freedom
    start = {
        "effects": np.full((len(problem.log_odds), len(spread)), 0.5 * problem.scale),
        "log_variance": np.log(np.diag(spread)),
        "flare": np.full(len(spread), 0.5),
    }
    if problem.noise is not None:
        start = {"effects": start["effects"]}
    kernel = NUTS(lambda: model(problem), init_strategy=init_to_value(values=start))
    return MCMC(kernel, num_warmup=warmup, num_samples=draws, num_chains=chains, chain_method="sequential", progress_bar=False)  # fmt: skip


def sample(problem: Problem, draws: int = 1000, warmup: int = 500, chains: int = 4, seed: int = 1) -> dict:
    """Inclusion probabilities (means of conditionals given effects and noise), their Monte Carlo error, and diagnostics."""
    run = sampler(problem, draws, warmup, chains)
    run.run(jax.random.PRNGKey(seed), extra_fields=("diverging", "num_steps"))
    p = np.asarray(run.get_samples(group_by_chain=True)["probability"])
    size = np.minimum(numpyro.diagnostics.effective_sample_size(p), p.shape[0] * p.shape[1])
    return {
        "probability": p.mean(axis=(0, 1)).tolist(),
        "error": (p.std(axis=(0, 1)) / np.sqrt(size)).tolist(),
        "r_hat": numpyro.diagnostics.split_gelman_rubin(p).tolist(),
        "divergent": int(run.get_extra_fields()["diverging"].sum()),
        "steps": int(run.get_extra_fields()["num_steps"].sum()),
        "chains": chains, "draws": draws, "warmup": warmup, "seed": seed,
    }  # fmt: skip


if __name__ == "__main__":
    json.dump([sample(Problem(**one["problem"]), **one["run"]) for one in json.load(sys.stdin)], sys.stdout)
