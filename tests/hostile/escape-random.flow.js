// hostile: more randomness than anybody needs
// expect: RUNTIME_EXCEPTION|QUOTA_MEMORY
// python: os.urandom(20000000)
crypto.getRandomValues(new Uint8Array(20000000)).length;
