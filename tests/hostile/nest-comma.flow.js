// hostile: ten thousand values in a row
// expect: LINT_FAILED|QUOTA_STACK|OK
// generate: [10000, "1,", "1", ""]
const deep = (GENERATED);
deep;
