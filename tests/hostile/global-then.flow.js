// hostile: every object is a thenable that loops
// expect: QUOTA_FUEL
Object.prototype.then = () => {
  for (;;) {}
};
export default async () => await { plain: true };
