// hostile: an apply with a thousand million arguments
// expect: QUOTA_FUEL|QUOTA_MEMORY|QUOTA_STACK|RUNTIME_EXCEPTION
Math.max.apply(null, { length: 1000000000 });
