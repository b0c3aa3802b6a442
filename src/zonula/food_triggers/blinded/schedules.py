"""Admissible orders of active and sham periods: counted, ranked and drawn exactly uniformly.

A schedule is admissible when it holds exactly the planned number of active and sham periods, no arm runs longer than
`longest_run` periods in a row and, when `paired`, each consecutive pair holds one of each. The number of ways to complete a
prefix is counted by dynamic programming, so rank -> schedule (unranking) is a bijection onto 0 .. count-1: a uniform rank is a
uniform schedule, with no rejection (Nijenhuis & Wilf, Combinatorial Algorithms, 2nd ed., 1978).
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache, cached_property

import msgspec
import numpy as np
import numpy.typing as npt

from zonula.errors import UserError

MOST_PERIODS = 20  # every admissible order is listed for the exact test; 2**20 candidates are sieved in a blink
OPENS, CLOSES = 1, 2  # whether the next period opens or closes a pair


class Arm(StrEnum):
    """What a period's portions hold."""

    ACTIVE = "active"
    SHAM = "sham"


class Schedules(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The set of admissible schedules. Raises UserError when the set is empty or too large to list."""

    active: int
    sham: int
    longest_run: int
    paired: bool = False

    def __post_init__(self) -> None:
        if self.active < 1 or self.sham < 1:
            raise UserError("a trial needs at least one active and one sham period")
        if self.longest_run < 1:
            raise UserError("the longest run must be at least 1 period")
        if self.periods > MOST_PERIODS:
            raise UserError(f"{self.periods} periods are more than {MOST_PERIODS}.", "Plan fewer periods.")
        if self.paired and self.active != self.sham:
            raise UserError("pairs need as many active as sham periods")
        if self.count == 0:
            raise UserError(
                f"no order of {self.active} active and {self.sham} sham periods keeps these limits.",
                "Allow a longer run, or balance the arms.",
            )

    @property
    def periods(self) -> int:
        """Periods in one schedule."""
        return self.active + self.sham

    @property
    def count(self) -> int:
        """How many admissible schedules there are."""
        return self._completions(())

    @property
    def smallest_p(self) -> float:
        """The smallest p that the exact one-sided randomisation test can reach: one schedule in `count`."""
        return 1 / self.count

    def _completions(self, prefix: Sequence[Arm]) -> int:
        """How many admissible schedules begin with this admissible prefix."""
        run = 0
        for arm in reversed(prefix):
            if arm is not prefix[-1]:
                break
            run += 1
        active_left = self.active - sum(arm is Arm.ACTIVE for arm in prefix)
        sham_left = self.periods - len(prefix) - active_left
        last_is_active = bool(prefix) and prefix[-1] is Arm.ACTIVE
        pair_step = (CLOSES if len(prefix) % 2 else OPENS) if self.paired else 0
        return _count((active_left, sham_left), last_is_active, run, self.longest_run, pair_step)

    def at(self, rank: int) -> tuple[Arm, ...]:
        """The schedule with this rank, 0 <= rank < count, in lexicographic order (active before sham)."""
        if not 0 <= rank < self.count:
            raise ValueError(f"rank {rank} is outside 0 .. {self.count - 1}")
        prefix: tuple[Arm, ...] = ()
        while len(prefix) < self.periods:
            for arm in self._next(prefix):
                ways = self._completions((*prefix, arm))
                if rank < ways:
                    prefix = (*prefix, arm)
                    break
                rank -= ways
        return prefix

    def rank_of(self, schedule: Sequence[Arm]) -> int:
        """The rank of a schedule: the inverse of `at`. Raises ValueError when it is not admissible."""
        rank, prefix = 0, ()  # type: int, tuple[Arm, ...]
        for chosen in schedule:
            allowed = self._next(prefix)
            if chosen not in allowed:
                raise ValueError("the schedule is not admissible")
            rank += sum(self._completions((*prefix, arm)) for arm in allowed[: allowed.index(chosen)])
            prefix = (*prefix, chosen)
        if len(prefix) != self.periods:
            raise ValueError("the schedule is not admissible")
        return rank

    def _next(self, prefix: tuple[Arm, ...]) -> tuple[Arm, ...]:
        """The arms that may follow an admissible prefix, those that can still be completed."""
        planned = {Arm.ACTIVE: self.active, Arm.SHAM: self.sham}
        allowed = []
        for arm in Arm:
            run = prefix[-self.longest_run :]
            if prefix.count(arm) == planned[arm] or (len(run) == self.longest_run and set(run) == {arm}):
                continue
            if self.paired and len(prefix) % 2 and prefix[-1] is arm:
                continue
            if self._completions((*prefix, arm)):
                allowed.append(arm)
        return tuple(allowed)

    def sample(self, rng: np.random.Generator) -> tuple[Arm, ...]:
        """One schedule, exactly uniformly."""
        return self.at(int(rng.integers(self.count)))

    def __iter__(self) -> Iterator[tuple[Arm, ...]]:
        return (self.at(rank) for rank in range(self.count))

    @cached_property
    def matrix(self) -> npt.NDArray[np.bool_]:
        """Every admissible schedule, one a row in order of rank: shape (count, periods), True where active."""
        codes = np.arange(2**self.periods - 1, -1, -1, dtype=np.uint32)
        rows: npt.NDArray[np.bool_] = (
            codes[:, None] >> np.arange(self.periods - 1, -1, -1, dtype=np.uint32) & 1
        ).astype(bool)
        rows = rows[rows.sum(axis=1) == self.active]
        for start in range(self.periods - self.longest_run):
            window = rows[:, start : start + self.longest_run + 1].sum(axis=1)
            rows = rows[(window > 0) & (window <= self.longest_run)]
        if self.paired:
            rows = rows[(rows[:, 0::2] != rows[:, 1::2]).all(axis=1)]
        return rows


@cache
def _count(left: tuple[int, int], last_is_active: bool, run: int, longest_run: int, pair_step: int) -> int:
    """Completions, given what is left and the current run. pair_step: 0 no pairs, 1 the next opens a pair, 2 it closes one."""
    active_left, sham_left = left
    if active_left == sham_left == 0:
        return 1
    ways = 0
    for is_active, still in ((True, active_left), (False, sham_left)):
        same = run > 0 and is_active == last_is_active
        if still == 0 or (same and (run == longest_run or pair_step == CLOSES)):
            continue
        rest = (active_left - 1, sham_left) if is_active else (active_left, sham_left - 1)
        ways += _count(rest, is_active, run + 1 if same else 1, longest_run, (0, CLOSES, OPENS)[pair_step])
    return ways
