# hostile: files that are never closed
# expect: QUOTA_MEMORY|RUNTIME_EXCEPTION|QUOTA_FILES|QUOTA_CALLS
# limits: {"filesMax": 5000}
held = []
while True:
    held.append(open(f"f{len(held)}", "w"))
