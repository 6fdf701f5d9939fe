# hostile: a result that is too long
# expect: QUOTA_OUTPUT
"x" * 200_000
