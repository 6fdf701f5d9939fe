//! Source text to diagnostics, fixes, inputs and the least grant; never runs anything.
