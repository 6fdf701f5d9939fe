"""Backs up a folder into a zip, checks it, adds to it and reads pieces back; gzip and bz2 beside it."""

import bz2
import gzip
import io
import lzma
import shutil
import zipfile
import zlib
from pathlib import Path

source = Path("backup_source")
(source / "sub").mkdir(parents=True)
(source / "a.txt").write_text("alpha\n" * 100)
(source / "sub" / "b.bin").write_bytes(bytes(range(256)))
(source / "sub" / "ü.txt").write_text("umlaut", encoding="utf-8")

target = Path("backup.zip")
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(source.rglob("*")):
        archive.write(path, path.relative_to(source))
    info = zipfile.ZipInfo("notes/today.txt", date_time=(2024, 3, 5, 10, 30, 0))
    info.compress_type = zipfile.ZIP_STORED
    archive.writestr(info, "stored as it is")
    archive.comment = b"nightly"

with zipfile.ZipFile(target) as archive:
    print(archive.testzip(), archive.comment, archive.namelist())
    a = archive.getinfo("a.txt")
    print(a.file_size, a.compress_size < 50, a.is_dir(), hex(a.CRC), archive.getinfo("notes/today.txt").date_time)
    with archive.open("a.txt") as file:
        print(file.readline(), file.read(3))
    with io.TextIOWrapper(archive.open("sub/ü.txt"), encoding="utf-8") as text:
        print(text.read())
    archive.extractall("restored", members=["a.txt", "sub/b.bin"])
    try:
        archive.read("nothing")
    except KeyError as error:
        print("KeyError", error)
print(sorted(p.as_posix() for p in Path("restored").rglob("*") if p.is_file()), Path("restored/sub/b.bin").read_bytes() == bytes(range(256)))

with zipfile.ZipFile(target, "a") as archive:
    archive.writestr("late.txt", b"x" * 10)
    print(len(archive.infolist()), zipfile.is_zipfile(target), zipfile.is_zipfile(source / "a.txt"))
inside = zipfile.Path(target) / "sub"
print(sorted(entry.name for entry in inside.iterdir()), (inside / "b.bin").read_bytes()[:2])
try:
    zipfile.ZipFile(io.BytesIO(b"not a zip at all"))
except zipfile.BadZipFile as error:
    print(error)
broken = bytearray(target.read_bytes())
broken[60] ^= 0xFF
with zipfile.ZipFile(io.BytesIO(bytes(broken))) as archive:
    try:
        print(archive.testzip())
    except zlib.error:
        print("a stream is broken")

data = b"again and again " * 200
for name, module in (("gzip", gzip), ("bz2", bz2), ("lzma", lzma)):
    packed = module.compress(data)
    print(name, len(packed) < 200, module.decompress(packed) == data)
with gzip.open("log.gz", "wt", encoding="utf-8") as file:
    file.write("zeile eins\nzeile zwei\n")
with gzip.open("log.gz", "rt", encoding="utf-8") as file:
    print([line.strip() for line in file])
stream = zlib.decompressobj()
packed = zlib.compress(data)
print(len(b"".join(stream.decompress(packed[i : i + 7]) for i in range(0, len(packed), 7)) + stream.flush()), stream.eof)
shutil.make_archive("whole", "zip", source)
print(len(zipfile.ZipFile("whole.zip").namelist()) >= 3, Path("whole.zip").exists())
