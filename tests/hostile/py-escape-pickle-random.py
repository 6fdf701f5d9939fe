# hostile: bytes that are hardly a pickle
# expect: OK
import pickle
import random

rng = random.Random(1)
good = pickle.dumps([{"a": (1, 2.5, "x", b"y")}, {3}], 4)
result = 0
for _ in range(300):
    bent = bytearray(good)
    for _ in range(rng.randrange(1, 4)):
        bent[rng.randrange(len(bent))] = rng.choice(b"(.tad]}eusbRNc\x80\x95\x8c\x94")
    try:
        pickle.loads(bytes(bent))
    except Exception:
        result += 1
assert result > 50
