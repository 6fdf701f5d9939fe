// hostile: an object with twenty thousand prototypes
// expect: QUOTA_STACK|OK
// python: a class hierarchy made with type()
let object = {};
for (let n = 0; n < 20000; n += 1) object = Object.create(object);
object.missing;
