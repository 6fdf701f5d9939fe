// hostile: a shift by more bits than there is memory anywhere
// expect: RUNTIME_EXCEPTION|QUOTA_MEMORY
// python: 1 << (1 << 62)
1n << (1n << 62n);
