//! What the process model promises to those who build on it.

mod either;
mod monitor;
mod mutants;
mod reliable;
