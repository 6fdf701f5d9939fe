//! What a guest can see: files over a snapshot, host calls, quota accounting.
