//! Progress on a terminal; nothing where there is none.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::codegen::Stage;

/// A spinner that names the step.
pub(super) struct Progress {
    bar: ProgressBar,
    what: String,
}

impl Progress {
    /// A spinner about `what`; hidden if `quiet`, or where standard error is no terminal.
    pub(super) fn new(what: &str, quiet: bool) -> Self {
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, what: what.to_owned() }
    }

    pub(super) fn step(&self, stage: Stage) {
        self.bar.set_message(format!("{}: {}", self.what, stage.name()));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
