# hostile: a list repeated a thousand million times
# expect: QUOTA_MEMORY
[0] * 10**9
