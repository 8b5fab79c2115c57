//! Real values of every type, read through generated models.
