//! The guest as a program: see [`selvage_guest`].
#![allow(unsafe_code, reason = "the exports of a program have fixed names")]

use crate::guest::Guest;

selvage_guest::export!(Guest);
