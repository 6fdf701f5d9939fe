//! Every command a developer, a user or CI runs.
fn main() {}
