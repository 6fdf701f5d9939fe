# hostile: the records of runs by another spelling
# expect: POLICY_DENIED
open("x/../runs/./forged.json", "w").write("{}")
