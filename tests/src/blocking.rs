//! Runs futures to their end from code that is not asynchronous, also below a runtime.

use std::thread;

/// Runs `future` on a thread and a runtime of its own and waits for it.
///
/// Dropping a scratch database happens inside and outside of runtimes, and while a panic unwinds; a thread of its own
/// works in each of these.
///
/// # Panics
/// Where the future panics, or the operating system has no threads left.
pub(crate) fn block_on<F>(future: F) -> F::Output
where
    F: Future + Send,
    F::Output: Send,
{
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(future),
                Err(error) => panic!("cannot start an asynchronous runtime: {error}"),
            }
        });
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_runtime_around_it_does_not_matter() {
        assert_eq!(block_on(async { tokio::task::spawn(async { 7 }).await.expect("the task ends") }), 7);
    }
}
