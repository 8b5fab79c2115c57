//! Processes with different layouts of one table, as during a deploy.

use std::convert::Infallible;
use std::time::Duration;

use tablature_runtime::cache::{Cache, CacheOptions, Request};
use tokio::time::{Instant, sleep};

use crate::support::{Database, Kind, LAYOUT, NEW_LAYOUT, World, number, options, row};

const GRACE: Duration = Duration::from_millis(1500);

fn graceful() -> CacheOptions {
    options().response_timeout(GRACE / 10).grace(GRACE)
}

/// A read by a process with the new layout.
async fn read_new(world: &World, cache: &Cache, database: &Database) -> Option<u64> {
    let (key, registry) = (world.key_under(NEW_LAYOUT, "pk:1"), world.registry());
    let request = Request::new(&key, &registry, NEW_LAYOUT);
    let read = || async { Ok::<_, Infallible>(row(&key, &[], database.read("pk:1").unwrap())) };
    cache.read(&request, read).await.unwrap().map(|value| number(&value))
}

#[tokio::test]
async fn a_new_layout_is_not_stored_before_all_writers_know_it() {
    let world = World::new(Kind::Redis, graceful()).await;
    let database = Database::with(&[("pk:1", 1)]);
    let (first, second) = (world.process().await, world.process().await);
    let entered = Instant::now();
    read_new(&world, &first, &database).await;
    while entered.elapsed() < GRACE.mul_f64(0.8) {
        // A second process does not take the first one's word for granted, which was given a moment ago.
        for cache in [&first, &second] {
            read_new(&world, cache, &database).await;
        }
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((first.stats().fills, second.stats().fills), (0, 0));
    sleep(GRACE.mul_f64(0.4)).await;
    read_new(&world, &second, &database).await;
    assert_eq!(second.stats().fills, 1);
    // A third one finds the layout known, and need not wait.
    assert_eq!(read_new(&world, &world.process().await, &database).await, Some(1));
}

#[tokio::test]
async fn a_writer_invalidates_under_layouts_that_it_has_never_heard_of() {
    let world = World::new(Kind::Redis, graceful()).await;
    let database = Database::with(&[("pk:1", 1)]);
    let (new, old) = (world.process().await, world.process().await);
    // The writer has just looked, and knows of no other layout.
    old.begin_write(world.write(&["pk:1"])).await.unwrap().finish().await;
    read_new(&world, &new, &database).await;
    sleep(GRACE + Duration::from_millis(50)).await;
    read_new(&world, &new, &database).await;
    assert_eq!(new.stats().fills, 1);
    let write = old.begin_write(world.write(&["pk:1"])).await.unwrap();
    database.commit("pk:1", 2);
    assert_eq!(read_new(&world, &new, &database).await, Some(2));
    write.finish().await;
    assert_eq!(read_new(&world, &new, &database).await, Some(2));
}

#[tokio::test]
async fn a_layout_that_comes_into_use_during_a_commit_is_barred_too() {
    let world = World::new(Kind::Redis, graceful()).await;
    let database = Database::with(&[("pk:1", 1)]);
    let (new, old) = (world.process().await, world.process().await);
    let write = old.begin_write(world.write(&["pk:1"])).await.unwrap();
    let began = Instant::now();
    while began.elapsed() < GRACE * 2 {
        assert_eq!(read_new(&world, &new, &database).await, Some(1));
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(new.stats().fills, 0, "a row from before the commit was stored");
    database.commit("pk:1", 2);
    // The writer dies here, in the worst case.
    drop(write);
    assert_eq!(read_new(&world, &new, &database).await, Some(2));
}

#[tokio::test]
async fn a_registry_that_was_lost_begins_anew() {
    let world = World::new(Kind::Redis, graceful()).await;
    let database = Database::with(&[("pk:1", 1), ("pk:2", 1)]);
    let cache = world.process().await;
    world.read(&cache, &database, "pk:1").await;
    assert_eq!(cache.stats().fills, 1);
    for garbage in ["DEL", "SET", "HSET"] {
        let mut command = redis::cmd(garbage);
        command.arg(world.registry());
        match garbage {
            "SET" => drop(command.arg("x")),
            "HSET" => drop(command.arg(LAYOUT).arg("x")),
            _ => {}
        }
        world.raw(&command).await;
        let fills = cache.stats().fills;
        let write = cache.begin_write(world.write(&["pk:1"])).await.unwrap();
        write.finish().await;
        world.read(&cache, &database, "pk:1").await;
        assert_eq!(cache.stats().fills, fills, "{garbage}: stored although no writer can know the layout");
        sleep(GRACE + Duration::from_millis(50)).await;
        world.read(&cache, &database, "pk:1").await;
        assert_eq!(cache.stats().fills, fills + 1, "{garbage}: {:?}", cache.stats());
    }
}

#[tokio::test]
async fn layouts_that_nobody_uses_any_more_drop_out() {
    let world = World::new(Kind::Redis, graceful()).await;
    let cache = world.process().await;
    world.raw(redis::cmd("HSET").arg(world.registry()).arg("cccc0003").arg("1:1000")).await;
    cache.begin_write(world.write(&["pk:1"])).await.unwrap().finish().await;
    let left = world.raw(redis::cmd("HKEYS").arg(world.registry())).await;
    assert_eq!(left, redis::Value::Array(vec![redis::Value::BulkString(LAYOUT.into())]));
    // One that is in use stays at least as long as what is stored under it.
    let database = Database::with(&[("pk:1", 1)]);
    read_new(&world, &cache, &database).await;
    let redis::Value::BulkString(field) = world.raw(redis::cmd("HGET").arg(world.registry()).arg(NEW_LAYOUT)).await
    else {
        panic!("the layout was not entered");
    };
    let field = String::from_utf8(field).unwrap();
    let (first, last) = field.split_once(':').unwrap();
    let stays = last.parse::<u64>().unwrap() - first.parse::<u64>().unwrap();
    assert!(stays > 335_000, "{stays} ms");
}
