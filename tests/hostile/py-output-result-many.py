# hostile: a result of very many parts
# expect: QUOTA_OUTPUT|INVALID_RESULT|QUOTA_MEMORY
[[]] * 1_000_000
