// hostile: a text that is padded to half a gigabyte
// expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
// python: 'x'.rjust(2**29)
'x'.padStart(2 ** 29, 'ab').length;
