// hostile: a split whose pattern backtracks
// expect: QUOTA_FUEL|QUOTA_STACK
// python: re.split
('a'.repeat(40) + '!').split(/^(?:a|a?)+$/);
