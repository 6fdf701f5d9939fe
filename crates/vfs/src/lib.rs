//! The workspace: a tree of entities peers can change apart and merge.
