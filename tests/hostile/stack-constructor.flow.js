// hostile: a class that makes itself
// expect: QUOTA_STACK
// python: __init__ that makes another
class Doll {
  inner = new Doll();
}
new Doll();
