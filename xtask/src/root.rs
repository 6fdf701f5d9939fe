//! Where things are.

use std::path::{Path, PathBuf};

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .components()
        .fold(PathBuf::new(), |mut path, part| {
            if part == std::path::Component::ParentDir {
                path.pop();
            } else {
                path.push(part);
            }
            path
        })
}

/// A path under [`root`].
pub fn at(path: impl AsRef<Path>) -> PathBuf {
    root().join(path)
}

/// Where finished wasm artifacts lie, whatever `CARGO_TARGET_DIR` says: Vite and the tests look here.
pub fn artifacts() -> PathBuf {
    at("target/wasm-web")
}

/// Where the built page lies.
pub fn dist() -> PathBuf {
    at("dist")
}
