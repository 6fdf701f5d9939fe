# hostile: the flow's own text nests
# expect: LINT_FAILED|QUOTA_STACK|QUOTA_MEMORY
# generate: [5000, "(", "1", ")"]
value = GENERATED
