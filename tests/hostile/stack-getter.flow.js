// hostile: a getter that reads itself
// expect: QUOTA_STACK
// python: @property
const object = {
  get self() {
    return this.self;
  },
};
object.self;
