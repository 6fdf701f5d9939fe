# hostile: it takes away a whole tree
# expect: POLICY_DENIED
# grant: {"read": ["**"], "write": ["out/**"]}
# files: {"kept/a.txt": "a"}
import shutil

shutil.rmtree("kept")
