//! Runs named checks one after the other, each within a time limit, and prints the lines that the runner reads:
//! "ok NAME", "not ok NAME: why", "skip NAME: why" and at the end "N passed, N failed".

use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::process::exit;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub const START_MS: i64 = 1_700_000_000_000;
const CHECK_LIMIT: Duration = Duration::from_secs(60);
const WAIT_LIMIT: Duration = Duration::from_secs(15);

pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Default)]
pub struct Checks {
    passed: u32,
    failed: u32,
}

impl Checks {
    pub fn check(&mut self, name: &str, body: impl FnOnce() -> Outcome) {
        let (done, ended) = mpsc::channel::<()>();
        let (label, passed, failed) = (name.to_string(), self.passed, self.failed);
        let watch = thread::spawn(move || {
            if ended.recv_timeout(CHECK_LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
                println!("not ok {label}: no result within {} s", CHECK_LIMIT.as_secs());
                println!("{passed} passed, {} failed", failed + 1);
                exit(1);
            }
        });
        let outcome = body();
        drop(done);
        watch.join().expect("the watch only waits");
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("ok {name}");
            }
            Err(why) => {
                self.failed += 1;
                let why = why.to_string();
                println!("not ok {name}: {}", why.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
    }

    pub fn skip(&self, name: &str, why: &str) {
        println!("skip {name}: {why}");
    }

    /// Prints the closing line and ends the process.
    pub fn finish(self) -> ! {
        println!("{} passed, {} failed", self.passed, self.failed);
        exit(if self.failed > 0 { 1 } else { 0 })
    }
}

pub fn bootstrap() -> String {
    std::env::var("BOOTSTRAP").unwrap_or_else(|_| "127.0.0.1:9092".into())
}

/// Whether the run is to be short: fewer records, the same checks.
pub fn quick() -> bool {
    std::env::var("QUICK").is_ok_and(|value| value == "1")
}

/// Makes names that no other check, and no other run, uses.
pub struct Names {
    run: String,
    count: std::sync::atomic::AtomicU32,
}

impl Names {
    pub fn new(client: &str) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        Self { run: format!("{client}-{:x}-", since.as_millis()), count: 0.into() }
    }

    pub fn name(&self, what: &str) -> String {
        let count = self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        format!("{}{what}-{count}", self.run)
    }

    pub fn is_own(&self, name: &str) -> bool {
        name.starts_with(&self.run)
    }
}

pub fn equal<T: PartialEq + Debug>(expected: T, actual: T, what: &str) -> Outcome {
    if expected == actual {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, got {actual:?}").into())
}

pub fn is_true(condition: bool, what: impl Display) -> Outcome {
    if condition { Ok(()) } else { Err(what.to_string().into()) }
}

/// Asks every 20 ms, for 15 s at most.
pub fn eventually(what: &str, mut holds: impl FnMut() -> Outcome<bool>) -> Outcome {
    let end = Instant::now() + WAIT_LIMIT;
    while !holds()? {
        if Instant::now() > end {
            return Err(format!("not within {} s: {what}", WAIT_LIMIT.as_secs()).into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Keys and the partition of three that murmur2 gives them, the same in every client.
pub const KEYS: [(&str, i32); 6] =
    [("order-1", 1), ("order-2", 0), ("order-4", 2), ("Müller", 1), ("日本語", 1), ("🧵", 2)];

pub fn partition_of_key(key: &[u8]) -> i32 {
    let all: HashMap<&[u8], i32> = KEYS.iter().map(|(key, partition)| (key.as_bytes(), *partition)).collect();
    all[key]
}

/// A record with all that may be odd about one: no key, no value, empty ones, many headers.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    pub timestamp_ms: i64,
}

pub fn samples(count: usize) -> Vec<Sample> {
    (0..count).map(sample).collect()
}

fn sample(i: usize) -> Sample {
    let value = match i {
        _ if i % 7 == 6 => None,
        _ if i % 11 == 10 => Some(Vec::new()),
        _ => Some(format!("value-{i} ✓ {}", "x".repeat(i)).into_bytes()),
    };
    let header = |key: &str, value: Option<&str>| (key.to_string(), value.map(|text| text.as_bytes().to_vec()));
    let headers = if i.is_multiple_of(3) {
        Vec::new()
    } else {
        vec![
            header("trace", Some(&format!("t-{i}"))),
            header("empty", Some("")),
            header("trace", Some("again")),
            header("null", None),
            header("ünïcode", Some("🧵")),
        ]
    };
    Sample {
        key: (i % 5 != 4).then(|| KEYS[i % KEYS.len()].0.as_bytes().to_vec()),
        value,
        headers,
        timestamp_ms: START_MS + i as i64 * 1000,
    }
}

/// Time of the record at `offset` among a hundred that are 1 s apart, the one at offset 60 being the newest by time.
pub fn time_of(offset: i64) -> i64 {
    START_MS + if offset == 60 { 1_000_000 } else { offset * 1000 }
}
