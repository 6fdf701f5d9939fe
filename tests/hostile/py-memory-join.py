# hostile: a join that gives more than there is
# expect: QUOTA_MEMORY
("x" * 1000).join(["y"] * 10**6)
