//! How much one key has of a server, and how much all have together.

use crate::http::{Answer, Line, bearer, figure};
use crate::server::{Server, key, key_with};
use selvage_jobs::message::hash;
use selvage_tool::run::{Job, JobFile};
use selvage_tool::{Grant, Limits};
use std::time::{Duration, Instant};

/// It goes on until it is ended.
const WAITS: &str = "export default () => new Promise(() => setTimeout(() => {}, 600000));\n";

/// Somebody who has jobs run.
struct Client<'a> {
    server: &'a Server<'a>,
    key: String,
}

impl<'a> Client<'a> {
    fn new(server: &'a Server<'a>, key: &str) -> Self {
        let key = bearer(key);
        let client = Self { server, key };
        let blob = format!("PUT /blobs/{}", hash(WAITS.as_bytes()));
        assert!(client.put(&blob, WAITS.as_bytes()).status < 300);
        client
    }

    fn put(&self, request: &str, body: &[u8]) -> Answer {
        let mut line = Line::open(self.server);
        let length = body.len().to_string();
        let headers = [("Authorization", &*self.key), ("Content-Length", &length)];
        line.begin(request, &headers);
        line.send(body);
        line.hear()
    }

    /// Asks for a job that goes on, by a name of its own.
    fn job(&self, id: &str) -> Answer {
        let path = "flows/waits.flow.js";
        let job = Job {
            run: id.into(),
            entry: path.into(),
            files: vec![JobFile {
                path: path.into(),
                folder: false,
                size: WAITS.len() as u64,
                hash: hash(WAITS.as_bytes()),
                readable: true,
                mounted: false,
            }],
            module: true,
            grant: Grant::default(),
            limits: Limits::default(),
            ..Job::warm_up()
        };
        let job = serde_json::to_vec(&job).expect("JSON");
        self.put(&format!("PUT /jobs/{id}"), &job)
    }

    fn takes(&self, id: &str) {
        let answer = self.job(id);
        assert!(answer.status < 300, "{id}: {}", answer.body);
    }

    fn refuses(&self, id: &str, why: &str) {
        let answer = self.job(id);
        assert_eq!(answer.status, 429, "{id}: {}", answer.body);
        assert!(answer.body.contains(why), "{id}: {}", answer.body);
        assert!(answer.head.contains("retry-after:"), "{}", answer.head);
    }
}

fn until(server: &Server<'_>, running: u64, queued: u64) {
    let end = Instant::now() + Duration::from_secs(30);
    let figures = || ["running", "queued"].map(|it| figure(server, &format!("selvage_jobs_{it}")));
    while figures() != [running, queued] {
        assert!(Instant::now() < end, "{:?}", figures());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn each_key_has_its_own_part_of_a_server_that_is_told_how_much_it_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = ["--running", "3", "--queued", "8"];
    let own = ["--running", "1", "--queued", "1", "--per-minute", "5"];
    let (ann, bo) = (
        key_with(folder.path(), "jobs", &own),
        key(folder.path(), "jobs"),
    );
    let server = Server::start_with(folder.path(), "127.0.0.1:0", &told);
    let (ann, bo) = (Client::new(&server, &ann), Client::new(&server, &bo));

    ann.takes("a");
    until(&server, 1, 0);
    ann.takes("b");
    ann.refuses("c", "too many jobs of this key wait");
    until(&server, 1, 1);

    // The other one has what every key has: two that run, and a quarter of the queue.
    for (id, running, queued) in [("a", 2, 1), ("b", 3, 1), ("c", 3, 2), ("d", 3, 3)] {
        bo.takes(id);
        until(&server, running, queued);
    }
    bo.refuses("e", "too many jobs of this key wait");

    // A minute may end in between, but not two.
    let often = (0..11).any(|_| ann.job("f").body.contains("asks for too many jobs"));
    assert!(often, "more than five in a minute");
}
