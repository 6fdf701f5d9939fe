"""Streams: text over bytes, line ends, seeking, print's options, input from a stream, struct records."""

import io
import os
import sys
import struct
import tempfile

text = io.StringIO("one\r\ntwo\nthree\rfour", newline=None)
print(text.readlines(), text.tell() > 0, io.StringIO("a\r\nb", newline="").readline().__repr__())
raw = io.BytesIO()
wrapper = io.TextIOWrapper(raw, encoding="utf-8", newline="\r\n", write_through=True)
print("é", 1, None, sep="|", end="!\n", file=wrapper)
wrapper.flush()
print(raw.getvalue(), wrapper.encoding, wrapper.detach() is raw)

with open("lines.txt", "w", encoding="latin-1", newline="\n") as file:
    print(file.write("Äpfel\n"), file.writelines(["b\n", "c"]), file.tell(), file.encoding, file.closed)
with open("lines.txt", "rb") as file:
    print(file.read(3), file.peek(2)[:2], file.readline(), file.seek(-1, 2), file.read(), file.read(), file.seekable())
for mode, encoding, errors in (("r", "latin-1", None), ("r", "utf-8", "replace"), ("r", "ascii", "ignore")):
    with open("lines.txt", mode, encoding=encoding, errors=errors) as file:
        print(ascii(next(file)), end=" ")
print()
try:
    open("lines.txt", encoding="utf-8").read()
except UnicodeDecodeError as error:
    print(error.reason, error.start)
with open("lines.txt") as file:
    try:
        file.write("x")
    except io.UnsupportedOperation as error:
        print(error)
try:
    file.read()
except ValueError as error:
    print(type(error).__name__, "closed" in str(error))

RECORD = struct.Struct("<I10sf")
with open("records.bin", "w+b") as file:
    for number, name, value in ((1, b"bolt", 0.5), (2, b"nut", 1.25), (3, b"gear", -2)):
        file.write(RECORD.pack(number, name, value))
    file.seek(RECORD.size)
    number, name, value = RECORD.unpack(file.read(RECORD.size))
    print(number, name.rstrip(b"\0").decode(), value, file.tell() // RECORD.size)
    file.seek(0)
    file.write(RECORD.pack(9, b"first", 9))
    file.seek(0)
    print([fields[0] for fields in RECORD.iter_unpack(file.read())], os.fstat(file.fileno()).st_size)
buffer = bytearray(5)
with open("records.bin", "rb", buffering=0) as file:
    print(file.readinto(buffer), bytes(buffer))

sys.stdin = io.StringIO("ann\n42\n\nrest")
print(input(), int(input("? ")) + 1, repr(input()), sys.stdin.read())
try:
    input()
except EOFError:
    print("end of input")
out, sys.stdout = sys.stdout, io.StringIO()
try:
    print("captured")
    captured = sys.stdout.getvalue()
finally:
    sys.stdout = out
print(captured.strip(), sys.stdout.writable(), "%s" % sys.getdefaultencoding(), sys.getfilesystemencoding())


class Upper(io.RawIOBase):
    def __init__(self, inner):
        self.inner = inner

    def readable(self):
        return True

    def readinto(self, target):
        data = self.inner.read(len(target)).upper()
        target[: len(data)] = data
        return len(data)


print(io.BufferedReader(Upper(io.BytesIO(b"shout")), 4).read(), list(io.TextIOWrapper(Upper(io.BytesIO(b"a\nb")))))
with tempfile.TemporaryFile("w+") as file, tempfile.SpooledTemporaryFile(max_size=3) as spool:
    file.write("temporary")
    file.seek(4)
    spool.write(b"longer")
    spool.seek(0)
    print(file.read(), spool.read())
handle, path = tempfile.mkstemp(suffix=".x")
os.write(handle, b"raw")
os.lseek(handle, 1, os.SEEK_SET)
print(os.read(handle, 10), os.close(handle), path.endswith(".x"), os.remove(path))
