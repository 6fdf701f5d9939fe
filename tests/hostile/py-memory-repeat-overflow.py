# hostile: a repetition whose length has no number
# expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
"x" * (1 << 62)
