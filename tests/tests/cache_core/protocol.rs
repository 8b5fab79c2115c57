//! Readers and writers that meet at the worst of moments, the same on every kind of store.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tablature_runtime::cache::{Filled, Request};
use tokio::time::{Instant, sleep};

use crate::support::{Database, Kind, LAYOUT, World, number, options, row};

/// Runs each test on each kind of store. Those of the cluster share one, for starting it takes a while.
macro_rules! on_each {
    ($($test:ident)+) => {
        mod in_process {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::World::new(super::Kind::InProcess, super::options()).await).await;
            })+
        }

        mod redis {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::World::new(super::Kind::Redis, super::options()).await).await;
            })+
        }

        #[tokio::test]
        async fn on_a_cluster() {
            let cluster = World::new(Kind::Cluster, options()).await;
            $(
                println!(stringify!($test));
                $test(cluster.with_other_keys().await).await;
            )+
        }
    };
}

on_each! {
    a_row_is_read_once
    a_missing_row_is_remembered_until_it_is_written
    a_write_is_seen_by_all
    a_fill_that_began_before_a_write_is_refused
    a_fill_that_began_before_a_write_is_refused_after_it_too
    readers_go_past_a_write_under_way
    overlapping_writers_do_not_end_each_others_barrier
    a_rolled_back_write_leaves_the_row_as_it_was
    many_readers_cause_one_read
    a_reader_does_not_share_what_was_read_before_its_write
    a_failing_database_is_told_and_leaves_no_lease
    a_reader_that_goes_away_leaves_no_lease
    a_large_row_is_not_stored
    a_unique_key_leads_to_the_row
    a_pointer_to_a_row_that_changed_its_key_is_not_followed
    what_cannot_be_decoded_is_replaced
    a_write_of_thousands_of_keys
}

async fn a_row_is_read_once(world: World) {
    let database = Database::with(&[("pk:1", 7)]);
    let (one, two) = (world.process().await, world.process().await);
    assert_eq!(world.read(&one, &database, "pk:1").await, Some(7));
    assert_eq!(world.cached(&one, "pk:1").await, Some(7));
    assert_eq!(world.cached(&two, "pk:1").await, Some(7));
    assert_eq!(database.reads(), 1);
    let stats = one.stats();
    assert_eq!((stats.misses, stats.fills, stats.refused_fills, stats.bypasses), (1, 1, 0, 0), "{stats:?}");
}

async fn a_missing_row_is_remembered_until_it_is_written(world: World) {
    let database = Database::with(&[]);
    let (reader, writer) = (world.process().await, world.process().await);
    assert_eq!(world.read(&reader, &database, "pk:1").await, None);
    assert_eq!(world.cached(&reader, "pk:1").await, None);
    assert_eq!(reader.stats().negative_hits, 1);
    let write = writer.begin_write(world.write(&["pk:1"])).await.unwrap();
    database.commit("pk:1", 1);
    write.finish().await;
    assert_eq!(world.read(&reader, &database, "pk:1").await, Some(1));
}

async fn a_write_is_seen_by_all(world: World) {
    let database = Database::with(&[("pk:1", 1), ("pk:2", 1)]);
    let (reader, writer) = (world.process().await, world.process().await);
    for key in ["pk:1", "pk:2"] {
        world.read(&reader, &database, key).await;
    }
    let write = writer.begin_write(world.write(&["pk:1"])).await.unwrap();
    database.commit("pk:1", 2);
    write.finish().await;
    assert_eq!(world.read(&reader, &database, "pk:1").await, Some(2));
    assert_eq!(world.cached(&reader, "pk:1").await, Some(2));
    // What was not written stays.
    assert_eq!(world.cached(&reader, "pk:2").await, Some(1));
    assert_eq!(writer.stats().lost_barriers, 0);
}

async fn a_fill_that_began_before_a_write_is_refused(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let (reader, writer) = (world.process().await, world.process().await);
    let mut write = None;
    let seen = world.read_with(&reader, "pk:1", || async {
        let old = database.read("pk:1");
        write = Some(writer.begin_write(world.write(&["pk:1"])).await.unwrap());
        database.commit("pk:1", 2);
        old
    });
    assert_eq!(seen.await, Some(1), "the read began before the write");
    assert_eq!(reader.stats().refused_fills, 1);
    assert_eq!(world.read(&reader, &database, "pk:1").await, Some(2));
    write.unwrap().finish().await;
    assert_eq!(world.read(&reader, &database, "pk:1").await, Some(2));
    assert_eq!(world.cached(&reader, "pk:1").await, Some(2));
}

async fn a_fill_that_began_before_a_write_is_refused_after_it_too(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let (reader, writer, other) = (world.process().await, world.process().await, world.process().await);
    let seen = world.read_with(&reader, "pk:1", || async {
        let old = database.read("pk:1");
        let write = writer.begin_write(world.write(&["pk:1"])).await.unwrap();
        database.commit("pk:1", 2);
        write.finish().await;
        old
    });
    assert_eq!(seen.await, Some(1));
    assert_eq!(reader.stats().refused_fills, 1);
    for cache in [&other, &reader] {
        assert_eq!(world.read(cache, &database, "pk:1").await, Some(2));
    }
}

async fn readers_go_past_a_write_under_way(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let (reader, writer) = (world.process().await, world.process().await);
    world.read(&reader, &database, "pk:1").await;
    let write = writer.begin_write(world.write(&["pk:1"])).await.unwrap();
    for version in 1..4 {
        database.commit("pk:1", version);
        assert_eq!(world.read(&reader, &database, "pk:1").await, Some(version));
    }
    assert_eq!(reader.stats().bypasses, 3);
    write.finish().await;
    world.read(&reader, &database, "pk:1").await;
    assert_eq!(world.cached(&reader, "pk:1").await, Some(3));
}

async fn overlapping_writers_do_not_end_each_others_barrier(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let (reader, one, two) = (world.process().await, world.process().await, world.process().await);
    let first = one.begin_write(world.write(&["pk:1"])).await.unwrap();
    let second = two.begin_write(world.write(&["pk:1"])).await.unwrap();
    database.commit("pk:1", 2);
    first.finish().await;
    assert_eq!(world.read(&reader, &database, "pk:1").await, Some(2));
    database.commit("pk:1", 3);
    assert_eq!(world.read(&reader, &database, "pk:1").await, Some(3), "the end of one write ended the other");
    second.finish().await;
    assert_eq!(world.read(&reader, &database, "pk:1").await, Some(3));
    assert_eq!(world.cached(&reader, "pk:1").await, Some(3));
}

async fn a_rolled_back_write_leaves_the_row_as_it_was(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let cache = world.process().await;
    let write = cache.begin_write(world.write(&["pk:1"])).await.unwrap();
    write.finish().await;
    assert_eq!(world.read(&cache, &database, "pk:1").await, Some(1));
    assert_eq!(world.cached(&cache, "pk:1").await, Some(1));
}

async fn many_readers_cause_one_read(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let processes = [world.process().await, world.process().await];
    let read = |cache| {
        let (world, database) = (&world, &database);
        world.read_with(cache, "pk:1", move || async move {
            sleep(Duration::from_millis(100)).await;
            database.read("pk:1")
        })
    };
    let mut reads = Vec::new();
    for _ in 0..50 {
        reads.extend(processes.iter().map(read));
    }
    for answer in futures_util::future::join_all(reads).await {
        assert_eq!(answer, Some(1));
    }
    assert_eq!(database.reads(), 1, "{:?}", processes[0].stats());
}

async fn a_reader_does_not_share_what_was_read_before_its_write(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let cache = world.process().await;
    let read = world.read_with(&cache, "pk:1", || async {
        let old = database.read("pk:1");
        sleep(Duration::from_millis(300)).await;
        old
    });
    let write = async {
        sleep(Duration::from_millis(100)).await;
        let write = cache.begin_write(world.write(&["pk:1"])).await.unwrap();
        database.commit("pk:1", 2);
        write.finish().await;
        // The first read is still under way, and was before this one.
        world.read(&cache, &database, "pk:1").await
    };
    let (before, after) = tokio::join!(read, write);
    assert_eq!((before, after), (Some(1), Some(2)));
}

async fn a_failing_database_is_told_and_leaves_no_lease(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let (one, two) = (world.process().await, world.process().await);
    let (key, registry) = (world.key("pk:1"), world.registry());
    let request = Request::new(&key, &registry, LAYOUT);
    let asked = AtomicUsize::new(0);
    let fail = || {
        one.read(&request, || async {
            asked.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_millis(50)).await;
            Err::<Filled, _>("the database is away")
        })
    };
    let failures = tokio::join!(fail(), fail(), fail());
    for failure in [failures.0, failures.1, failures.2] {
        assert_eq!(failure.unwrap_err(), "the database is away");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3, "each has an error of its own");
    let began = Instant::now();
    assert_eq!(world.read(&two, &database, "pk:1").await, Some(1));
    assert!(began.elapsed() < Duration::from_millis(700), "it waited for a lease that nobody has");
    assert_eq!(two.stats().fills, 1);
}

async fn a_reader_that_goes_away_leaves_no_lease(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let (one, two) = (world.process().await, world.process().await);
    let endless = world.read_with(&one, "pk:1", || async {
        sleep(Duration::from_secs(600)).await;
        None
    });
    assert!(tokio::time::timeout(Duration::from_millis(300), endless).await.is_err());
    sleep(Duration::from_millis(200)).await;
    assert_eq!(world.read(&two, &database, "pk:1").await, Some(1));
    assert_eq!(two.stats().fills, 1, "{:?}", two.stats());
}

async fn a_large_row_is_not_stored(world: World) {
    let cache = world.process().await;
    let (key, registry) = (world.key("pk:1"), world.registry());
    let request = Request::new(&key, &registry, LAYOUT);
    let asked = AtomicUsize::new(0);
    for (bytes, reads) in [(512 * 1024 + 1, 2), (512 * 1024, 3)] {
        for _ in 0..2 {
            let read = || async {
                asked.fetch_add(1, Ordering::SeqCst);
                Ok::<_, Infallible>(Filled::row(&key, [], &vec![7; bytes]))
            };
            assert_eq!(cache.read(&request, read).await.unwrap().map(|value| value.len()), Some(bytes));
        }
        assert_eq!(asked.load(Ordering::SeqCst), reads);
    }
    assert_eq!(cache.stats().oversized, 2);
}

/// A read of the row at `pk:1` by a unique key.
async fn by_unique(
    world: &World,
    cache: &tablature_runtime::cache::Cache,
    asked: &str,
    reads: &AtomicUsize,
    found: Option<(&str, u64)>,
) -> Option<u64> {
    let (key, registry) = (world.key(asked), world.registry());
    let request = Request::new(&key, &registry, LAYOUT);
    let read = || async {
        reads.fetch_add(1, Ordering::SeqCst);
        Ok::<_, Infallible>(match found {
            Some((isbn, number)) => row(&world.key("pk:1"), &[world.key(isbn)], number),
            None => Filled::Absent,
        })
    };
    cache.read(&request, read).await.unwrap().map(|value| number(&value))
}

async fn a_unique_key_leads_to_the_row(world: World) {
    let (one, two) = (world.process().await, world.process().await);
    let reads = AtomicUsize::new(0);
    // The first read learns where the row stands, the second puts it there.
    for _ in 0..4 {
        assert_eq!(by_unique(&world, &one, "isbn:a", &reads, Some(("isbn:a", 1))).await, Some(1));
    }
    assert_eq!(by_unique(&world, &two, "isbn:a", &reads, None).await, Some(1));
    assert_eq!(world.cached(&two, "pk:1").await, Some(1));
    assert_eq!(reads.load(Ordering::SeqCst), 2);

    // A write of the row by its primary key alone is seen by those who come by the other.
    let write = two.begin_write(world.write(&["pk:1"])).await.unwrap();
    assert_eq!(by_unique(&world, &one, "isbn:a", &reads, Some(("isbn:a", 2))).await, Some(2));
    write.finish().await;
    assert_eq!(by_unique(&world, &one, "isbn:a", &reads, Some(("isbn:a", 3))).await, Some(3));
    assert_eq!(by_unique(&world, &two, "isbn:a", &reads, None).await, Some(3));
}

async fn a_pointer_to_a_row_that_changed_its_key_is_not_followed(world: World) {
    let (cache, writer) = (world.process().await, world.process().await);
    let reads = AtomicUsize::new(0);
    for _ in 0..2 {
        by_unique(&world, &cache, "isbn:a", &reads, Some(("isbn:a", 1))).await;
    }
    // The row gets another ISBN, and only its primary key is announced: the pointer stays.
    writer.begin_write(world.write(&["pk:1"])).await.unwrap().finish().await;
    let (key, registry) = (world.key("pk:1"), world.registry());
    let request = Request::new(&key, &registry, LAYOUT);
    let moved = || async { Ok::<_, Infallible>(row(&key, &[world.key("isbn:b")], 2)) };
    cache.read(&request, moved).await.unwrap();
    assert_eq!(by_unique(&world, &cache, "isbn:a", &reads, None).await, None);
    assert_eq!(by_unique(&world, &cache, "isbn:a", &reads, Some(("isbn:a", 9))).await, None, "it is remembered");
    // The same where the row is not there, and the pointer leads to nothing.
    for _ in 0..2 {
        by_unique(&world, &cache, "isbn:b", &reads, Some(("isbn:b", 2))).await;
    }
    writer.begin_write(world.write(&["pk:1"])).await.unwrap().finish().await;
    let before = reads.load(Ordering::SeqCst);
    for _ in 0..4 {
        assert_eq!(by_unique(&world, &cache, "isbn:b", &reads, None).await, None);
    }
    assert_eq!(reads.load(Ordering::SeqCst), before + 2, "the pointer was kept");
}

async fn what_cannot_be_decoded_is_replaced(world: World) {
    let database = Database::with(&[("pk:1", 1)]);
    let (one, two) = (world.process().await, world.process().await);
    world.read(&one, &database, "pk:1").await;
    let (key, registry) = (world.key("pk:1"), world.registry());
    let request = Request::new(&key, &registry, LAYOUT).discarding();
    let read = || async { Ok::<_, Infallible>(row(&key, &[], 5)) };
    assert_eq!(one.read(&request, read).await.unwrap().map(|value| number(&value)), Some(5));
    assert_eq!(world.cached(&two, "pk:1").await, Some(5));

    // By a unique key, it is the row behind the pointer that cannot be decoded.
    let reads = AtomicUsize::new(0);
    let unique = world.key("isbn:a");
    for _ in 0..3 {
        one.begin_write(world.write(&["pk:1"])).await.unwrap().finish().await;
        by_unique(&world, &one, "isbn:a", &reads, Some(("isbn:a", 6))).await;
    }
    assert_eq!(by_unique(&world, &two, "isbn:a", &reads, None).await, Some(6));
    let request = Request::new(&unique, &registry, LAYOUT).discarding();
    let read = || async { Ok::<_, Infallible>(row(&key, std::slice::from_ref(&unique), 7)) };
    assert_eq!(one.read(&request, read).await.unwrap().map(|value| number(&value)), Some(7));
    assert_eq!(by_unique(&world, &two, "isbn:a", &reads, Some(("isbn:a", 8))).await, Some(8));
    assert_eq!(by_unique(&world, &two, "isbn:a", &reads, None).await, Some(8));
}

async fn a_write_of_thousands_of_keys(world: World) {
    let cache = world.process().await;
    let names: Vec<String> = (0..3000).map(|number| format!("pk:{number}")).collect();
    let suffixes: Vec<&str> = names.iter().map(String::as_str).collect();
    let database = Database::with(&[("pk:2999", 1)]);
    world.read(&cache, &database, "pk:2999").await;
    let write = cache.begin_write(world.write(&suffixes)).await.unwrap();
    database.commit("pk:2999", 2);
    write.finish().await;
    assert_eq!(world.read(&cache, &database, "pk:2999").await, Some(2));
    assert_eq!(cache.stats().lost_barriers, 0);
}
