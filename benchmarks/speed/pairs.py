"""Measuring in pairs: what is compared runs in turns, between two probes of the machine, and what is disturbed does not
count."""
import math
from dataclasses import dataclass, field

MOST_MOVED = 0.10   # of a probe, from before a pair to behind it
LEAST_SCALE = 1.7   # of a probe's speed, from one thread to two
TRIES = 4           # for each pair wanted


def median(values):
    """The middle one, or the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


@dataclass(frozen=True)
class Spread:
    """Median and range of what several pairs gave."""
    median: float
    least: float
    most: float

    @staticmethod
    def of(values):
        return Spread(median(values), min(values), max(values))

    def text(self, digits=2):
        return f"{self.median:.{digits}f} ({self.least:.{digits}f}–{self.most:.{digits}f})"


@dataclass(frozen=True)
class Probe:
    """Seconds of a billion multiply-accumulates: on one thread, and where two are used, on two together."""
    one: float
    two: float = 0.0

    @property
    def scale(self):
        return self.one / self.two if self.two else math.nan


def moved(before, after):
    """By which part the slower of two probes of the same kind is behind the faster."""
    return max(before, after) / min(before, after) - 1


@dataclass(frozen=True)
class Pair:
    """Seconds of a run of each side, and the probes around them."""
    before: Probe
    ours: float
    other: float
    after: Probe

    @property
    def ratio(self):
        """How many times as fast as the other ours is."""
        return self.other / self.ours

    def limit_of(self, threads):
        """Multiply-accumulates per second, at most, of one thread or of two."""
        return 2e9 / (self.before.one + self.after.one if threads == 1 else self.before.two + self.after.two)

    def why_not(self):
        """Why the pair does not count, or None."""
        if moved(self.before.one, self.after.one) > MOST_MOVED:
            return "moved"
        if self.before.two and min(self.before.scale, self.after.scale) < LEAST_SCALE:
            return "scale"
        return None


@dataclass
class Comparison:
    """All pairs of two sides."""
    kept: list = field(default_factory=list)
    moved: int = 0
    unscaled: int = 0

    def add(self, pair):
        reason = pair.why_not()
        if reason is None:
            self.kept.append(pair)
        elif reason == "moved":
            self.moved += 1
        else:
            self.unscaled += 1

    @property
    def tried(self):
        return len(self.kept) + self.moved + self.unscaled

    def spread(self, quantity):
        return Spread.of([quantity(pair) for pair in self.kept])

    def counts(self):
        """How many pairs count, and how many were thrown away."""
        thrown = [f"{self.moved} moved"] * (self.moved > 0) + [f"{self.unscaled} unscaled"] * (self.unscaled > 0)
        return f"{len(self.kept)} + {', '.join(thrown)}" if thrown else str(len(self.kept))


def compare(wanted, measure_pair):
    """Pairs until `wanted` count, or too many do not."""
    comparison = Comparison()
    while len(comparison.kept) < wanted and comparison.tried < TRIES * wanted:
        comparison.add(measure_pair())
    return comparison
