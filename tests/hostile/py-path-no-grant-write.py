# hostile: a file that it may not write
# expect: POLICY_DENIED
# grant: {"read": ["**"], "write": ["out/**"]}
open("elsewhere.txt", "w").write("x")
