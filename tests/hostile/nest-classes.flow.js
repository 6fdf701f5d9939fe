// hostile: a thousand classes in each other
// expect: LINT_FAILED
// generate: [1000, "class A{static b=", "1", "}"]
GENERATED;
