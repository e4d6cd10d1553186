"""Known answers of benchmarks/speed/pairs.py and report.py.

    check_pairs.py FOLDER_OF_PAIRS
"""
import sys

sys.path.insert(0, sys.argv[1])
from pairs import Comparison, Pair, Probe, Spread, compare, median  # noqa: E402

STEADY = Probe(0.002, 0.001)


def pair(ours=1.0, other=2.0, before=STEADY, after=STEADY):
    return Pair(before, ours, other, after)


def pairs_of(*made):
    """A comparison of three pairs wanted, from pairs that are measured one after another, the last again and again."""
    remaining = list(made)
    return compare(3, lambda: remaining.pop(0) if len(remaining) > 1 else remaining[0])


def checks():
    yield "median of an odd number", median([5, 1, 3]) == 3
    yield "median of an even number", median([4, 1, 2, 10]) == 3
    yield "spread", Spread.of([2, 1, 4]) == Spread(2, 1, 4)
    yield "text of a spread", Spread(2, 1, 4).text() == "2.00 (1.00–4.00)"
    yield "ratio", pair(1.0, 2.0).ratio == 2
    yield "limit of one thread", abs(pair().limit_of(1) - 0.5e12) < 1
    yield "limit of two threads", abs(pair().limit_of(2) - 1e12) < 1
    yield "a steady probe", pair().why_not() is None
    yield "a probe that moved by 9 %", pair(after=Probe(0.00218, 0.001)).why_not() is None
    yield "a probe that became 11 % slower", pair(after=Probe(0.00222, 0.001)).why_not() == "moved"
    yield "a probe that became 11 % faster", pair(before=Probe(0.00222, 0.001)).why_not() == "moved"
    yield "two threads 1.6 times as fast", pair(after=Probe(0.002, 0.00125)).why_not() == "scale"
    yield "one thread needs no scale", pair(before=Probe(0.002), after=Probe(0.002)).why_not() is None
    thrown = pairs_of(pair(), pair(after=Probe(0.003, 0.001)), pair(1.0, 3.0), pair(after=Probe(0.002, 0.002)), pair(1.0, 4.0))
    yield "pairs are measured again", len(thrown.kept) == 3 and thrown.tried == 5
    yield "thrown pairs do not count", thrown.spread(lambda each: each.ratio) == Spread(3, 2, 4)
    yield "counts", thrown.counts() == "3 + 1 moved, 1 unscaled"
    never = pairs_of(pair(after=Probe(0.003, 0.001)))
    yield "no more than four times the pairs wanted", never.tried == 12 and not never.kept
    yield "nothing thrown", Comparison([pair()]).counts() == "1"


def main():
    results = list(checks())
    for name, right in results:
        if not right:
            print(f"wrong: {name}")
    failed = sum(not right for _, right in results)
    print(f"{len(results) - failed} passed, {failed} failed")


main()
