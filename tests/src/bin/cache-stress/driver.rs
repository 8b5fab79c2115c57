//! Starts everything, kills writers, breaks the Redis, and adds up.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use tablature_runtime::{Database, Table};
use tablature_tests::servers::RedisNode;
use tablature_tests::{Engine, ScratchDatabase};
use tokio::runtime::Runtime;

use crate::hooks::Phase;
use crate::model::{HotBook, HotReview, PREFIX, TABLES, isbn_text, isbns};
use crate::{Break, Failure};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The engine of the database.
    #[arg(long, default_value = "postgres", value_parser = engine)]
    engine: Engine,
    /// How many cached reads to make at least.
    #[arg(long, default_value_t = 100_000)]
    reads: u64,
    /// How many writers to kill at least.
    #[arg(long, default_value_t = 500)]
    kills: u64,
    /// What the random numbers begin with.
    #[arg(long)]
    seed: Option<u64>,
    /// When to give up if there are not enough reads and kills by then.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// How many writers run at the same time.
    #[arg(long, default_value_t = 4)]
    writers: u64,
    /// How many rows are hot.
    #[arg(long, default_value_t = 300)]
    books: i64,
    /// Leave the Redis alone.
    #[arg(long)]
    calm: bool,
    /// Break the protocol, to see that it is noticed: the run has to fail then.
    #[arg(long = "break")]
    breach: Option<Break>,
}

fn engine(name: &str) -> Result<Engine, String> {
    let known = Engine::ALL.into_iter().find(|engine| engine.folder() == name);
    known.ok_or_else(|| "the engines are mysql, postgres and sqlite".to_owned())
}

/// How long after the Redis came back a write that was under way meanwhile may still have to be made good.
const AFTERMATH: Duration = Duration::from_secs(3);

/// What happened.
#[derive(Default)]
struct Tally {
    kills: BTreeMap<Phase, u64>,
    /// By reader, its latest counts.
    readers: BTreeMap<u64, Vec<u64>>,
    transactions: u64,
    /// Errors of writers that belong to the outages.
    refused: BTreeMap<String, u64>,
    stale: Vec<(u128, String)>,
    faults: Vec<String>,
    /// When the Redis was lost, and until when that may be felt.
    losses: Vec<(u128, u128)>,
    restarts: u64,
    pauses: u64,
    garbage: u64,
}

impl Tally {
    fn kills(&self) -> u64 {
        self.kills.values().sum()
    }

    fn count(&self, index: usize) -> u64 {
        self.readers.values().filter_map(|counts| counts.get(index)).sum()
    }

    /// Stale answers that the loss of the Redis does not explain.
    fn stale(&self) -> impl Iterator<Item = &str> {
        let excused = |at: u128| self.losses.iter().any(|(from, to)| (from..=to).contains(&&at));
        self.stale.iter().filter(move |(at, _)| !excused(*at)).map(|(_, text)| text.as_str())
    }
}

/// A run.
struct Run<'a> {
    arguments: &'a Arguments,
    seed: u64,
    database: String,
    redis: String,
    /// As long as the file is there, writers may be killed.
    permit: PathBuf,
    program: PathBuf,
    tally: Mutex<Tally>,
    over: AtomicBool,
}

pub(crate) fn run(arguments: &Arguments, runtime: &Runtime) -> Result<bool, Failure> {
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    println!("engine {}, seed {seed}", arguments.engine);
    let began = Instant::now();
    let database = ScratchDatabase::create(arguments.engine)?;
    database.load(TABLES)?;
    runtime.block_on(fill(database.url(), arguments.books))?;
    let mut node = RedisNode::start(&["--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru"])?;
    // Nothing is stored in the first seconds of a layout. This one counts as known, until the Redis loses its data.
    for (table, layout) in [("hot_book", HotBook::RELATION.layout), ("hot_review", HotReview::RELATION.layout)] {
        node.cli(&["HSET", &format!("{PREFIX}:{table}:layouts"), layout, "1:9999999999999"])?;
    }
    let folder = tempfile::tempdir()?;
    let run = Run {
        arguments,
        seed,
        database: database.url().to_owned(),
        redis: node.url(),
        permit: folder.path().join("permit"),
        program: std::env::current_exe()?,
        tally: Mutex::default(),
        over: AtomicBool::new(false),
    };
    std::fs::write(&run.permit, "")?;
    let patience = Duration::from_secs_f64(arguments.minutes.max(0.0) * 60.0);
    let outcome = scope(|threads| -> Result<(), Failure> {
        for number in 0..2 {
            let run = &run;
            threads.spawn(move || run.note(run.read(number)));
        }
        for number in 0..arguments.writers {
            let run = &run;
            threads.spawn(move || run.note(run.write(number)));
        }
        let mut rng = Rng::with_seed(seed);
        let mut watch = || -> Result<(), Failure> {
            let mut steps = 0_u64;
            loop {
                sleep(Duration::from_millis(100));
                let tally = run.tally();
                let enough = tally.count(0) >= arguments.reads && tally.kills() >= arguments.kills;
                drop(tally);
                if enough || began.elapsed() > patience {
                    return Ok(());
                }
                steps += 1;
                if !arguments.calm {
                    run.trouble(&mut node, &mut rng, steps)?;
                }
            }
        };
        let outcome = watch();
        run.over.store(true, Ordering::SeqCst);
        outcome
    });
    outcome?;
    let tally = run.tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(print(&tally, arguments, began.elapsed()))
}

/// Puts in the rows, and what the books say of them.
async fn fill(url: &str, books: i64) -> Result<(), Failure> {
    let db = Database::connect(url).await?;
    let all: Vec<HotBook> =
        (1..=books).map(|id| HotBook { id, isbn: isbn_text(id - 1), version: 1, note: "first".to_owned() }).collect();
    db.insert_many(&all).await?;
    let reviewed = |id: i64| id % 2 == 0;
    let reviews: Vec<HotReview> =
        (1..=books).filter(|id| reviewed(*id)).map(|book_id| HotReview { book_id, number: 1, version: 1 }).collect();
    db.insert_many(&reviews).await?;
    let mut states = Vec::new();
    for id in 1..=books {
        states.push((crate::model::book(id), Some(crate::model::book(id))));
        states.push((crate::model::review(id), reviewed(id).then(|| crate::model::review(id))));
    }
    for number in 0..isbns(books) {
        let row = (number < books).then(|| crate::model::book(number + 1));
        states.push((crate::model::isbn(&isbn_text(number)), row));
    }
    db.transaction(async |tx| {
        for (name, row) in states {
            tx.query("INSERT INTO hot_state (name, version, row_name) VALUES (:name, 1, :row)")
                .bind("name", name)
                .bind("row", row)
                .execute()
                .await?;
        }
        Ok::<(), tablature_runtime::Error>(())
    })
    .await?;
    db.close().await;
    Ok(())
}

impl Run<'_> {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, outcome: Result<(), Failure>) {
        if let Err(error) = outcome {
            self.tally().faults.push(error.to_string());
            self.over.store(true, Ordering::SeqCst);
        }
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    fn command(&self, role: &str, seed: u64) -> Command {
        let mut command = Command::new(&self.program);
        command.args([role, "--database", &self.database, "--redis", &self.redis]);
        command.args(["--seed", &seed.to_string(), "--books", &self.arguments.books.to_string()]);
        if let Some(Break::NoBarrier) = self.arguments.breach {
            command.args(["--break", "no-barrier"]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    /// Has a process read until the run is over.
    fn read(&self, number: u64) -> Result<(), Failure> {
        let mut command = self.command("read", self.seed.wrapping_add(number));
        let mut child = command.args(["--tasks", "6"]).spawn()?;
        let lines = lines(&mut child)?;
        let mut told = false;
        for line in lines {
            let line = line?;
            let (kind, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let mut tally = self.tally();
            match kind {
                "R" => {
                    let counts = rest.split(' ').map(str::parse).collect::<Result<_, _>>()?;
                    tally.readers.insert(number, counts);
                }
                "S" => {
                    let (at, text) = rest.split_once(' ').unwrap_or((rest, ""));
                    tally.stale.push((at.parse()?, text.to_owned()));
                }
                _ => tally.faults.push(line),
            }
            if self.is_over() && !told {
                told = true;
                drop(child.stdin.take());
            }
        }
        let status = child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("a reader ended: {status}").into()) }
    }

    /// Starts writers one after the other, and kills each of them.
    fn write(&self, number: u64) -> Result<(), Failure> {
        let mut rng = Rng::with_seed(self.seed.wrapping_add(100 + number));
        while !self.is_over() {
            let phase = Phase::ALL[rng.usize(..Phase::ALL.len())];
            let phase = match (self.arguments.breach, phase) {
                (Some(Break::NoBarrier), Phase::BeforeBarrier) => Phase::Committed,
                (_, phase) => phase,
            };
            let mut command = self.command("write", rng.u64(..));
            let after = rng.u32(0..12).to_string();
            command.args(["--die", phase.name(), "--after", &after, "--permit"]).arg(&self.permit);
            let mut child = command.spawn()?;
            let outcome = self.watch(&mut child, phase, &mut rng);
            child.kill()?;
            child.wait()?;
            if outcome? {
                *self.tally().kills.entry(phase).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Waits until a writer is to be killed; says whether it was ready for that.
    fn watch(&self, child: &mut Child, phase: Phase, rng: &mut Rng) -> Result<bool, Failure> {
        for line in lines(child)? {
            let line = line?;
            if self.is_over() {
                return Ok(false);
            }
            match line.split_at_checked(1) {
                Some(("K", _)) => {
                    if phase == Phase::Anywhere {
                        sleep(Duration::from_micros(rng.u64(0..60_000)));
                    }
                    return Ok(true);
                }
                Some(("T", _)) => self.tally().transactions += 1,
                Some(("E", text)) => *self.tally().refused.entry(text.trim().to_owned()).or_default() += 1,
                _ => self.tally().faults.push(format!("a writer failed: {line}")),
            }
        }
        Err("a writer ended by itself".into())
    }

    /// Does something to the Redis from time to time.
    fn trouble(&self, node: &mut RedisNode, rng: &mut Rng, step: u64) -> Result<(), Failure> {
        match step {
            _ if step % 200 == 60 => self.restart(node, rng)?,
            _ if step % 50 == 10 => {
                node.pause()?;
                sleep(Duration::from_millis(rng.u64(100..1200)));
                node.resume()?;
                self.tally().pauses += 1;
            }
            _ if step.is_multiple_of(3) => self.litter(node, rng)?,
            _ => {}
        }
        Ok(())
    }

    /// Kills the Redis, all of whose data are lost, and starts it again. Writers are not killed around that: one that is
    /// killed after its announcement was lost could leave rows from before its commit, which is not promised otherwise.
    fn restart(&self, node: &mut RedisNode, rng: &mut Rng) -> Result<(), Failure> {
        std::fs::remove_file(&self.permit)?;
        sleep(Duration::from_millis(600));
        let lost = milliseconds();
        node.kill()?;
        sleep(Duration::from_millis(rng.u64(50..700)));
        node.restart()?;
        sleep(AFTERMATH);
        let mut tally = self.tally();
        tally.losses.push((lost, milliseconds()));
        tally.restarts += 1;
        drop(tally);
        std::fs::write(&self.permit, "")?;
        Ok(())
    }

    /// Writes garbage over what stands at some keys, except for announcements, whose loss is another matter.
    fn litter(&self, node: &RedisNode, rng: &mut Rng) -> Result<(), Failure> {
        const SCRIPT: &str = "local n = 0 for i, key in ipairs(KEYS) do \
            if redis.call('TYPE', key).ok ~= 'string' or redis.call('GETRANGE', key, 0, 2) ~= 'T1B' then \
            redis.call('SET', key, ARGV[i], 'PX', 20000) n = n + 1 end end return n";
        let mut arguments = vec!["EVAL".to_owned(), SCRIPT.to_owned(), "12".to_owned()];
        for _ in 0..12 {
            let id = rng.i64(1..=self.arguments.books);
            let key = match rng.u8(0..3) {
                0 => HotBook::by_id(id).cache_key(),
                1 => HotBook::by_isbn(&isbn_text(id)).cache_key(),
                _ => HotReview::of(id).cache_key(),
            };
            arguments.push(key.ok_or("a key has no text")?);
        }
        for _ in 0..12 {
            let mut text: String = (0..rng.usize(0..80)).map(|_| rng.alphanumeric()).collect();
            if rng.bool() {
                // Almost an entry.
                text.insert_str(0, ["T1V", "T1N", "T1P", "T1L", "T1"][rng.usize(0..5)]);
            }
            arguments.push(text);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let said = node.cli(&arguments)?;
        self.tally().garbage += said.trim().parse::<u64>().unwrap_or(0);
        Ok(())
    }
}

fn lines(child: &mut Child) -> Result<std::io::Lines<BufReader<std::process::ChildStdout>>, Failure> {
    Ok(BufReader::new(child.stdout.take().ok_or("a process has no output")?).lines())
}

fn milliseconds() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_millis())
}

/// Prints the figures; whether all is as it should be.
fn print(tally: &Tally, arguments: &Arguments, took: Duration) -> bool {
    let [reads, hits, negative, joined, bypasses, fills, refused, garbage, errors] =
        [0, 1, 2, 3, 4, 5, 6, 7, 8].map(|index| tally.count(index));
    let answered = hits + negative + joined;
    let ratio = if reads == 0 { 0.0 } else { 100.0 * answered as f64 / reads as f64 };
    println!("took             {:.1} s", took.as_secs_f64());
    println!("reads            {reads}");
    println!("from the cache   {answered} ({ratio:.1} %): {hits} rows, {negative} absences, {joined} shared");
    println!("past the cache   {bypasses}");
    println!("stored           {fills}, and {refused} refused because of a write");
    println!("transactions     {} by {} writers at a time", tally.transactions, arguments.writers);
    for (text, count) in &tally.refused {
        println!("                 {count} {text}");
    }
    println!("writers killed   {}", tally.kills());
    for (phase, count) in &tally.kills {
        println!("                 {count} {}", phase.name());
    }
    println!("redis            {} restarts, {} pauses, {} keys littered", tally.restarts, tally.pauses, tally.garbage);
    println!("                 {garbage} times garbage was seen, {errors} commands failed for readers");
    let stale: Vec<&str> = tally.stale().collect();
    println!("stale            {}, and {} while the redis was lost", stale.len(), tally.stale.len() - stale.len());
    println!("faults           {}", tally.faults.len());
    for text in stale.iter().take(20) {
        println!("STALE {text}");
    }
    for text in tally.faults.iter().take(20) {
        println!("FAULT {text}");
    }
    let short = reads < arguments.reads || tally.kills() < arguments.kills;
    if short {
        println!("there were not enough reads or kills in {} minutes", arguments.minutes);
    }
    stale.is_empty() && tally.faults.is_empty() && !short
}
