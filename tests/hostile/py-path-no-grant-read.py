# hostile: a file that it may not read
# expect: POLICY_DENIED
# grant: {"read": ["data/**"], "write": []}
# files: {"secret.txt": "secret"}
open("secret.txt").read()
