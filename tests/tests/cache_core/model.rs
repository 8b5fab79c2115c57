//! Readers and writers at random, while rows from before a commit are looked for.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tablature_runtime::cache::Cache;
use tablature_tests::servers::RedisNode;
use tokio::time::sleep;

use crate::support::{Kind, World, options};

const KEYS: [&str; 3] = ["pk:1", "pk:2", "pk:3"];

/// What goes wrong besides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chaos {
    None,
    /// The server stops for moments that are shorter than a barrier.
    Pauses,
    /// The server forgets everything at times.
    Losses,
}

/// One row: its version, the newest version that every read that begins now must see, and the lock that writers of it
/// hold in the database.
#[derive(Default)]
struct Row {
    version: AtomicU64,
    floor: AtomicU64,
    lock: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Table {
    rows: [Row; KEYS.len()],
    stop: AtomicBool,
    reads: AtomicUsize,
    writes: AtomicUsize,
    failed_writes: AtomicUsize,
    stale: Mutex<Vec<String>>,
}

async fn doze(most: u64) {
    match fastrand::u64(0..3) {
        0 => {}
        1 => tokio::task::yield_now().await,
        _ => sleep(Duration::from_micros(fastrand::u64(0..most))).await,
    }
}

async fn reader(world: Arc<World>, table: Arc<Table>, cache: Cache) {
    while !table.stop.load(Ordering::SeqCst) {
        let index = fastrand::usize(..KEYS.len());
        let row = &table.rows[index];
        let floor = row.floor.load(Ordering::SeqCst);
        let seen = world.read_with(&cache, KEYS[index], || async {
            doze(2000).await;
            let version = row.version.load(Ordering::SeqCst);
            doze(5000).await;
            // Version 0 is a row that does not exist yet.
            (version > 0).then_some(version)
        });
        let seen = seen.await.unwrap_or(0);
        if seen < floor {
            table.stale.lock().unwrap().push(format!("{}: {seen}, and {floor} was committed", KEYS[index]));
        }
        table.reads.fetch_add(1, Ordering::SeqCst);
        doze(3000).await;
    }
}

async fn writer(world: Arc<World>, table: Arc<Table>, cache: Cache, chaos: Chaos) {
    while !table.stop.load(Ordering::SeqCst) {
        let index = fastrand::usize(..KEYS.len());
        let row = &table.rows[index];
        {
            let locked = row.lock.lock().await;
            match cache.begin_write(world.write(&[KEYS[index]])).await {
                Err(_) => drop(table.failed_writes.fetch_add(1, Ordering::SeqCst)),
                Ok(write) => {
                    doze(5000).await;
                    let dies = fastrand::u64(0..10) == 0 && chaos != Chaos::Losses;
                    let rolls_back = fastrand::u64(0..5) == 0;
                    if !rolls_back {
                        let version = row.version.fetch_add(1, Ordering::SeqCst) + 1;
                        if chaos != Chaos::Losses {
                            row.floor.fetch_max(version, Ordering::SeqCst);
                        }
                    }
                    // In the database the lock ends with the commit.
                    let version = row.version.load(Ordering::SeqCst);
                    drop(locked);
                    doze(5000).await;
                    if dies {
                        drop(write);
                    } else {
                        write.finish().await;
                        row.floor.fetch_max(version, Ordering::SeqCst);
                    }
                    table.writes.fetch_add(1, Ordering::SeqCst);
                }
            }
        }
        sleep(Duration::from_millis(fastrand::u64(0..30))).await;
    }
}

async fn run(world: World, chaos: Chaos, node: Option<&RedisNode>) {
    let world = Arc::new(world);
    let table = Arc::new(Table::default());
    let mut tasks = Vec::new();
    let mut caches = Vec::new();
    for _ in 0..3 {
        let cache = world.process().await;
        for _ in 0..6 {
            tasks.push(tokio::spawn(reader(Arc::clone(&world), Arc::clone(&table), cache.clone())));
        }
        tasks.push(tokio::spawn(writer(Arc::clone(&world), Arc::clone(&table), cache.clone(), chaos)));
        caches.push(cache);
    }
    let begin = Instant::now();
    let hits = || caches.iter().map(|cache| cache.stats().hits).sum::<u64>();
    // A store that was found away is left alone for a while, which may take up the whole of a short run.
    while begin.elapsed() < Duration::from_secs(6) || hits() <= 50 && begin.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(fastrand::u64(100..800))).await;
        match (chaos, node) {
            (Chaos::Pauses, Some(node)) => {
                node.pause().unwrap();
                sleep(Duration::from_millis(fastrand::u64(50..400))).await;
                node.resume().unwrap();
            }
            (Chaos::Losses, Some(_)) => {
                world.raw(&redis::cmd("FLUSHALL")).await;
                world.enter_layout().await;
            }
            _ => {}
        }
    }
    table.stop.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    let stale = table.stale.lock().unwrap();
    assert!(stale.is_empty(), "{} stale reads, the first: {}", stale.len(), stale[0]);
    let (reads, writes) = (table.reads.load(Ordering::SeqCst), table.writes.load(Ordering::SeqCst));
    let (hits, refused) = (hits(), caches.iter().map(|cache| cache.stats().refused_fills).sum::<u64>());
    let failed = table.failed_writes.load(Ordering::SeqCst);
    println!("{reads} reads, {hits} hits, {refused} refused fills, {writes} writes, {failed} failed writes");
    // A run in which nothing meets tests nothing.
    assert!(reads > 500 && writes > 50 && hits > 50, "{reads} reads, {hits} hits, {writes} writes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_stale_in_process() {
    run(World::new(Kind::InProcess, options().barrier_ttl(Duration::from_secs(1))).await, Chaos::None, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_stale_on_redis() {
    run(World::new(Kind::Redis, options().barrier_ttl(Duration::from_secs(1))).await, Chaos::None, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_stale_on_a_cluster() {
    run(World::new(Kind::Cluster, options().barrier_ttl(Duration::from_secs(1))).await, Chaos::None, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_stale_while_the_server_pauses() {
    let node = RedisNode::start(&[]).unwrap();
    let impatient = options().barrier_ttl(Duration::from_secs(4)).response_timeout(Duration::from_millis(100));
    run(World::on(&node, impatient.connect_timeout(Duration::from_millis(100))).await, Chaos::Pauses, Some(&node))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_stale_after_writes_have_ended_while_the_server_forgets() {
    let node = RedisNode::start(&[]).unwrap();
    run(World::on(&node, options()).await, Chaos::Losses, Some(&node)).await;
}
