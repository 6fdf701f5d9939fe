# hostile: blocks within blocks
# expect: QUOTA_FUEL|QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_MEMORY
exec("".join(" " * n + "if 1:\n" for n in range(2000)) + " " * 2000 + "pass\n")
