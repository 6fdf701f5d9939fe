"""Makes a project folder, walks it, renames, globs and sums up, with pathlib and os side by side."""

import fnmatch
import glob
import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath, PureWindowsPath

root = Path("project")
for name, text in {
    "README.md": "# Hi\n",
    "src/app/main.py": "print('hi')\n" * 3,
    "src/app/__init__.py": "",
    "src/lib.py": "x = 1\n",
    "data/2024/01/a.csv": "1,2\n",
    "data/2024/02/b.csv": "3,4\n5,6\n",
}.items():
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")

print(sorted(str(path) for path in root.rglob("*.py")), sorted(p.name for p in root.iterdir()))
print([p.as_posix() for p in sorted(root.glob("data/*/0[12]/*.csv"))], sorted(glob.glob("project/**/*.md", recursive=True)))
for folder, names, files in sorted(os.walk(root)):
    print(folder, sorted(names), sorted(files))
print(sum(path.stat().st_size for path in root.rglob("*") if path.is_file()), len(root.joinpath("src", "app", "main.py").read_text().splitlines()))

main = root / "src/app/main.py"
print(main.name, main.stem, main.suffix, main.parts[1:3], main.parent.name, main.with_suffix(".txt").name, main.with_name("x.py"), main.relative_to(root), main.match("*.py"), list(main.parents)[-2])
moved = main.rename(main.with_stem("start"))
print(main.exists(), moved.is_file(), moved.parent.is_dir(), (root / "nothing").exists(), Path("a/../b/./c"), os.path.normpath("a/../b/./c"), Path("archive.tar.gz").suffixes)
shutil.copytree(root / "src", root / "copy", ignore=shutil.ignore_patterns("__init__*"))
shutil.move(str(root / "copy" / "lib.py"), str(root / "lib2.py"))
shutil.copy(root / "lib2.py", root / "lib3.py")
print(sorted(p.relative_to(root).as_posix() for p in root.rglob("*.py")))
for act in (lambda: (root / "data").rmdir(), lambda: Path("none.txt").read_text(), lambda: root.mkdir(), lambda: (root / "README.md" / "x").write_text(""), lambda: root.read_bytes(), lambda: Path("none").unlink(), lambda: open(moved, "x")):
    try:
        act()
    except OSError as error:
        print(type(error).__name__, end=" ")
print()
Path("none").unlink(missing_ok=True)
shutil.rmtree(root / "data")
print((root / "data").exists(), PurePosixPath("/etc") / "/abs", PureWindowsPath(r"c:\Users\x\y.txt").parts, PureWindowsPath("a/b").as_posix(), PurePosixPath("a") < PurePosixPath("b"), PurePosixPath("/a/b").is_relative_to("/a"))
print(os.path.join("a", "b", "/c"), os.path.split("/x/y.z"), os.path.splitext("a.b.c"), os.path.commonpath(["/a/b", "/a/c"]), os.path.relpath("/a/b", "/a/c"), os.path.basename("/x/"), os.path.isabs("x"), fnmatch.filter(["a.py", "b.txt"], "*.py"))
with (root / "log.txt").open("a+") as file:
    file.write("one\ntwo\n")
    file.seek(0)
    print(file.readline(), file.tell(), file.readlines(), file.name, file.mode, end=" ")
with open(root / "log.txt", "r+b") as file:
    file.seek(-4, os.SEEK_END)
    file.write(b"TWO!")
    file.truncate(6)
print((root / "log.txt").read_bytes(), os.path.getsize(root / "log.txt"))
with os.scandir(root) as entries:
    print(sorted((entry.name, entry.is_dir()) for entry in entries if not entry.name.startswith("l")))
with tempfile.NamedTemporaryFile("w+", suffix=".txt", delete=True) as file:
    file.write("t")
    file.flush()
    print(Path(file.name).suffix, os.path.exists(file.name))
os.makedirs("deep/er/still", exist_ok=True)
os.removedirs("deep/er/still")
print(os.path.exists("deep"), Path.cwd() == Path(os.getcwd()), Path("project").resolve() == Path.cwd() / "project", os.sep, os.linesep == "\n")
