# hostile: JSON that is nested
# expect: QUOTA_STACK|RUNTIME_EXCEPTION
import json

json.loads("[" * 100_000)
