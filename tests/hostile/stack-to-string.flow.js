// hostile: a toString that needs itself
// expect: QUOTA_STACK|OK
// python: __str__ that prints itself
const object = { toString: () => `${object}` };
`${object}`;
