"""The constants of the model, each with its meaning. None is a clinical threshold; they describe how diaries behave."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hyperparameters:
    """Modelling constants, tuned on virtual diarists whose mechanisms differ from the model (docs/food-triggers/model.md).

    lag_centroids, lag_weights: time-average delay in hours of each lag class, and its prior weight.
    lag_shapes: gamma shapes of the kernels (sd = lag/sqrt(shape)): short and broad time courses.
    horizon_hours: an effect is counted for so long after eating (the contract's five days).
    half_saturation: servings; dose d acts like d(1+c)/(d+c) servings.
    effect_scales: rating points x days per serving; half-normal scales of the slab, with equal weight.
    affected_base, affected_share: expected number of symptoms that a trigger acts on is base + share x symptoms.
    belief_log_odds: shift of the prior log odds per point (0-10) of belief; belief_absent: shift when stated 0 or never.
    suspected_usually, suspected_rightly: share of foods, and of triggers, that a person suspects; suspicion_prior: foods' worth of the first.
    *_sd: prior sd of nuisance coefficients in units of the noise sd. expectation_sd: per unit belief/10 and rating-point-day.
    slow_*: narrower bumps of slow weather. noise_prior, noise_typical: so many occasions' worth of a noise variance of so much.
    coincidence: chance that an exposure falls on an unrelated flare; n exposures can earn a Bayes factor of its -n th power.
    tail: degrees of freedom of the heavy-tailed weather. temper: power of the likelihood; below 1 because no model is right.
    memory_hours, white_shares: grid of the weather: Ornstein-Uhlenbeck memory and share of memoryless rating noise.
    sweeps, burn_in: length of the Gibbs sampler. seed: of its generator; the order of groups never matters.
    """

    lag_centroids: tuple[float, ...] = (1.5, 4.0, 8.0, 14.0, 22.0, 33.0, 48.0, 66.0, 18.0, 34.0, 55.0)
    lag_weights: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0, 0.7, 0.5, 0.3, 0.7, 1.0, 0.8)
    lag_shapes: tuple[float, ...] = (4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 1.5, 1.5, 1.5)
    horizon_hours: float = 120.0
    half_saturation: float = 1.5
    effect_scales: tuple[float, ...] = (0.6,)
    affected_base: float = 1.5
    affected_share: float = 0.1
    belief_log_odds: float = 0.16
    belief_absent: float = -0.25
    suspected_usually: float = 0.14
    suspected_rightly: float = 0.4
    suspicion_prior: float = 4.0
    intercept_sd: float = 10.0
    trend_sd: float = 1.0
    trend_days: float = 20.0
    slow_sd: float = 0.15
    slow_days: float = 5.0
    noise_prior: float = 6.0
    noise_typical: float = 0.5
    coincidence: float = 0.05
    tail: float = 30.0
    temper: float = 0.9
    clock_sd: float = 0.7
    weekday_sd: float = 0.3
    context_sd: float = 0.6
    menses_sd: float = 1.0
    ill_sd: float = 2.0
    rescue_sd: float = 1.5
    phase_sd: float = 1.0
    expectation_sd: float = 0.3
    memory_hours: tuple[float, ...] = (5.0, 10.0, 20.0, 40.0, 80.0)
    white_shares: tuple[float, ...] = (0.05, 0.25, 0.5)
    sweeps: int = 60
    burn_in: int = 25
    seed: int = 20261124


DEFAULT = Hyperparameters()
