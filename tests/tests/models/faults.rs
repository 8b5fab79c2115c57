//! Faults, planted one at a time.
