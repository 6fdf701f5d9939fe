# hostile: most of the memory that it has, and it gives it back
# expect: OK
# value: 3
for _ in range(3):
    data = bytearray(8_000_000)
    del data
result = 3
