// hostile: an object with twenty thousand prototypes
// expect: QUOTA_STACK|OK
// limits: {"fuelMax": 50000000}
// python: a class hierarchy made with type()
let object = {};
for (let n = 0; n < 20000; n += 1) object = Object.create(object);
object.missing;
