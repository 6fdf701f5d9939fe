//! Live texts held against Yjs, which runs in Node: the same edits made apart on both, updates
//! exchanged in small steps and by state, and the same text and state everywhere.
//!
//! Yjs comes with the packages of the repository (`npm ci`). `SELVAGE_SEEDS` runs more seeds.

use crate::world::Rng;
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{
    Inbox, Incoming, Meta, NodeId, Op, Origin, OriginKind, Splice, TextUpdate, Workspace,
};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const PATH: &str = "a.md";
/// Replicas of ours, and of Yjs.
const OURS: usize = 2;
const THEIRS: usize = 2;
const SEEDS: u64 = 40;
const STEPS: usize = 60;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    let places = (0..hex.len()).step_by(2);
    let byte = |place| u8::from_str_radix(&hex[place..place + 2], 16).expect("hex");
    places.map(byte).collect()
}

/// The program in Node.
struct Yjs {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Yjs {
    #[expect(
        clippy::disallowed_methods,
        reason = "Yjs runs in a program of its own"
    )]
    fn start() -> Self {
        let mut child = Command::new("node")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/it/yjs/peer.mjs"
            ))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let to = child.stdin.take().expect("piped");
        let from = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, to, from }
    }

    fn ask(&mut self, command: &str) -> String {
        writeln!(self.to, "{command}").expect("Yjs listens: is `npm ci` done?");
        let mut answer = String::new();
        let count = self.from.read_line(&mut answer).expect("Yjs answers");
        assert!(count > 0, "Yjs ended after {command}");
        answer.trim_end_matches('\n').to_owned()
    }
}

impl Drop for Yjs {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What all replicas have to agree on: the text, and how far each maker's edits go.
type Seen = (String, Vec<(u64, u64)>);

/// The replicas of one history: ours first, then those of Yjs.
struct World<'a> {
    yjs: &'a mut Yjs,
    ours: Vec<Workspace>,
    node: NodeId,
    rng: Rng,
    /// Letters that texts are made of.
    letters: &'static [&'static str],
    /// Updates, with their makers, in the order they were made.
    log: Vec<(usize, Vec<u8>)>,
    /// For each replica and maker, how much of the log it got.
    got: [[usize; OURS + THEIRS]; OURS + THEIRS],
}

fn meta() -> Meta {
    Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step")
}

impl<'a> World<'a> {
    fn new(yjs: &'a mut Yjs, seed: u64) -> Self {
        let mut rng = Rng(seed);
        let open = |number: u8| Workspace::open(Box::new(MemoryStorage::new()), [number; 16]);
        let mut ours: Vec<Workspace> = (1..=OURS as u8).map(|n| open(n).expect("opens")).collect();
        let ascii: &[&str] = &["a", "b", "\n"];
        let letters: &[&str] = match seed % 4 {
            0 => &["a", "é", "漢", "😀"],
            _ => ascii,
        };
        let text = (0..rng.below(9))
            .map(|_| *rng.pick(letters))
            .collect::<String>();
        let first = &mut ours[0];
        let write = [Op::write(PATH, text.clone())];
        first.apply(&mut || 7, &meta(), &write).expect("fits");
        let typing = [Op::Draft {
            path: PATH.into(),
            text: text + "x",
        }];
        first.apply(&mut || 8, &meta(), &typing).expect("fits");
        let node = first.stat(PATH).expect("there").id;
        for place in 1..OURS {
            let [first, other] = ours.get_disjoint_mut([0, place]).expect("two");
            selvage_meet(first, other);
        }
        yjs.ask(&format!("open {THEIRS} {}", seed % 2));
        let mut world = Self {
            yjs,
            ours,
            node,
            rng,
            letters,
            log: Vec::new(),
            got: Default::default(),
        };
        for who in OURS..OURS + THEIRS {
            world.level(0, who);
        }
        world
    }

    fn read(&mut self, who: usize) -> Seen {
        if let Some(workspace) = self.ours.get(who) {
            let text = workspace.read(PATH).expect("there");
            let state = workspace.text_state(self.node).expect("reads");
            return (String::from_utf8(text).expect("text"), entries(&state));
        }
        let answer = self.yjs.ask(&format!("read {}", who - OURS));
        let mut parts = answer.split(' ');
        let text = bytes(parts.next().expect("a text"));
        let state = parts.next().expect("a state");
        let number = |text: &str| text.parse().expect("a number");
        let entry = |entry: &str| entry.split_once(':').map(|(a, b)| (number(a), number(b)));
        let state = state.split(',').filter_map(entry).collect();
        assert_eq!(parts.next(), Some("0"), "Yjs waits for something");
        (String::from_utf8(text).expect("text"), state)
    }

    /// Some edits, at the borders of letters.
    fn splices(&mut self, text: &str, count: usize) -> Vec<Splice> {
        let mut text: Vec<char> = text.chars().collect();
        let mut splices = Vec::new();
        for _ in 0..count {
            let at = self.rng.below(text.len() + 1);
            let remove = match self.rng.below(3) {
                0 => self.rng.below((text.len() - at).min(6) + 1),
                _ => 0,
            };
            let count = self.rng.below(4);
            let insert: String = (0..count).map(|_| *self.rng.pick(self.letters)).collect();
            let units = |text: &[char]| text.iter().map(|c| c.len_utf16() as u32).sum();
            splices.push(Splice {
                at: units(&text[..at]),
                remove: units(&text[at..at + remove]),
                insert: insert.clone(),
            });
            text.splice(at..at + remove, insert.chars());
        }
        splices
    }

    fn edit(&mut self, who: usize) {
        // Ours get a position index in long bursts, and mint their updates then.
        let (bursts, count) = match who < OURS {
            true => (1 + self.rng.below(14), 1 + self.rng.below(2)),
            false => (1, 1 + self.rng.below(5)),
        };
        for _ in 0..bursts {
            let (text, _) = self.read(who);
            let splices = self.splices(&text, count);
            let Some(workspace) = self.ours.get_mut(who) else {
                let words = splices.iter().map(|splice| {
                    let insert = hex(splice.insert.as_bytes());
                    format!(" {},{},{insert}", splice.at, splice.remove)
                });
                let words: String = words.collect();
                let update = self.yjs.ask(&format!("edit {}{words}", who - OURS));
                self.log.push((who, bytes(&update)));
                continue;
            };
            let number = workspace.texts_number();
            workspace.type_into(PATH, &splices, &meta()).expect("fits");
            let updates = workspace.texts_since(number).expect("remembered");
            let updates = updates
                .into_iter()
                .map(|(_, update)| (who, update.to_vec()));
            self.log.extend(updates);
        }
    }

    /// Gives a replica the next updates of another; what rests on a third one's is made level.
    fn deliver(&mut self, from: usize, to: usize) {
        let made = self.log.iter().filter(|(maker, _)| *maker == from);
        let got = self.got[to][from];
        let next: Vec<Vec<u8>> = made
            .skip(got)
            .take(1 + self.rng.below(20))
            .map(|(_, u)| u.clone())
            .collect();
        self.got[to][from] += next.len();
        for update in next {
            if !self.take(to, update) {
                self.level(from, to);
            }
        }
    }

    /// Takes in an update; false when it rests on something that is not here.
    fn take(&mut self, who: usize, update: Vec<u8>) -> bool {
        let Some(workspace) = self.ours.get_mut(who) else {
            self.yjs
                .ask(&format!("apply {} {}", who - OURS, hex(&update)));
            let answer = self.yjs.ask(&format!("read {}", who - OURS));
            return answer.ends_with(" 0");
        };
        let text = TextUpdate {
            node: self.node,
            after: workspace.heads(),
            update,
        };
        let texts = vec![text];
        let incoming = Incoming {
            texts,
            ..Incoming::default()
        };
        let accepted = workspace
            .accept(&mut Inbox::new(), incoming)
            .expect("works");
        assert_eq!(accepted.refused, [], "what Yjs makes is taken");
        accepted.incomplete.is_empty()
    }

    /// Gives a replica all that it lacks of another, by its state.
    fn level(&mut self, from: usize, to: usize) {
        let vector = match self.ours.get(to) {
            Some(workspace) => workspace.text_state(self.node).expect("reads"),
            None => bytes(&self.yjs.ask(&format!("vector {}", to - OURS))),
        };
        let update = match self.ours.get(from) {
            Some(workspace) => {
                let update = workspace.text_since(self.node, &vector).expect("reads");
                update.expect("has one")
            }
            None => bytes(
                &self
                    .yjs
                    .ask(&format!("since {} {}", from - OURS, hex(&vector))),
            ),
        };
        assert!(self.take(to, update), "all that is lacking is here");
    }

    fn step(&mut self) {
        let count = OURS + THEIRS;
        let (a, b) = (self.rng.below(count), self.rng.below(count));
        match self.rng.below(10) {
            0..=3 => self.edit(a),
            _ if a == b => {}
            4 => self.level(a, b),
            _ => self.deliver(a, b),
        }
    }

    fn finish(&mut self) {
        let count = OURS + THEIRS;
        for _ in 0..2 {
            for who in 1..count {
                self.level(0, who);
                self.level(who, 0);
            }
        }
        let first = self.read(0);
        for who in 1..count {
            assert_eq!(self.read(who), first, "replica {who}");
        }
        // And from nothing, in one piece of either.
        let mut whole = vec![
            self.ours[0]
                .text_since(self.node, &[])
                .expect("reads")
                .expect("one"),
        ];
        whole.push(bytes(&self.yjs.ask("since 0 00")));
        for update in whole {
            self.yjs.ask("open 1 1");
            self.yjs.ask(&format!("apply 0 {}", hex(&update)));
            assert_eq!(self.read(OURS), first);
        }
    }
}

/// The entries of a state vector.
fn entries(mut state: &[u8]) -> Vec<(u64, u64)> {
    let mut number = || {
        let (mut value, mut shift) = (0u64, 0);
        loop {
            let (byte, rest) = state.split_first().expect("whole");
            state = rest;
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return value;
            }
        }
    };
    (0..number()).map(|_| (number(), number())).collect()
}

/// Gives another replica the ledger, contents and texts of a first one.
fn selvage_meet(from: &Workspace, to: &mut Workspace) {
    let delta = from.ledger_since(to.heads().hashes());
    let texts = from.text_digests().expect("reads").into_iter();
    let incoming = Incoming {
        documents: delta.document.into_iter().collect(),
        changes: delta.changes,
        blobs: delta
            .blobs
            .iter()
            .map(|(hash, _)| from.read_hash(hash).expect("there"))
            .collect(),
        texts: texts
            .map(|(node, _)| TextUpdate {
                node,
                after: from.heads(),
                update: from.text_since(node, &[]).expect("reads").expect("one"),
            })
            .collect(),
        ..Incoming::default()
    };
    to.accept(&mut Inbox::new(), incoming).expect("accepts");
    assert_eq!(to.digest(), from.digest());
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs this says how many seeds"
)]
fn seeds() -> u64 {
    let wanted = std::env::var("SELVAGE_SEEDS").ok();
    wanted
        .and_then(|wanted| wanted.parse().ok())
        .unwrap_or(SEEDS)
}

#[test]
fn t7_t8_the_same_edits_on_ours_and_on_yjs_come_to_the_same_text_and_state() {
    let mut yjs = Yjs::start();
    let (mut updates, mut letters) = (0, 0);
    for seed in 0..seeds() {
        println!("seed {seed}");
        let mut world = World::new(&mut yjs, seed);
        for _ in 0..STEPS {
            world.step();
        }
        world.finish();
        updates += world.log.len();
        letters += world.read(0).0.chars().count();
    }
    println!("{updates} updates, {letters} letters at the ends");
    assert!(updates > 50 * seeds() as usize);
}
