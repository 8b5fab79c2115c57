//! Caches on each kind of store, and a database that is a number for each key.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use redis::aio::ConnectionLike;
use tablature_runtime::cache::{Cache, CacheOptions, Filled, KeyPattern, Request, TableWrite, Value};
use tablature_tests::servers::RedisNode;
use tablature_tests::{Service, server_url};

/// The layout that most tests use.
pub(crate) const LAYOUT: &str = "aaaa0001";

/// A layout that is in nobody's code but the reader's own.
pub(crate) const NEW_LAYOUT: &str = "bbbb0002";

/// A kind of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    InProcess,
    Redis,
    Cluster,
}

/// One kind of store, and keys that no other test has.
pub(crate) struct World {
    kind: Kind,
    prefix: String,
    options: CacheOptions,
    urls: Vec<String>,
    local: Option<Cache>,
    /// The nodes of the cluster, if it is this world's own.
    pub(crate) nodes: Vec<RedisNode>,
}

/// Times that suit tests: long enough for a busy machine.
pub(crate) fn options() -> CacheOptions {
    let patient = Duration::from_secs(2);
    Cache::options().connect_timeout(patient).response_timeout(patient).grace(Duration::from_secs(20))
}

impl World {
    pub(crate) async fn new(kind: Kind, options: CacheOptions) -> Self {
        let (nodes, urls) = match kind {
            Kind::InProcess => (Vec::new(), Vec::new()),
            Kind::Redis => (Vec::new(), vec![server_url(Service::Redis).unwrap().to_owned()]),
            Kind::Cluster => {
                let nodes = RedisNode::start_cluster(3).unwrap();
                let urls = nodes.iter().map(RedisNode::url).collect();
                (nodes, urls)
            }
        };
        Self::over(kind, options, urls, nodes).await
    }

    /// On a Redis of the test's own.
    pub(crate) async fn on(node: &RedisNode, options: CacheOptions) -> Self {
        Self::over(Kind::Redis, options, vec![node.url()], Vec::new()).await
    }

    async fn over(kind: Kind, options: CacheOptions, urls: Vec<String>, nodes: Vec<RedisNode>) -> Self {
        let local = (kind == Kind::InProcess).then(|| options.clone().in_process().unwrap());
        let prefix = format!("tablature-test-{:016x}", fastrand::u64(..));
        let world = Self { kind, prefix, options, urls, local, nodes };
        world.enter_layout().await;
        world
    }

    /// The same server, and other keys. It lives as long as this.
    pub(crate) async fn with_other_keys(&self) -> Self {
        Self::over(self.kind, self.options.clone(), self.urls.clone(), Vec::new()).await
    }

    /// Has the layout entered in the registry for long, so that no test waits for the time in which nothing is stored.
    pub(crate) async fn enter_layout(&self) {
        if self.kind != Kind::InProcess {
            self.raw(redis::cmd("HSET").arg(self.registry()).arg(LAYOUT).arg("1:9999999999999")).await;
        }
    }

    /// A cache as another process would have it: on a store in this process there is only one.
    pub(crate) async fn process(&self) -> Cache {
        self.process_with(self.options.clone()).await
    }

    pub(crate) async fn process_with(&self, options: CacheOptions) -> Cache {
        match self.kind {
            Kind::InProcess => self.local.clone().unwrap(),
            Kind::Redis => options.redis(&self.urls[0]).await.unwrap(),
            Kind::Cluster => options.redis_cluster(&self.urls).await.unwrap(),
        }
    }

    pub(crate) fn registry(&self) -> String {
        format!("{}:t:layouts", self.prefix)
    }

    pub(crate) fn key(&self, suffix: &str) -> String {
        self.key_under(LAYOUT, suffix)
    }

    pub(crate) fn key_under(&self, layout: &str, suffix: &str) -> String {
        format!("{}:t:{layout}:{suffix}", self.prefix)
    }

    pub(crate) fn write(&self, suffixes: &[&str]) -> Vec<TableWrite> {
        let keys = suffixes.iter().map(|suffix| KeyPattern::new(format!("{}:t:", self.prefix), format!(":{suffix}")));
        vec![TableWrite { registry: self.registry(), layouts: vec![LAYOUT.to_owned()], keys: keys.collect() }]
    }

    /// Sends a command past the cache.
    pub(crate) async fn raw(&self, command: &redis::Cmd) -> redis::Value {
        if self.kind == Kind::Cluster {
            let client = redis::cluster::ClusterClient::new(self.urls.clone()).unwrap();
            let mut connection = client.get_async_connection().await.unwrap();
            return connection.req_packed_command(command).await.unwrap();
        }
        let client = redis::Client::open(self.urls[0].as_str()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        connection.req_packed_command(command).await.unwrap()
    }

    /// What stands at a key in Redis.
    pub(crate) async fn at(&self, key: &str) -> Option<Vec<u8>> {
        match self.raw(redis::cmd("GET").arg(key)).await {
            redis::Value::BulkString(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// A read of a row by its primary key.
    pub(crate) async fn read(&self, cache: &Cache, database: &Database, suffix: &str) -> Option<u64> {
        self.read_with(cache, suffix, || async { database.read(suffix) }).await
    }

    /// The same, of a database that does what the test says.
    pub(crate) async fn read_with<F>(
        &self,
        cache: &Cache,
        suffix: &str,
        database: impl FnOnce() -> F + Send,
    ) -> Option<u64>
    where
        F: Future<Output = Option<u64>> + Send,
    {
        let (key, registry) = (self.key(suffix), self.registry());
        let request = Request::new(&key, &registry, LAYOUT);
        let read = || async { Ok::<_, Infallible>(database().await.map_or(Filled::Absent, |n| row(&key, &[], n))) };
        cache.read(&request, read).await.unwrap().map(|value| number(&value))
    }

    /// A read that must not need the database.
    pub(crate) async fn cached(&self, cache: &Cache, suffix: &str) -> Option<u64> {
        self.read_with(cache, suffix, || async { panic!("the database was asked") }).await
    }
}

/// A table of numbers, and how often it was read.
#[derive(Default)]
pub(crate) struct Database {
    rows: Mutex<HashMap<String, u64>>,
    reads: AtomicUsize,
}

impl Database {
    pub(crate) fn with(rows: &[(&str, u64)]) -> Arc<Self> {
        let rows = rows.iter().map(|(key, number)| ((*key).to_owned(), *number)).collect();
        Arc::new(Self { rows: Mutex::new(rows), reads: AtomicUsize::new(0) })
    }

    pub(crate) fn read(&self, key: &str) -> Option<u64> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.rows.lock().unwrap().get(key).copied()
    }

    pub(crate) fn commit(&self, key: &str, number: u64) {
        self.rows.lock().unwrap().insert(key.to_owned(), number);
    }

    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

pub(crate) fn number(value: &Value) -> u64 {
    u64::from_be_bytes(value[..8].try_into().unwrap())
}

/// A row that holds a number.
pub(crate) fn row(key: &str, others: &[String], number: u64) -> Filled {
    Filled::row(key, others.iter().cloned(), &number.to_be_bytes())
}
