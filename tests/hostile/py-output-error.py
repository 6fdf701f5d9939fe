# hostile: an error whose message is long
# expect: RUNTIME_EXCEPTION
raise ValueError("x" * 1_000_000)
