# hostile: it takes away what it may not
# expect: POLICY_DENIED
# grant: {"read": ["**"], "write": ["out/**"]}
# files: {"kept.txt": "kept"}
import os

os.remove("kept.txt")
