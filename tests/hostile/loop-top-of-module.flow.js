// hostile: a module that loops before it exports anything
// expect: QUOTA_FUEL
// python: a loop at the top of an imported module
for (;;) {}
export default async () => 1;
