// The six programs in Python: each is a script whose last expression is the result, and runs in both interpreters as it is.

export const PROGRAMS = {
  recursion: `
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
fib(22)`,
  loop: `
n = 0
for i in range(1000000):
    n = (n + i * 3) % 1000003
n`,
  dictionaries: `
people = [{"id": i, "name": "p%d" % (i % 100), "age": i % 90} for i in range(30000)]
ages = {}
for person in people:
    ages[person["name"]] = ages.get(person["name"], 0) + person["age"]
len(ages) + sum(p["id"] for p in people if p["age"] > 40)`,
  json: `
import json
rows = [{"id": i, "name": "row %d" % i, "tags": ["a", "b"], "nested": {"x": i / 3, "ok": i % 2 == 0}} for i in range(4000)]
length = 0
for _ in range(3):
    text = json.dumps(rows)
    length += len(text) + len(json.loads(text))
length`,
  'string building': `
s = ""
for _ in range(200000):
    s += "x"
len(s) + len("\\n".join("line %d" % i for i in range(50000)))`,
  sort: `
seed = 12345
numbers = []
for _ in range(50000):
    seed = (seed * 1103515245 + 12345) % 2147483648
    numbers.append(seed)
numbers.sort()
numbers[0] + numbers[-1]`,
};

/** What is slow at a module's top, as it is usually written. */
export const IN_A_FUNCTION = `
def build(count):
    s = ""
    for _ in range(count):
        s += "x"
    return len(s)
build(200000)`;
