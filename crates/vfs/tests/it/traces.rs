//! Editing traces: real typing, and typing that is made up after it, replayed to the right text.
//!
//! `tests/traces/README.md` says where the real one is from. The others are made here, after the
//! kinds of the public collection, with the text at the end known without any text engine:
//!
//! - `code`, after `rustcode` and `sveltecomponent`: one writer, several cursors, renamed words,
//!   large pastes that are taken back, letters beyond ASCII.
//! - `two writers`, after `friendsforever` and `clownschool`: two persons type into one text and see
//!   what the other did a second later. As there, nobody inserts where the other one just did and
//!   they can't know, so that every engine has to come to the same text.

use crate::world::Rng;
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{
    Hash, Inbox, Incoming, Meta, NodeId, Op, Origin, OriginKind, Splice, TextUpdate, Workspace,
};
use std::collections::BTreeSet;

const PATH: &str = "a.md";

fn meta() -> Meta {
    Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step")
}

/// A workspace with one file that somebody types into.
fn open(number: u8) -> Workspace {
    let storage = Box::new(MemoryStorage::new());
    Workspace::open(storage, [number; 16]).expect("opens")
}

fn typed(workspace: &Workspace) -> String {
    String::from_utf8(workspace.read(PATH).expect("there")).expect("text")
}

fn begin(workspace: &mut Workspace) {
    let write = [Op::write(PATH, "")];
    workspace.apply(&mut || 7, &meta(), &write).expect("fits");
}

/// The text as a clone gets it.
fn cloned(workspace: &Workspace) -> String {
    let mut clone = open(99);
    let lacks = lacks(workspace, &clone);
    clone.accept(&mut Inbox::new(), lacks).expect("accepts");
    assert_eq!(clone.digest(), workspace.digest());
    typed(&clone)
}

/// All that one workspace has and another lacks.
fn lacks(from: &Workspace, to: &Workspace) -> Incoming {
    let delta = from.ledger_since(to.heads().hashes());
    let texts = from.text_digests().expect("reads").into_iter();
    let update = |node: NodeId| {
        let state = to.text_state(node).expect("reads");
        let update = from.text_since(node, &state).expect("reads");
        update.expect("has one")
    };
    let texts = texts.map(|(node, _)| TextUpdate {
        node,
        after: from.heads(),
        update: update(node),
    });
    let content = |(hash, _): &(Hash, u64)| from.read_hash(hash).expect("there");
    Incoming {
        texts: texts.collect(),
        blobs: delta.blobs.iter().map(content).collect(),
        documents: delta.document.into_iter().collect(),
        changes: delta.changes,
        ..Incoming::default()
    }
}

fn insert(at: usize, text: impl Into<String>) -> Splice {
    Splice {
        at: at as u32,
        remove: 0,
        insert: text.into(),
    }
}

fn remove(at: usize, count: usize) -> Splice {
    Splice {
        at: at as u32,
        remove: count as u32,
        insert: String::new(),
    }
}

#[test]
fn automerge_paper_replays_to_the_paper() {
    let trace = include_str!("../traces/automerge-paper.txt");
    let (steps, letters) = trace.split_once("\n\n").expect("two parts");
    let mut letters = letters.chars();
    let mut keys = Vec::new();
    for step in steps.lines() {
        let kind = step.find(['+', '<', '>']).expect("a step");
        let at: usize = step[..kind].parse().expect("a position");
        let count: usize = step[kind + 1..].parse().expect("a count");
        for n in 0..count {
            keys.push(match &step[kind..=kind] {
                "+" => insert(at + n, letters.next().expect("a letter")),
                "<" => remove(at - n, 1),
                _ => remove(at, 1),
            });
        }
    }
    assert_eq!((keys.len(), letters.next()), (259_778, None));

    let mut workspace = open(1);
    begin(&mut workspace);
    // As an editor hands them over: a few keys at a time.
    let mut rng = Rng(5);
    let mut rest = &keys[..];
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(1 + rng.below(40)));
        workspace.type_into(PATH, now, &meta()).expect("fits");
        rest = later;
    }
    let text = typed(&workspace);
    assert_eq!(text.len(), 104_852);
    // The collection's own text at the end.
    let end = "a489e9022976c14e46627aea174d07797edcb3fd17df42605956d4cf01bf9039";
    assert_eq!(Hash::of(text.as_bytes()).to_string(), end);
    assert!(cloned(&workspace) == text);
}

/// A word of code or prose.
fn word(rng: &mut Rng, letters: &[char]) -> String {
    (0..1 + rng.below(8)).map(|_| *rng.pick(letters)).collect()
}

#[test]
fn a_trace_of_code_replays_to_what_a_plain_text_would_hold() {
    let letters: Vec<char> = "abcdefghij_(){};=\né漢".chars().collect();
    for seed in 0..6 {
        println!("seed {seed}");
        let mut rng = Rng(seed);
        let mut workspace = open(1);
        begin(&mut workspace);
        let mut text: Vec<char> = Vec::new();
        let mut keys = 0;
        let mut cursor = 0;
        for _ in 0..1_500 {
            let mut splices = Vec::new();
            match rng.below(40) {
                // A word is renamed wherever it stands, from the end.
                0 => {
                    let (old, new) = (*rng.pick(&letters), word(&mut rng, &letters));
                    let places = (0..text.len()).rev().filter(|at| text[*at] == old);
                    let places: Vec<usize> = places.take(20).collect();
                    for at in places {
                        splices.push(Splice {
                            remove: 1,
                            ..insert(at, new.as_str())
                        });
                        text.splice(at..=at, new.chars());
                    }
                }
                // Something large is pasted, and taken back at once.
                1 => {
                    let paste = word(&mut rng, &letters).repeat(200);
                    splices.push(insert(cursor, paste.as_str()));
                    splices.push(remove(cursor, paste.chars().count()));
                }
                // The same letters come at several cursors.
                2 => {
                    let new = word(&mut rng, &letters);
                    let places = (0..3).map(|_| rng.below(text.len() + 1));
                    let places: BTreeSet<usize> = places.collect();
                    for at in places.into_iter().rev() {
                        splices.push(insert(at, new.as_str()));
                        text.splice(at..at, new.chars());
                    }
                }
                3..=6 => cursor = rng.below(text.len() + 1),
                7..=12 => {
                    for _ in 0..rng.below(9).min(cursor.min(text.len())) {
                        cursor -= 1;
                        splices.push(remove(cursor, 1));
                        text.remove(cursor);
                    }
                }
                _ => {
                    for letter in word(&mut rng, &letters).chars() {
                        splices.push(insert(cursor, letter));
                        text.insert(cursor, letter);
                        cursor += 1;
                    }
                }
            }
            cursor = cursor.min(text.len());
            keys += splices.len();
            workspace.type_into(PATH, &splices, &meta()).expect("fits");
        }
        let end: String = text.iter().collect();
        assert!(typed(&workspace) == end && cloned(&workspace) == end);
        assert!(keys > 4_000, "{keys} edits");
    }
}

/// A letter of a text that two persons type into, in the order of the text.
struct Letter {
    letter: char,
    /// Who typed it, and in which of their turns.
    typed: (usize, usize),
    /// Who removed it, and in which of their turns.
    removed: Vec<(usize, usize)>,
}

/// One turn of one writer.
struct Turn {
    who: usize,
    /// How many turns of the other one they have seen.
    seen: usize,
    splices: Vec<Splice>,
}

/// Makes up how two persons type into one text; gives the turns and the text at the end.
fn two_writers(seed: u64, turns_len: usize) -> (Vec<Turn>, String) {
    let letters: Vec<char> = "abcdefghij \n".chars().collect();
    let mut rng = Rng(seed);
    let mut text: Vec<Letter> = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    let mut made = [0, 0];
    let mut seen = [0, 0];
    // Where each types: behind this place of the whole text.
    let mut cursors = [0, 0];
    for _ in 0..turns_len {
        let who = rng.below(2);
        let other = 1 - who;
        // What is older than a second or so is seen.
        seen[who] = seen[who].max(made[other] - made[other].min(rng.below(12)));
        let (turn, known) = (made[who], seen[who]);
        let knows = |step: &(usize, usize)| step.0 == who || step.1 < known;
        let shows = |l: &Letter| knows(&l.typed) && !l.removed.iter().any(knows);
        if rng.below(30) == 0 {
            cursors[who] = rng.below(text.len() + 1);
        }
        let mut splices = Vec::new();
        for _ in 0..1 + rng.below(12) {
            let at = cursors[who].min(text.len());
            let shown = |text: &[Letter]| text.iter().filter(|l| shows(l)).count();
            if rng.below(6) == 0 {
                if let Some(gone) = text[..at].iter().rposition(shows) {
                    splices.push(remove(shown(&text[..gone]), 1));
                    text[gone].removed.push((who, turn));
                    cursors[who] = gone;
                }
                continue;
            }
            // Behind all that is gone there, as editors do; never beside what is not seen yet.
            let left = text[..at]
                .iter()
                .rposition(shows)
                .map_or(0, |left| left + 1);
            let gap = text[left..].iter().take_while(|l| !shows(l)).count();
            if text[left..left + gap].iter().any(|l| !knows(&l.typed)) {
                cursors[who] = rng.below(text.len() + 1);
                continue;
            }
            let (letter, place) = (*rng.pick(&letters), left + gap);
            splices.push(insert(shown(&text[..place]), letter));
            let new = Letter {
                letter,
                typed: (who, turn),
                removed: Vec::new(),
            };
            text.insert(place, new);
            cursors[who] = place + 1;
            cursors[other] += usize::from(cursors[other] > place);
        }
        made[who] += 1;
        turns.push(Turn {
            who,
            seen: known,
            splices,
        });
    }
    let end = text.iter().filter(|l| l.removed.is_empty());
    (turns, end.map(|l| l.letter).collect())
}

#[test]
fn a_trace_of_two_writers_replays_to_the_text_that_both_come_to() {
    for (seed, turns_len) in [(0, 2_000), (1, 400), (2, 400)] {
        println!("seed {seed}");
        let (turns, end) = two_writers(seed, turns_len);
        let mut replicas = [open(1), open(2)];
        begin(&mut replicas[0]);
        // Typing begins with a text that both have.
        let start = [insert(0, "x"), remove(0, 1)];
        let [first, second] = &mut replicas;
        first.type_into(PATH, &start, &meta()).expect("fits");
        let all = lacks(first, second);
        second.accept(&mut Inbox::new(), all).expect("accepts");
        let mut made: [Vec<Vec<TextUpdate>>; 2] = Default::default();
        let mut got = [0, 0];
        let mut apart = 0;
        for Turn { who, seen, splices } in &turns {
            let other = 1 - *who;
            let texts = made[other][got[*who]..*seen].concat();
            apart += usize::from(made[other].len() > *seen);
            got[*who] = *seen;
            let workspace = &mut replicas[*who];
            let incoming = Incoming {
                texts,
                ..Incoming::default()
            };
            let accepted = workspace
                .accept(&mut Inbox::new(), incoming)
                .expect("works");
            assert_eq!((accepted.refused, accepted.incomplete), (vec![], vec![]));
            let number = workspace.texts_number();
            workspace.type_into(PATH, splices, &meta()).expect("fits");
            let updates = workspace.texts_since(number).expect("remembered");
            let update = |(node, update): (NodeId, std::sync::Arc<[u8]>)| TextUpdate {
                node,
                after: workspace.heads(),
                update: update.to_vec(),
            };
            made[*who].push(updates.into_iter().map(update).collect());
        }
        let [first, second] = &mut replicas;
        let incoming = [lacks(first, second), lacks(second, first)];
        for (to, incoming) in [second, first].into_iter().zip(incoming) {
            to.accept(&mut Inbox::new(), incoming).expect("accepts");
        }
        for replica in &replicas {
            assert!(typed(replica) == end, "seed {seed}");
        }
        assert!(cloned(&replicas[0]) == end);
        assert!(
            apart > turns_len / 2,
            "{apart} turns saw less than there was"
        );
    }
}
