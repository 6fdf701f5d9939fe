# hostile: a buffer that changes while it is looked at
# expect: OK|RUNTIME_EXCEPTION
data = bytearray(100)
view = memoryview(data)
try:
    data.extend(bytes(10**6))
except BufferError:
    view.release()
data.clear()
try:
    view[50]
except (ValueError, IndexError):
    pass
items = [1, 2, 3]
for item in items:
    if len(items) < 1000:
        items.append(item)
table = {n: n for n in range(10)}
try:
    for key in table:
        table[key + 100] = 1
except RuntimeError:
    pass
result = 1
