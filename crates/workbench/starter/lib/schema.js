// A working subset of JSON Schema 2020-12.
//
// Known: type, enum, const, required, properties, additionalProperties, items, minItems, maxItems,
// minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, pattern. Any other
// keyword is refused rather than passed over, so that nobody relies on a check that is not made.

const CHECKS = {
  type: ({ type }, value) => {
    const wanted = [type].flat();
    const found = typeOf(value);
    const fits = wanted.includes(found) || (found === "integer" && wanted.includes("number"));
    return fits ? null : `is ${article(found)}, and should be ${wanted.map(article).join(" or ")}`;
  },
  enum: (schema, value) => (schema.enum.some((one) => same(one, value)) ? null : `is ${show(value)}, and should be one of ${schema.enum.map(show).join(", ")}`),
  const: (schema, value) => (same(schema.const, value) ? null : `is ${show(value)}, and should be ${show(schema.const)}`),
  minimum: number((value, { minimum }) => (value < minimum ? `is ${value}, and should be at least ${minimum}` : null)),
  maximum: number((value, { maximum }) => (value > maximum ? `is ${value}, and should be at most ${maximum}` : null)),
  exclusiveMinimum: number((value, { exclusiveMinimum: low }) => (value <= low ? `is ${value}, and should be over ${low}` : null)),
  exclusiveMaximum: number((value, { exclusiveMaximum: high }) => (value >= high ? `is ${value}, and should be under ${high}` : null)),
  minLength: text((value, { minLength }) => ([...value].length < minLength ? `has ${[...value].length} characters, and should have at least ${minLength}` : null)),
  maxLength: text((value, { maxLength }) => ([...value].length > maxLength ? `has ${[...value].length} characters, and should have at most ${maxLength}` : null)),
  pattern: text((value, { pattern }) => (expression(pattern).test(value) ? null : `is ${show(value)}, and should match ${pattern}`)),
  minItems: list((value, { minItems }) => (value.length < minItems ? `has ${value.length} items, and should have at least ${minItems}` : null)),
  maxItems: list((value, { maxItems }) => (value.length > maxItems ? `has ${value.length} items, and should have at most ${maxItems}` : null)),
};

/** Keywords that say something to people and check nothing. */
const NOTES = ["$schema", "$id", "$comment", "title", "description", "default", "examples"];

/** Keywords that lead to the parts of a value. */
const PARTS = ["required", "properties", "additionalProperties", "items"];

/**
 * Says where a value breaks a schema: `[{ pointer, keyword, message }]`, empty when it fits.
 * `pointer` is a JSON Pointer (RFC 6901) into the value; the whole value is the empty pointer.
 */
export function validate(schema, value) {
  const violations = [];
  visit(schema, value, "", violations);
  return violations;
}

/** Throws when a schema uses what this subset does not know. */
export function checkSchema(schema, pointer = "") {
  if (typeof schema === "boolean") return;
  if (typeOf(schema) !== "object") throw new TypeError(`the schema at '${pointer}' is ${article(typeOf(schema))}, and should be an object`);
  for (const keyword of Object.keys(schema)) {
    if (!Object.hasOwn(CHECKS, keyword) && !PARTS.includes(keyword) && !NOTES.includes(keyword)) {
      throw new TypeError(`the schema uses '${keyword}' at '${pointer}', which /lib/schema.js does not know`);
    }
  }
  if (schema.pattern !== undefined) expression(schema.pattern);
  for (const [name, part] of Object.entries(schema.properties ?? {})) checkSchema(part, `${pointer}/properties/${escape(name)}`);
  for (const keyword of ["additionalProperties", "items"]) {
    if (schema[keyword] !== undefined) checkSchema(schema[keyword], `${pointer}/${keyword}`);
  }
}

function visit(schema, value, pointer, violations) {
  const add = (keyword, message, at = pointer) => violations.push({ pointer: at, keyword, message });
  if (schema === true) return;
  if (schema === false) return void add("false", "should not be there");
  for (const keyword of Object.keys(schema)) {
    const message = Object.hasOwn(CHECKS, keyword) ? CHECKS[keyword](schema, value) : null;
    if (message) add(keyword, message);
  }
  if (Array.isArray(value) && schema.items !== undefined) {
    value.forEach((item, index) => visit(schema.items, item, `${pointer}/${index}`, violations));
  }
  if (typeOf(value) !== "object") return;
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) add("required", `lacks '${name}'`);
  }
  const known = schema.properties ?? {};
  for (const [name, item] of Object.entries(value)) {
    const at = `${pointer}/${escape(name)}`;
    if (Object.hasOwn(known, name)) visit(known[name], item, at, violations);
    else if (schema.additionalProperties === false) add("additionalProperties", "is not a known property", at);
    else visit(schema.additionalProperties ?? true, item, at, violations);
  }
}

function number(check) {
  return (schema, value) => (typeof value === "number" ? check(value, schema) : null);
}

function text(check) {
  return (schema, value) => (typeof value === "string" ? check(value, schema) : null);
}

function list(check) {
  return (schema, value) => (Array.isArray(value) ? check(value, schema) : null);
}

const expressions = new Map();

function expression(pattern) {
  if (!expressions.has(pattern)) expressions.set(pattern, new RegExp(pattern, "u"));
  return expressions.get(pattern);
}

function typeOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function article(type) {
  return type === "null" ? "null" : `${"aeiou".includes(type[0]) ? "an" : "a"} ${type}`;
}

function same(left, right) {
  if (typeOf(left) !== typeOf(right)) return false;
  if (Array.isArray(left)) return left.length === right.length && left.every((item, index) => same(item, right[index]));
  if (typeOf(left) !== "object") return left === right;
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]));
}

/** A value in a message, shortened. */
function show(value) {
  const shown = JSON.stringify(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}

function escape(name) {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
