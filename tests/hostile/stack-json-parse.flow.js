// hostile: a JSON text a hundred thousand levels deep
// expect: RUNTIME_EXCEPTION
// python: json.loads('[' * 100000)
JSON.parse('['.repeat(100000) + ']'.repeat(100000));
