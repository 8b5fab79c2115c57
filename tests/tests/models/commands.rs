//! `tablature check --models` as people run it.
