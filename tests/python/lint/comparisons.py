import os

x, y = 1, [1]
flag = True
if x == None:  # none-comparison
    pass
if flag == True:  # true-false-comparison
    pass
if not x in y:  # not-in-test
    pass
if not x is None:  # not-is-test
    pass
if type(x) == type(1):  # type-comparison
    pass
if x is "one":  # is-literal
    pass
if (x, "true"):  # if-tuple
    pass
assert (x, "always")  # assert-tuple
assert "always"  # assert-on-string-literal
assert (z := x)  # assignment-in-assert
print(z)
assert False  # assert-false
++x  # unary-prefix-increment-decrement
hasattr(x, "__call__")  # unreliable-callable-check
x = 1 if flag else 1  # useless-if-else
[1, 2][5]  # potential-index-error
[1, 2]["one"]  # invalid-index-type
os.getenv(1)  # invalid-envvar-value
os.environ = {}  # assignment-to-os-environ
{1, 2, 1}  # duplicate-value
{"a": 1, "a": 2}  # multi-value-repeated-key-literal
{x: 1, x: 2}  # multi-value-repeated-key-variable
{"a": n for n in range(3)}  # static-key-dict-comprehension
y[0]: 1  # unintentional-type-annotation
print("abc".strip("http://"))  # strip-with-multi-characters
for x in x:  # loop-variable-overrides-iterator
    pass
numbers = {1, 2}
for number in numbers:  # modified-iterating-set
    numbers.add(number + 1)
