// hostile: a call with four hundred thousand arguments
// expect: QUOTA_STACK|QUOTA_MEMORY
// limits: {"fuelMax": 100000000}
// python: max(*range(400000))
Math.max(...new Array(400000).fill(1));
