# hostile: a file that was not granted, left open
# expect: POLICY_DENIED
# grant: {"read": ["**"], "write": ["out/**"]}
file = open("elsewhere.txt", "w")
