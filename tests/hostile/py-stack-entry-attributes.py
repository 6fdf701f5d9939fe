# hostile: the flow's own text is a chain
# expect: LINT_FAILED|QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_MEMORY
# generate: [20000, "a.", "a", ""]
a = None
value = GENERATED
