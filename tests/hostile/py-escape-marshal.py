# hostile: bytes that are no code
# expect: RUNTIME_EXCEPTION|OK
import marshal

result = 0
good = marshal.dumps(compile("a = [1, 'x', (2, 3)]", "x", "exec"))
for at in range(len(good)):
    for byte in (0, 127, 255):
        try:
            marshal.loads(good[:at] + bytes([byte]) + good[at + 1 :])
        except (ValueError, EOFError, TypeError, MemoryError, OverflowError, UnicodeError, RecursionError):
            result += 1
