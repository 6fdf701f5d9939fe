// hostile: a result whose getter adds another one
// expect: OK|QUOTA_FUEL|INVALID_RESULT
const result = {};
let names = 0;
const add = () => {
  Object.defineProperty(result, `name${names++}`, { get: () => add(), enumerable: true });
  return names;
};
add();
result;
