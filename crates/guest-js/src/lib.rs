//! The JS guest.
