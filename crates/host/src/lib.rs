//! The native host: the same guests under wasmtime.
