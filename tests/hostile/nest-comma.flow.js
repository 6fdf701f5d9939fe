// hostile: fifty thousand values in a row
// expect: LINT_FAILED|OK
// generate: [50000, "1,", "1", ""]
// value: 1
const deep = (GENERATED);
deep;
