//! Writers and readers that die, servers that pause, die and forget, and keys at which something else stands.

use std::time::Duration;

use tablature_runtime::cache::{Cache, CacheError, Outage};
use tablature_tests::servers::RedisNode;
use tokio::time::{Instant, sleep};

use crate::support::{Database, Kind, World, options};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Reads until the condition holds.
async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition().await {
        assert!(Instant::now() < deadline, "{what}");
        sleep(ms(20)).await;
    }
}

async fn a_killed_writer_costs_a_short_bypass(kind: Kind) {
    let world = World::new(kind, options().barrier_ttl(ms(600))).await;
    let database = Database::with(&[("pk:1", 1)]);
    let (reader, writer) = (world.process().await, world.process().await);
    world.read(&reader, &database, "pk:1").await;
    let write = writer.begin_write(world.write(&["pk:1"])).await.unwrap();
    let announced = Instant::now();
    drop(write);
    sleep(ms(100)).await;
    // The commit of the dead writer comes late, but before its barrier has run out.
    database.commit("pk:1", 2);
    while announced.elapsed() < ms(500) {
        assert_eq!(world.read(&reader, &database, "pk:1").await, Some(2));
        sleep(ms(20)).await;
    }
    assert_eq!(reader.stats().fills, 1, "something was stored behind the barrier");
    sleep(ms(300)).await;
    world.read(&reader, &database, "pk:1").await;
    assert_eq!(world.cached(&reader, "pk:1").await, Some(2));
}

#[tokio::test]
async fn a_killed_writer_costs_a_short_bypass_in_process() {
    a_killed_writer_costs_a_short_bypass(Kind::InProcess).await;
}

#[tokio::test]
async fn a_killed_writer_costs_a_short_bypass_on_redis() {
    a_killed_writer_costs_a_short_bypass(Kind::Redis).await;
}

async fn a_long_commit_keeps_its_barrier(kind: Kind) {
    let world = World::new(kind, options().barrier_ttl(ms(600))).await;
    let database = Database::with(&[("pk:1", 1)]);
    let (reader, writer) = (world.process().await, world.process().await);
    let write = writer.begin_write(world.write(&["pk:1"])).await.unwrap();
    let began = Instant::now();
    while began.elapsed() < ms(2000) {
        assert_eq!(world.read(&reader, &database, "pk:1").await, Some(1));
        sleep(ms(20)).await;
    }
    assert_eq!(reader.stats().fills, 0, "the barrier ran out under the commit");
    database.commit("pk:1", 2);
    write.finish().await;
    assert_eq!(writer.stats().lost_barriers, 0);
    world.read(&reader, &database, "pk:1").await;
    assert_eq!(world.cached(&reader, "pk:1").await, Some(2));
}

#[tokio::test]
async fn a_long_commit_keeps_its_barrier_in_process() {
    a_long_commit_keeps_its_barrier(Kind::InProcess).await;
}

#[tokio::test]
async fn a_long_commit_keeps_its_barrier_on_redis() {
    a_long_commit_keeps_its_barrier(Kind::Redis).await;
}

#[tokio::test]
async fn a_killed_reader_is_waited_for_and_then_replaced() {
    let world = World::new(Kind::Redis, options().wait_limit(ms(300))).await;
    let database = Database::with(&[("pk:1", 1)]);
    let cache = world.process().await;
    let key = world.key("pk:1");
    world.raw(redis::cmd("SET").arg(&key).arg("T1Ldead").arg("PX").arg(1500)).await;
    let began = Instant::now();
    assert_eq!(world.read(&cache, &database, "pk:1").await, Some(1));
    assert!(began.elapsed() >= ms(300), "it did not wait");
    assert_eq!((cache.stats().fills, cache.stats().waits), (0, 1));
    sleep(ms(1500)).await;
    world.read(&cache, &database, "pk:1").await;
    assert_eq!(world.cached(&cache, "pk:1").await, Some(1));
}

#[tokio::test]
async fn garbage_of_every_type_is_replaced() {
    let world = World::new(Kind::Redis, options()).await;
    let database = Database::with(&[("pk:1", 1)]);
    let cache = world.process().await;
    let key = world.key("pk:1");
    world.read(&cache, &database, "pk:1").await;
    let whole = world.at(&key).await.expect("an entry");
    let commands: [&[&[u8]]; 13] = [
        &[b"LPUSH", b"x"],
        &[b"SADD", b"x"],
        &[b"ZADD", b"1", b"x"],
        &[b"HSET", b"x", b"y"],
        &[b"XADD", b"*", b"x", b"y"],
        &[b"PFADD", b"x"],
        &[b"SETBIT", b"7", b"1"],
        &[b"SET", b""],
        &[b"SET", b"T1V"],
        &[b"SET", b"T1Xabcdefghijk"],
        &[b"SET", &whole[..whole.len() - 1]],
        // A lease and a barrier that never run out are nobody's.
        &[b"SET", b"T1Ldead"],
        &[b"SET", b"T1Bdead:99999999999999999;:;x"],
    ];
    for (round, command) in (2_u64..).zip(commands) {
        world.raw(redis::cmd("DEL").arg(&key)).await;
        let mut garbage = redis::cmd(std::str::from_utf8(command[0]).unwrap());
        garbage.arg(&key);
        for argument in &command[1..] {
            garbage.arg(*argument);
        }
        world.raw(&garbage).await;
        database.commit("pk:1", round);
        let shown = String::from_utf8_lossy(command[0]);
        assert_eq!(world.read(&cache, &database, "pk:1").await, Some(round), "{shown}");
        assert_eq!(world.cached(&cache, "pk:1").await, Some(round), "{shown}");
    }
    assert!(cache.stats().garbage >= 11, "{:?}", cache.stats());
    // Writers and fills meet them too.
    for command in &commands[..6] {
        world.raw(redis::cmd("DEL").arg(&key)).await;
        let mut garbage = redis::cmd(std::str::from_utf8(command[0]).unwrap());
        garbage.arg(&key);
        for argument in &command[1..] {
            garbage.arg(*argument);
        }
        world.raw(&garbage).await;
        let write = cache.begin_write(world.write(&["pk:1"])).await.unwrap();
        world.raw(redis::cmd("DEL").arg(&key)).await;
        world.raw(&garbage).await;
        write.finish().await;
        assert_eq!(world.at(&key).await, None);
        world
            .read_with(&cache, "pk:1", || async {
                world.raw(redis::cmd("DEL").arg(&key)).await;
                world.raw(&garbage).await;
                database.read("pk:1")
            })
            .await;
    }
    assert_eq!(cache.stats().errors, 0);
}

#[tokio::test]
async fn an_entry_that_was_copied_to_another_key_is_garbage() {
    let world = World::new(Kind::Redis, options()).await;
    let database = Database::with(&[("pk:1", 1), ("pk:2", 2)]);
    let cache = world.process().await;
    world.read(&cache, &database, "pk:1").await;
    world.raw(redis::cmd("COPY").arg(world.key("pk:1")).arg(world.key("pk:2"))).await;
    assert_eq!(world.read(&cache, &database, "pk:2").await, Some(2));
}

#[tokio::test]
async fn times_to_live_differ_within_their_range() {
    let world = World::new(Kind::Redis, options()).await;
    let database = Database::with(&[]);
    let cache = world.process().await;
    for (negative, low, high) in [(false, 270_000, 330_000), (true, 27_000, 33_000)] {
        let mut times = Vec::new();
        for number in 0..100 {
            let suffix = format!("{negative}:{number}");
            if !negative {
                database.commit(&suffix, number);
            }
            world.read(&cache, &database, &suffix).await;
            match world.raw(redis::cmd("PTTL").arg(world.key(&suffix))).await {
                redis::Value::Int(time) => times.push(time),
                other => panic!("{other:?}"),
            }
        }
        let (least, most) = (times.iter().min().copied().unwrap(), times.iter().max().copied().unwrap());
        assert!(least > low - 2000 && most <= high, "{least} to {most}");
        assert!(most - least > (high - low) / 2, "they hardly differ: {least} to {most}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_fails_writes_alone() {
    let mut node = RedisNode::start(&[]).unwrap();
    let url = node.url().replace("redis://", "redis://ann:s3cret@");
    node.kill().unwrap();
    let database = Database::with(&[("pk:1", 1)]);
    let cache = Cache::redis(&url).await.expect("a server that is away is no error");
    let world = {
        node.restart().unwrap();
        let world = World::on(&node, options()).await;
        node.kill().unwrap();
        world
    };
    let began = Instant::now();
    for _ in 0..200 {
        assert_eq!(world.read(&cache, &database, "pk:1").await, Some(1));
    }
    assert!(began.elapsed() < Duration::from_secs(2), "a server that is away is asked each time");
    let error = cache.begin_write(world.write(&["pk:1"])).await.unwrap_err();
    assert!(matches!(error, CacheError::Unavailable(_)), "{error:?}");
    for text in [error.to_string(), format!("{error:?}"), format!("{cache:?}")] {
        assert!(text.contains("127.0.0.1") && !text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_comes_back_is_used_again() {
    let mut node = RedisNode::start(&[]).unwrap();
    let world = World::on(&node, options()).await;
    node.kill().unwrap();
    let database = Database::with(&[("pk:1", 1)]);
    let cache = world.process().await;
    world.read(&cache, &database, "pk:1").await;
    node.restart().unwrap();
    world.enter_layout().await;
    eventually("the server is not used", async || {
        world.read(&cache, &database, "pk:1").await;
        cache.stats().hits > 0
    })
    .await;
    cache.begin_write(world.write(&["pk:1"])).await.unwrap().finish().await;
}

#[tokio::test]
async fn a_paused_server_makes_reads_slower_and_not_wrong() {
    let node = RedisNode::start(&[]).unwrap();
    let world = World::on(&node, options().response_timeout(ms(200)).connect_timeout(ms(200))).await;
    let database = Database::with(&[("pk:1", 1)]);
    let (reader, writer) = (world.process().await, world.process().await);
    world.read(&reader, &database, "pk:1").await;
    assert_eq!(world.cached(&reader, "pk:1").await, Some(1));
    node.pause().unwrap();
    let began = Instant::now();
    for _ in 0..100 {
        assert_eq!(world.read(&reader, &database, "pk:1").await, Some(1));
    }
    assert!(began.elapsed() < Duration::from_secs(3), "each read waits for the server: {:?}", began.elapsed());
    assert!(writer.begin_write(world.write(&["pk:1"])).await.is_err());
    node.resume().unwrap();
    eventually("the server is not used", async || {
        let Ok(write) = writer.begin_write(world.write(&["pk:1"])).await else { return false };
        database.commit("pk:1", 2);
        write.finish().await;
        true
    })
    .await;
    let hits = reader.stats().hits;
    eventually("the server is not used", async || {
        assert_eq!(world.read(&reader, &database, "pk:1").await, Some(2));
        reader.stats().hits > hits
    })
    .await;
}

#[tokio::test]
async fn a_write_whose_end_the_server_does_not_hear_is_made_good() {
    let node = RedisNode::start(&[]).unwrap();
    let world = World::on(&node, options().response_timeout(ms(200)).connect_timeout(ms(200))).await;
    let database = Database::with(&[("pk:1", 1)]);
    let cache = world.process().await;
    world.read(&cache, &database, "pk:1").await;
    let write = cache.begin_write(world.write(&["pk:1"])).await.unwrap();
    database.commit("pk:1", 2);
    node.pause().unwrap();
    write.finish().await;
    assert_eq!(world.read(&cache, &database, "pk:1").await, Some(2));
    node.resume().unwrap();
    eventually("the barrier stays", async || world.at(&world.key("pk:1")).await.is_none()).await;
    let hits = cache.stats().hits;
    eventually("the key is never trusted again", async || {
        assert_eq!(world.read(&cache, &database, "pk:1").await, Some(2));
        cache.stats().hits > hits
    })
    .await;
}

#[tokio::test]
async fn a_server_that_forgot_a_barrier_is_told_again() {
    let mut node = RedisNode::start(&[]).unwrap();
    let world = World::on(&node, options()).await;
    let database = Database::with(&[("pk:1", 1)]);
    let (reader, writer) = (world.process().await, world.process().await);
    let write = writer.begin_write(world.write(&["pk:1"])).await.unwrap();
    node.kill().unwrap();
    node.restart().unwrap();
    world.enter_layout().await;
    // A row from before the commit gets into the cache: the barrier is gone.
    eventually("the server is not used", async || {
        world.read(&reader, &database, "pk:1").await;
        reader.stats().hits > 0
    })
    .await;
    database.commit("pk:1", 2);
    write.finish().await;
    eventually("the row from before the commit stays", async || {
        world.read(&reader, &database, "pk:1").await == Some(2)
    })
    .await;
    assert_eq!(world.read(&reader, &database, "pk:1").await, Some(2));
}

#[tokio::test]
async fn a_lease_that_the_server_forgot_is_worth_nothing() {
    let node = RedisNode::start(&[]).unwrap();
    let world = World::on(&node, options()).await;
    let database = Database::with(&[("pk:1", 1)]);
    let cache = world.process().await;
    let read = world.read_with(&cache, "pk:1", || async {
        let old = database.read("pk:1");
        world.raw(&redis::cmd("FLUSHALL")).await;
        old
    });
    assert_eq!(read.await, Some(1));
    assert_eq!((cache.stats().fills, cache.stats().refused_fills), (0, 1));
    assert_eq!(world.at(&world.key("pk:1")).await, None);
}

#[tokio::test]
async fn a_server_that_brings_back_old_data_is_not_believed() {
    let mut node = RedisNode::start(&[]).unwrap();
    let world = World::on(&node, options()).await;
    let database = Database::with(&[("pk:1", 1)]);
    let (reader, writer) = (world.process().await, world.process().await);
    world.read(&reader, &database, "pk:1").await;
    world.raw(&redis::cmd("SAVE")).await;
    let write = writer.begin_write(world.write(&["pk:1"])).await.unwrap();
    database.commit("pk:1", 2);
    write.finish().await;
    node.kill().unwrap();
    node.restart().unwrap();
    assert!(world.at(&world.key("pk:1")).await.is_some(), "the old row is not back, so that this tests nothing");
    let fresh = world.process().await;
    for cache in [&fresh, &reader] {
        assert_eq!(world.read(cache, &database, "pk:1").await, Some(2));
    }
    assert_eq!(fresh.stats().garbage, 1);
}

#[tokio::test]
async fn writes_that_do_not_wait_for_the_server_are_told_later() {
    let node = RedisNode::start(&[]).unwrap();
    let quick = options().response_timeout(ms(200)).connect_timeout(ms(200)).on_outage(Outage::Commit);
    let world = World::on(&node, quick.clone().max_pending(2)).await;
    let database = Database::with(&[("pk:1", 1)]);
    let (writer, other) = (world.process().await, world.process().await);
    world.read(&other, &database, "pk:1").await;
    node.pause().unwrap();
    let write = writer.begin_write(world.write(&["pk:1", "pk:2"])).await.expect("a write without the server");
    let error = writer.begin_write(world.write(&["pk:3"])).await.unwrap_err().to_string();
    assert!(error.contains("too many writes"), "{error}");
    node.resume().unwrap();
    // The server is back before the commit. What this process reads now must not be stored as what is true after it.
    sleep(ms(1500)).await;
    assert_eq!(world.read(&writer, &database, "pk:1").await, Some(1));
    assert_eq!(writer.stats().fills, 0);
    node.pause().unwrap();
    database.commit("pk:1", 2);
    write.finish().await;
    for _ in 0..20 {
        assert_eq!(world.read(&writer, &database, "pk:1").await, Some(2));
    }
    node.resume().unwrap();
    eventually("others are never told", async || world.read(&other, &database, "pk:1").await == Some(2)).await;
    let hits = writer.stats().hits;
    eventually("the key is never trusted again", async || {
        assert_eq!(world.read(&writer, &database, "pk:1").await, Some(2));
        writer.stats().hits > hits
    })
    .await;
}

#[tokio::test]
async fn a_server_that_refuses_us_is_no_error_for_readers() {
    let node = RedisNode::start(&[]).unwrap();
    let world = World::on(&node, options()).await;
    node.cli(&["config", "set", "requirepass", "s3cret"]).unwrap();
    let database = Database::with(&[("pk:1", 1)]);
    for user in ["", ":wr0ng@", "nobody:wr0ng@"] {
        let cache = Cache::redis(&node.url().replace("redis://", &format!("redis://{user}"))).await.unwrap();
        assert_eq!(world.read(&cache, &database, "pk:1").await, Some(1));
        let error = cache.begin_write(world.write(&["pk:1"])).await.unwrap_err().to_string();
        assert!(!error.contains("wr0ng"), "{error}");
    }
    let cache = options().redis(&node.url().replace("redis://", "redis://:s3cret@")).await.unwrap();
    cache.begin_write(world.write(&["pk:1"])).await.unwrap().finish().await;
}

#[tokio::test]
async fn a_cluster_that_loses_a_master_is_slower_and_not_wrong() {
    let quick = options().response_timeout(ms(200)).connect_timeout(ms(200));
    let mut world = World::new(Kind::Cluster, quick).await;
    let names: Vec<String> = (0..30).map(|number| format!("pk:{number}")).collect();
    let rows: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    let database = Database::with(&rows);
    let cache = world.process().await;
    for name in &names {
        world.read(&cache, &database, name).await;
        assert_eq!(world.cached(&cache, name).await, Some(1));
    }
    world.nodes[0].kill().unwrap();
    let began = Instant::now();
    for name in names.iter().cycle().take(300) {
        assert_eq!(world.read(&cache, &database, name).await, Some(1));
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let suffixes: Vec<&str> = names.iter().map(String::as_str).collect();
    assert!(cache.begin_write(world.write(&suffixes)).await.is_err(), "a barrier stands on a dead node");
    world.nodes[0].restart().unwrap();
    eventually("the node is not used again", async || {
        let Ok(write) = cache.begin_write(world.write(&suffixes)).await else { return false };
        for name in &names {
            database.commit(name, 2);
        }
        write.finish().await;
        true
    })
    .await;
    for name in &names {
        assert_eq!(world.read(&cache, &database, name).await, Some(2));
    }
}

#[tokio::test]
async fn urls_that_cannot_be_used_are_told_without_their_password() {
    for url in ["http://ann:s3cret@h", "s3cret", "redis://ann:s3cret@h:99999", "redis://ann:s3cret@h/x"] {
        let error = Cache::redis(url).await.unwrap_err();
        assert!(matches!(error, CacheError::Url(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }
    assert!(Cache::redis_cluster(&[] as &[&str]).await.is_err());
}
