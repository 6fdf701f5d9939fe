"""Seeded chance: the same numbers in every Python, sampling, shuffling, weights, a queue at a counter."""

import heapq
import random
import statistics
from collections import Counter

rng = random.Random(2024)
print([rng.randint(1, 6) for _ in range(10)], rng.random(), rng.uniform(1, 2))
print(rng.choice("abc"), rng.choices(["a", "b"], weights=[1, 9], k=5), rng.sample(range(100), 4), rng.getrandbits(70))
deck = list(range(8))
rng.shuffle(deck)
print(deck, rng.randrange(0, 100, 7), rng.randbytes(4).hex(), round(rng.gauss(0, 1), 6), round(rng.normalvariate(5, 2), 6))
print([round(f, 6) for f in (rng.expovariate(2), rng.triangular(0, 1, 0.5), rng.betavariate(2, 3), rng.gammavariate(2, 1), rng.lognormvariate(0, 1), rng.vonmisesvariate(0, 4), rng.paretovariate(3), rng.weibullvariate(1, 2))])
state = rng.getstate()
first = [rng.random() for _ in range(3)]
rng.setstate(state)
print(first == [rng.random() for _ in range(3)], random.Random("text").random(), random.Random(b"bytes").random(), random.Random(1.5).random())

counts = Counter(rng.choices("xyz", cum_weights=[1, 3, 10], k=1000))
print(counts["z"] > counts["y"] > counts["x"], sum(counts.values()))


def bank(customers, tellers, seed):
    """Customers arrive by an exponential clock; a heap holds when each teller is free."""
    rng = random.Random(seed)
    free, now, waits = [0.0] * tellers, 0.0, []
    for _ in range(customers):
        now += rng.expovariate(1.0)
        ready = heapq.heappop(free)
        start = max(now, ready)
        waits.append(start - now)
        heapq.heappush(free, start + rng.uniform(1.0, 2.5))
    return waits


for tellers in (1, 2, 3):
    waits = bank(200, tellers, seed=7)
    print(tellers, round(statistics.mean(waits), 4), round(max(waits), 4), sum(wait == 0 for wait in waits))

inside = sum(rng.random() ** 2 + rng.random() ** 2 < 1 for _ in range(3000))
print(round(4 * inside / 3000, 3), heapq.nlargest(2, [3, 1, 2]), heapq.nsmallest(2, "hello"), list(heapq.merge([1, 4], [2, 3])))
random.seed(42)
print(random.random(), random.sample(["red", "blue"], counts=[3, 2], k=3))
for wrong in (lambda: random.choice([]), lambda: random.sample([1], 2), lambda: random.randrange(5, 5)):
    try:
        wrong()
    except (IndexError, ValueError) as error:
        print(type(error).__name__, end=" ")
print()
