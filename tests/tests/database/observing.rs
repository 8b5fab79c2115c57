//! What can be seen from outside: spans and numbers, and never a value.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tablature_tests::Engine;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{items, put};

/// Writes down every field of every span and event, those of a span under its number and those of events under 0.
#[derive(Clone, Default)]
struct Seen {
    next: Arc<AtomicU64>,
    fields: Arc<Mutex<BTreeMap<u64, String>>>,
}

struct Writing<'a>(&'a Seen, u64);

impl Visit for Writing<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut fields = self.0.fields.lock().unwrap();
        fields.entry(self.1).or_default().push_str(&format!("{}={value:?}\n", field.name()));
    }
}

impl Subscriber for Seen {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::SeqCst) + 1;
        span.record(&mut Writing(self, id));
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut Writing(self, id.into_u64()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Writing(self, 0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn spans_have_the_statement_and_the_number_of_rows_and_no_values() {
    let seen = Seen::default();
    // For the whole process, so that what the driver does on other threads is seen as well.
    tracing::subscriber::set_global_default(seen.clone()).unwrap();
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        put(&db, 1).await.unwrap();
        put(&db, 2).await.unwrap();
        let select = format!("SELECT id AS seen_{engine} FROM item WHERE label <> :secret ORDER BY id");
        let ids: Vec<i64> = db.query(&select).bind("secret", "s3cret").fetch_all().await.unwrap();
        assert_eq!(ids, [1, 2]);
        let stream: Vec<_> =
            db.query(&format!("{select} DESC")).bind("secret", "s3cret").stream::<i64>().collect().await;
        assert_eq!(stream.len(), 2);
        let update = format!("UPDATE item SET label = :secret WHERE id < 3 /* seen_{engine} */");
        db.query(&update).bind("secret", "s3cret").execute().await.unwrap_err();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;

        let fields = seen.fields.lock().unwrap();
        let spans: Vec<&String> = fields.values().filter(|fields| fields.contains(&format!("seen_{engine}"))).collect();
        let [select, stream, update] = spans[..] else { panic!("{engine}: {spans:?}") };
        for rows in [select, stream] {
            assert!(rows.contains("db.statement=\"SELECT id AS seen") && rows.contains("rows=2\n"), "{engine}: {rows}");
            assert!(!rows.contains("error"), "{engine}: {rows}");
        }
        assert!(update.contains("error=\"violation\"") && update.contains("rows=0\n"), "{engine}: {update}");
        let leak = fields.values().find(|fields| fields.contains("s3cret"));
        assert_eq!(leak, None, "{engine}");
    }
}

fn numbers(snapshotter: &Snapshotter) -> BTreeMap<String, u64> {
    let mut numbers = BTreeMap::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let number = match value {
            DebugValue::Counter(count) => count,
            DebugValue::Histogram(samples) => samples.len() as u64,
            DebugValue::Gauge(gauge) => gauge.into_inner() as u64,
        };
        *numbers.entry(key.key().name().to_owned()).or_default() += number;
    }
    numbers
}

#[test]
fn counters_count() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let (_scratch, db) = items(Engine::Sqlite, 1).await;
            put(&db, 1).await.unwrap();
            put(&db, 1).await.unwrap_err();
            db.query("SELECT id FROM item").fetch_all::<i64>().await.unwrap();
        });
    });
    let numbers = numbers(&snapshotter);
    assert_eq!(numbers["tablature_statements_total"], 3, "{numbers:?}");
    assert_eq!(numbers["tablature_statement_seconds"], 3, "{numbers:?}");
    assert_eq!(numbers["tablature_statement_errors_total"], 1, "{numbers:?}");
    assert_eq!(numbers["tablature_pool_wait_seconds"], 4, "{numbers:?}");
    assert_eq!(numbers["tablature_pool_connections"], 1, "{numbers:?}");
}
