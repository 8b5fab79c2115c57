//! Work that is spread over threads, with the answers in the order of the questions.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many threads to use: those that were asked for, else as many as the machine has cores for this process.
pub(crate) fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    asked.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

/// Answers every item. The answers stand in the order of the items, whichever thread found them, so that the number of
/// threads cannot be told from them.
///
/// Each thread takes the next item that nobody has taken: one large item does not hold up those behind it.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], threads: NonZeroUsize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = threads.get().min(items.len());
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let answer = || {
        let mut answered = Vec::new();
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(item) = items.get(at)
        {
            answered.push((at, work(item)));
        }
        answered
    };
    let mut answered = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(answer)).collect();
        let mut answered = answer();
        for other in others {
            match other.join() {
                Ok(more) => answered.extend(more),
                // What went wrong there goes wrong here, as it would with one thread.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        answered
    });
    answered.sort_by_key(|(at, _)| *at);
    answered.into_iter().map(|(_, answer)| answer).collect()
}

/// Does work on a thread with a deep stack: parsers go as deep as what they read, and a chain of operators is as deep as it is
/// long. A panic there is one here.
///
/// # Errors
/// Where the system gives no thread.
#[cfg(any(feature = "live", feature = "validate"))]
pub(crate) fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> std::io::Result<T> {
    /// In bytes.
    const STACK: usize = 1 << 26;
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        Ok(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_stand_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..1000).collect();
        let squares: Vec<u64> = items.iter().map(|n| n * n).collect();
        for threads in [1, 2, 7, 2000] {
            let threads = NonZeroUsize::new(threads).expect("it is not zero");
            assert_eq!(map(&items, threads, |n| n * n), squares, "{threads} threads");
        }
        assert!(map(&[], NonZeroUsize::MIN, |n: &u64| *n).is_empty());
    }

    #[test]
    fn a_panic_of_one_thread_is_a_panic_of_all() {
        let threads = NonZeroUsize::new(4).expect("it is not zero");
        let died = std::panic::catch_unwind(|| map(&[1, 2, 3, 4], threads, |n| assert_ne!(*n, 3)));
        assert!(died.is_err());
    }
}
