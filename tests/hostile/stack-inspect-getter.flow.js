// hostile: a getter that logs itself
// expect: OK|QUOTA_STACK
const object = {
  get self() {
    console.log(object);
    return object;
  },
};
console.log(object);
object.self === object;
