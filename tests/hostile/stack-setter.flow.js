// hostile: a setter that writes itself
// expect: QUOTA_STACK
// python: __setattr__ that sets an attribute
const object = {
  set self(value) {
    this.self = value;
  },
};
object.self = 1;
