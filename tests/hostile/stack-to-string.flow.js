// hostile: a toString that needs itself
// expect: QUOTA_STACK
// python: __str__ that prints itself
const object = { toString: () => `${object}` };
`${object}`;
