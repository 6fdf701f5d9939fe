//! Compiles the part of the standard library that is written in Python into the guest's pack.
//!
//! The pack is a library of frozen modules as RustPython reads it, but for one thing: its modules are LZ4 blocks of literals
//! only. They are as large as they were, and the whole guest is compressed better and once, for the way to a browser.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=append");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=python");
    println!("cargo::rerun-if-changed=stdlib.txt");
    #[cfg(feature = "interpreter")]
    if let Err(error) = pack::write() {
        println!("cargo::error={error}");
    }
}

#[cfg(feature = "interpreter")]
#[path = "build/pack.rs"]
mod pack;
