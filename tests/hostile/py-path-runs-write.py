# hostile: it forges the record of a run
# expect: POLICY_DENIED
import os

os.makedirs("runs", exist_ok=True)
open("runs/forged.json", "w").write("{}")
