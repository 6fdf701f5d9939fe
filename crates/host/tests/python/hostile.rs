//! Python that means harm: each program ends with its code, and the next run finds a clean world.

use super::{bench, run_with};
use selvage_tool::ErrorCode;
use serde_json::{Value, json};

/// Runs a program with these limits, and then an innocent one in the same workbench.
fn ends(source: &str, limits: Value) -> ErrorCode {
    let mut bench = bench();
    let more = json!({ "limits": limits });
    let error = run_with(&mut bench, source, more).expect_err("it is stopped");
    let ran = bench.ran.take().expect("it ran");
    println!("{:?}: {} {:?}", error.code, error.message, ran.last_words);
    assert!(ran.outcome.usage.memory_bytes <= ran.job.limits.memory_bytes_max);
    let after = run_with(&mut bench, "import sys\nsum(range(10))\n", json!({})).expect("a result");
    assert_eq!(after["value"], json!(45));
    error.code
}

#[test]
fn endless_work_is_stopped_by_fuel_or_time_wherever_it_spins() {
    let fuel = || json!({ "fuelMax": 5_000_000 });
    for source in [
        "while True:\n    pass\n",
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n",
        "import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')\n",
        "sum(range(10**10))\n",
        "x = 7 ** (10 ** 8)\n",
        "def f():\n    yield from f()\nlist(iter(int, 1))\n",
        "class A:\n    def __del__(self):\n        A()\nwhile True:\n    A()\n",
        "import sys\nsys.settrace(lambda *a: None)\nwhile True:\n    pass\n",
        "exec('while True: pass')\n",
    ] {
        assert_eq!(ends(source, fuel()), ErrorCode::QuotaFuel, "{source}");
    }
    let cpu = json!({ "cpuMsMax": 300, "fuelMax": 1_000_000_000_000_u64 });
    assert_eq!(ends("while True:\n    pass\n", cpu), ErrorCode::QuotaCpu);
}

#[test]
fn a_memory_bomb_is_stopped_by_the_limit() {
    for source in [
        "x = []\nwhile True:\n    x.append('x' * 1000000)\n",
        "x = 'ab'\nwhile True:\n    x += x\n",
        "x = bytearray(10**9)\n",
        "x = [0] * 10**9\n",
        "import zlib\nx = b''\nwhile True:\n    x += zlib.decompress(zlib.compress(bytes(10**7)))\n",
    ] {
        assert_eq!(ends(source, json!({})), ErrorCode::QuotaMemory, "{source}");
    }
}

#[test]
fn deep_nesting_is_stopped_where_it_nests() {
    for source in [
        "def f(n):\n    return f(n + 1)\nf(0)\n",
        "class A:\n    def __getattr__(self, name):\n        return getattr(self, name + 'x')\nA().a\n",
        "import sys\nsys.setrecursionlimit(10**6)\ndef f(n):\n    return f(n + 1)\nf(0)\n",
        "x = []\nfor _ in range(100000):\n    x = [x]\nrepr(x)\n",
        "import json\njson.loads('[' * 100000)\n",
    ] {
        assert_eq!(ends(source, json!({})), ErrorCode::QuotaStack, "{source}");
    }
    let nested = format!("x = {}1{}\n", "(".repeat(5000), ")".repeat(5000));
    let code = ends(&nested, json!({}));
    assert!(
        matches!(
            code,
            ErrorCode::LintFailed | ErrorCode::QuotaStack | ErrorCode::QuotaMemory
        ),
        "{code:?}"
    );
}

#[test]
fn a_flood_of_output_is_stopped_by_its_quota() {
    let small = || json!({ "outputBytesMax": 100_000 });
    for source in [
        "while True:\n    print('x' * 1000)\n",
        "while True:\n    try:\n        print('x' * 1000)\n    except BaseException:\n        pass\n",
        "import sys\nwhile True:\n    sys.stderr.write('x')\n",
        "'x' * 200000\n",
    ] {
        assert_eq!(ends(source, small()), ErrorCode::QuotaOutput, "{source}");
    }
}
