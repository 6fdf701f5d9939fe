// hostile: a text of three million characters
// expect: TOO_LARGE
// generate: [3000000, "x", "", ""]
// python: the same
const text = 'GENERATED';
text.length;
