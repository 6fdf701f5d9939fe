# hostile: a replacement that multiplies
# expect: QUOTA_MEMORY
("a" * 100_000).replace("a", "b" * 10_000)
