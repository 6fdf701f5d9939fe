# hostile: it moves a file out of where it may write
# expect: POLICY_DENIED
# grant: {"read": ["**"], "write": ["out/**"]}
# files: {"out/a.txt": "a"}
import os

os.rename("out/a.txt", "elsewhere.txt")
