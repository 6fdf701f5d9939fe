//! The engine: it decides, hosts do.
