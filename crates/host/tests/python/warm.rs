//! A run that starts from the image is a run of an instance that warmed itself up: the same result, logs, errors, files and fuel.

use super::{Bench, executor, guest, run_with};
use selvage_host::Executor;
use serde_json::{Value, json};
use std::sync::OnceLock;

/// Programs that look at whatever an image could have kept of another time: modules and what is in them, chance, clocks, identities,
/// hashes, files, arguments, and how much of everything there is left.
const PROGRAMS: &[&str] = &[
    "1 + 1\n",
    "import json, csv, re, datetime, asyncio, dataclasses, logging\njson.dumps([1, 2])\n",
    "import random, secrets, uuid\n[random.random(), random.sample(range(100), 5), secrets.token_hex(8), str(uuid.uuid4())]\n",
    "import random\nrandom.seed(4)\n[random.random(), random.Random().random()]\n",
    "import logging\nrecord = logging.makeLogRecord({})\n[record.created, record.relativeCreated >= 0, record.relativeCreated < 60_000]\n",
    "import time, datetime\n[time.time(), time.monotonic(), time.perf_counter(), str(datetime.datetime.now()), time.process_time()]\n",
    "import sys\n[sorted(sys.modules), sys.path, sys.argv, len(sys.path_importer_cache)]\n",
    "import os, selvage\n[dict(os.environ), os.getcwd(), sorted(os.listdir('.')), selvage.args]\n",
    "[hash('a'), hash(b'a'), list({'a', 'b', 'c', 'd'}), id(object()) == id(object())]\n",
    "import gc\n[gc.get_count(), gc.collect(), len(gc.get_objects()) if hasattr(gc, 'get_objects') else 0]\n",
    "import itertools, asyncio\nasync def main():\n    return asyncio.current_task().get_name()\n[asyncio.run(main()), asyncio.run(main())]\n",
    "import json\njson.left = 1\njson.loads('{')\n",
    "def f(n):\n    return f(n + 1)\nf(0)\n",
    "x = []\nwhile True:\n    x.append('x' * 1000000)\n",
    "while True:\n    pass\n",
    "import pathlib, zipfile, decimal, statistics\npathlib.Path('out').mkdir(exist_ok=True)\npathlib.Path('out/a.txt').write_text('a' * 1000)\nprint('said')\nstr(decimal.Decimal('1.1') + statistics.mean([1, 2]))\n",
];

/// The Python guest whose instances each warm themselves up.
fn cold() -> Bench<'static> {
    static GUESTS: OnceLock<[Executor; 2]> = OnceLock::new();
    let [js, python] = GUESTS.get_or_init(|| {
        ["guest-js", "guest-py"].map(|name| {
            Executor::cold(&guest(name), Some(&crate::bench::compiled())).expect("a guest")
        })
    });
    Bench::new(js).with_python(python)
}

fn from_image() -> Bench<'static> {
    static GUESTS: OnceLock<[Executor; 2]> = OnceLock::new();
    let [js, python] = GUESTS.get_or_init(|| ["guest-js", "guest-py"].map(executor));
    Bench::new(js).with_python(python)
}

/// All that a run gave, but for what hangs on the machine's own clock.
fn given(bench: &mut Bench<'_>, source: &str, more: &Value) -> Value {
    let said = run_with(bench, source, more.clone());
    let mut usage = bench.ran.as_ref().map_or(Value::Null, |ran| {
        serde_json::to_value(&ran.outcome.usage).expect("JSON")
    });
    let ops = bench.ran.as_ref().map(|ran| ran.outcome.ops.clone());
    for key in ["cpuMs", "wallMs"] {
        usage.as_object_mut().expect("it ran").remove(key);
    }
    let said = match said {
        Ok(record) => json!([record["value"], record["logs"]]),
        Err(error) => json!(error),
    };
    json!({ "said": said, "usage": usage, "ops": ops })
}

#[test]
fn a_run_from_the_image_is_a_run_of_an_instance_that_warmed_itself_up() {
    let (mut image, mut cold) = (from_image(), cold());
    let limits = json!({ "fuelMax": 20_000_000, "cpuMsMax": 60_000, "wallMsMax": 60_000 });
    // The first run makes the image, so that all that follow start from it.
    given(&mut image, "0\n", &json!({}));
    given(&mut cold, "0\n", &json!({}));
    for (seed, source) in (1..).zip(PROGRAMS) {
        let more = json!({ "seed": seed, "args": { "n": seed }, "env": { "NAME": "value" }, "limits": limits });
        let (one, other) = (
            given(&mut image, source, &more),
            given(&mut cold, source, &more),
        );
        assert_eq!(one, other, "{source}");
    }
}

#[test]
fn chance_comes_from_the_runs_seed_and_not_from_the_image() {
    let mut bench = from_image();
    let source = "import random, uuid\n[random.random(), str(uuid.uuid4())]\n";
    let mut drawn = |seed: u64| {
        run_with(&mut bench, source, json!({ "seed": seed })).expect("drawn")["value"].clone()
    };
    let (one, again, other) = (drawn(1), drawn(1), drawn(2));
    assert_eq!(one, again);
    assert_ne!(one[0], other[0]);
    assert_ne!(one[1], other[1]);
}

#[test]
fn a_run_that_may_not_hold_the_image_ends_as_in_a_cold_start() {
    let more = json!({ "limits": { "memoryBytesMax": 24 << 20 } });
    let (mut image, mut cold) = (from_image(), cold());
    given(&mut image, "0\n", &json!({}));
    let end = |bench: &mut Bench<'_>| {
        run_with(bench, "1\n", more.clone())
            .expect_err("it does not fit")
            .code
    };
    assert_eq!(end(&mut image), end(&mut cold));
}
