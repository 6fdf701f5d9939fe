// hostile: ten thousand questions in a row
// expect: LINT_FAILED
// generate: [10000, "1 ? 2 : ", "3", ""]
// python: a if b else (…)
const deep = GENERATED;
deep;
