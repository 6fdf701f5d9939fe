# hostile: a sum of very many numbers that is compiled
# expect: QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_MEMORY|OK
eval("+".join(["1"] * 20_000))
