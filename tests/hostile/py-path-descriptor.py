# hostile: descriptors that were never given
# expect: OK
# value: 0
import os

result = 0
for number in [*range(3, 40), 10**6, 2**31 - 1]:
    for act in (lambda n: os.read(n, 10), lambda n: os.write(n, b"x"), os.fstat, os.close):
        try:
            if act(number) and act is not os.fstat:
                result += 1
        except (OSError, OverflowError):
            pass
