// hostile: a thenable that resolves to another, for ever
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: an awaitable that awaits another
const thenable = { then: (resolve) => resolve({ then: thenable.then }) };
export default async () => await thenable;
