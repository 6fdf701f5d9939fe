export function thrower() {
  return missing;
}
