//! Random operations against a model that is a map.

use crate::disk::Disk;
use crate::world::{Place, Rng, World, mkdir, mv, rm};
use selvage_vfs::{Heads, Op, VfsError};
use std::collections::BTreeMap;

/// Files by path; folders end in a slash.
type Model = BTreeMap<String, Vec<u8>>;

const NAMES: &[&str] = &["a", "b", "c.md", "D.md", "é.txt", "f"];

fn path(rng: &mut Rng) -> String {
    let depth = 1 + rng.below(3);
    (0..depth)
        .map(|_| *rng.pick(NAMES))
        .collect::<Vec<_>>()
        .join("/")
}

fn content(rng: &mut Rng) -> Vec<u8> {
    match rng.below(6) {
        0 => vec![0, rng.next() as u8, 255],
        1 => Vec::new(),
        _ => (0..rng.below(6))
            .map(|_| format!("line {}\n", rng.below(4)))
            .collect::<String>()
            .into_bytes(),
    }
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0)
}

fn has_folder(model: &Model, path: &str) -> bool {
    path.is_empty() || model.contains_key(&format!("{path}/"))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Makes a folder and those above it; false when a file is in the way.
fn make_folder(model: &mut Model, path: &str) -> bool {
    if has_folder(model, path) {
        return true;
    }
    if model.contains_key(path) || !make_folder(model, parent(path)) {
        return false;
    }
    model.insert(format!("{path}/"), Vec::new());
    true
}

/// What an operation does; false when it must be refused.
fn step(model: &mut Model, op: &Op) -> bool {
    match op {
        Op::Write {
            path,
            bytes,
            create_only,
            ..
        } => {
            if has_folder(model, path) || (*create_only && model.contains_key(path)) {
                return false;
            }
            if !make_folder(model, parent(path)) {
                return false;
            }
            model.insert(path.clone(), bytes.clone());
        }
        Op::Draft { path, text } => {
            if model.get(path).is_some_and(|bytes| !is_text(bytes)) {
                return false;
            }
            return step(model, &Op::write(path.as_str(), text.as_str()));
        }
        Op::Mkdir { path } => return make_folder(model, path),
        Op::Move { from, to } => {
            let is_folder = has_folder(model, from);
            if !is_folder && !model.contains_key(from) {
                return false;
            }
            if from == to {
                return true;
            }
            if is_folder && to.starts_with(&format!("{from}/")) {
                return false;
            }
            if !make_folder(model, parent(to)) || model.contains_key(to) || has_folder(model, to) {
                return false;
            }
            let moved: Vec<String> = if is_folder {
                model
                    .keys()
                    .filter(|path| path.starts_with(&format!("{from}/")))
                    .cloned()
                    .collect()
            } else {
                vec![from.clone()]
            };
            for path in moved {
                let bytes = model.remove(&path).expect("is there");
                model.insert(format!("{to}{}", &path[from.len()..]), bytes);
            }
        }
        // A map knows no hashes; see `contents.rs`.
        Op::Put { .. } => return false,
        Op::Keep { path } => return has_folder(model, path) || model.contains_key(path),
        Op::Remove { path } => {
            if has_folder(model, path) {
                model.retain(|other, _| !other.starts_with(&format!("{path}/")));
            } else if model.remove(path).is_none() {
                return false;
            }
        }
    }
    true
}

fn random_op(rng: &mut Rng, model: &Model) -> Op {
    let known: Vec<String> = model
        .keys()
        .map(|path| path.trim_end_matches('/').to_owned())
        .collect();
    let any = |rng: &mut Rng| match known.is_empty() || rng.below(4) == 0 {
        true => path(rng),
        false => rng.pick(&known).clone(),
    };
    match rng.below(10) {
        0..=2 => Op::write(any(rng), content(rng)),
        3 => Op::Write {
            path: path(rng),
            bytes: content(rng),
            create_only: true,
            base: None,
        },
        4 | 5 => Op::Draft {
            path: any(rng),
            text: String::from_utf8(content(rng))
                .unwrap_or_default()
                .replace('\0', ""),
        },
        6 => mkdir(&path(rng)),
        7 | 8 => mv(&any(rng), &path(rng)),
        _ => rm(&any(rng)),
    }
}

#[test]
fn random_histories_agree_with_a_map() {
    let mut landed = 0;
    let mut undone = 0;
    for seed in 0..16u64 {
        let place = match seed % 4 {
            0 => Place::Disk(Disk::new()),
            1 => Place::Journal(Disk::new()),
            _ => World::memory().place,
        };
        let (here, back) = play(seed, World::on(place));
        landed += here;
        undone += back;
    }
    assert!(landed > 300, "{landed} changes landed");
    assert!(undone > 40, "{undone} changes were undone");
}

/// The sealed workspace as a map.
fn sealed(world: &World) -> Model {
    sealed_at(world, &world.workspace.heads())
}

fn sealed_at(world: &World, heads: &Heads) -> Model {
    let snapshot = world.workspace.at(heads).expect("known");
    let content = |entry: selvage_vfs::Entry| match entry.hash {
        Some(hash) => (entry.path, world.workspace.read_hash(&hash).expect("kept")),
        None => (format!("{}/", entry.path), Vec::new()),
    };
    snapshot.entries().into_iter().map(content).collect()
}

/// A history in play: the sealed states that undo and redo lead to.
struct Play {
    world: World,
    trail: Vec<Model>,
    redo: Vec<Model>,
    undone: usize,
}

impl Play {
    /// Seals; a seal that changes something can be undone like any change.
    fn settle(&mut self) {
        let before = self.world.workspace.heads();
        if self.world.seal() != before {
            self.note_change();
        }
    }

    fn note_change(&mut self) {
        self.trail.push(sealed(&self.world));
        self.redo.clear();
    }

    fn undo(&mut self) {
        self.settle();
        let change = self.world.undo();
        if self.trail.len() == 1 {
            assert_eq!(change, Err(VfsError::NothingToUndo));
            return;
        }
        assert!(change.expect("undoes").hash.is_some());
        self.redo.extend(self.trail.pop());
        assert_eq!(Some(&sealed(&self.world)), self.trail.last());
        self.undone += 1;
    }

    fn redo(&mut self) {
        self.settle();
        let change = self.world.redo();
        let Some(state) = self.redo.pop() else {
            assert_eq!(change, Err(VfsError::NothingToRedo));
            return;
        };
        assert!(change.expect("redoes").hash.is_some());
        assert_eq!(sealed(&self.world), state);
        self.trail.push(state);
    }

    fn restore(&mut self, heads: &Heads, state: &Model) {
        self.settle();
        let differs = sealed(&self.world) != *state;
        let change = self.world.restore("", heads).expect("restores");
        assert_eq!(sealed(&self.world), *state);
        assert!(change.hash.is_some() || !differs);
        if change.hash.is_some() {
            self.note_change();
        }
    }
}

/// One history. Gives the changes that landed and that were undone.
fn play(seed: u64, world: World) -> (usize, usize) {
    // Printed with a failure, so that it can be played again.
    println!("seed {seed}");
    let mut rng = Rng(seed);
    let mut model = Model::new();
    let mut play = Play {
        world,
        trail: vec![Model::new()],
        redo: Vec::new(),
        undone: 0,
    };
    let mut past: Vec<(Heads, Model)> = Vec::new();
    let mut landed = 0;
    for at in 0..90 {
        match rng.below(14) {
            0 => play.world.reopen(),
            1 | 2 => {
                play.undo();
                // Text that was typed into a file and not sealed before it went comes back too.
                model = play.world.contents();
            }
            3 => {
                play.redo();
                model = play.world.contents();
            }
            4 if !past.is_empty() => {
                let (heads, state) = rng.pick(&past).clone();
                play.restore(&heads, &state);
                model = play.world.contents();
                assert_eq!(model, state);
            }
            _ => {
                let mut next = model.clone();
                let ops: Vec<Op> = (0..1 + rng.below(3))
                    .map(|_| random_op(&mut rng, &next))
                    .collect();
                let fits = ops.iter().all(|op| step(&mut next, op));
                match play.world.try_apply("Step", &ops) {
                    Ok(change) => {
                        assert!(fits, "step {at}: {ops:?} had to be refused");
                        model = next;
                        landed += 1;
                        if change.hash.is_some() {
                            play.note_change();
                        }
                    }
                    Err(error) => assert!(!fits, "step {at}: {ops:?}: {error}"),
                }
            }
        }
        assert_eq!(play.world.contents(), model, "step {at}");
        if rng.below(5) == 0 {
            play.settle();
            assert_eq!(sealed(&play.world), model, "step {at}");
            past.push((play.world.workspace.heads(), model.clone()));
        }
    }
    play.world.reopen();
    assert_eq!(play.world.contents(), model);
    for (heads, state) in &past {
        assert_eq!(&sealed_at(&play.world, heads), state);
    }
    (landed, play.undone)
}
