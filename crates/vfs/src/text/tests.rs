//! Live texts: seeds, positions, and the pen beside the engine's own way.

use super::*;

fn first_of(updates: Result<Vec<Vec<u8>>>) -> Vec<u8> {
    updates.expect("edits").remove(0)
}

fn node() -> NodeId {
    NodeId::from_random(77).expect("random")
}

#[test]
fn two_devices_seed_the_same_bytes_and_their_edits_merge() {
    let first = seed(node(), "one two three");
    assert_eq!(first, seed(node(), "one two three"));
    let a = LiveText::open(node(), 1, std::slice::from_ref(&first)).expect("opens");
    let b = LiveText::open(node(), 2, std::slice::from_ref(&first)).expect("opens");
    let from_a = first_of(a.change("one two three", "one 2 three"));
    let from_b = first_of(b.change("one two three", "one two three four"));
    let both =
        LiveText::open(node(), 3, &[first.clone(), from_a.clone(), from_b.clone()]).expect("opens");
    let other_way = LiveText::open(node(), 4, &[first, from_b, from_a]).expect("opens");
    assert_eq!(both.get(), "one 2 three four");
    assert_eq!(other_way.get(), both.get());
    assert_eq!(other_way.state(), both.state());
}

#[test]
fn positions_are_counted_in_utf16() {
    let old = "a😀b😀c";
    let live = LiveText::open(node(), 1, &[seed(node(), old)]).expect("opens");
    live.change(old, "a😀X😀Yc").expect("an edit");
    assert_eq!(live.get(), "a😀X😀Yc");
}

#[test]
fn seeds_of_different_texts_are_different_operations() {
    let two = LiveText::open(node(), 1, &[seed(node(), "a"), seed(node(), "b")]).expect("opens");
    assert_eq!(two.get().len(), 2, "neither is lost");
}

struct Rng(u64);

impl Rng {
    fn below(&mut self, count: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % u64::from(count)) as u32
    }

    fn splices(&mut self, mut len: u32) -> Vec<Splice> {
        let mut splices = Vec::new();
        for _ in 0..=self.below(4) {
            let at = self.below(len + 1);
            let remove = match self.below(3) {
                0 => self.below((len - at).min(9) + 1),
                _ => 0,
            };
            let insert = ["a", "bc", "é", "", "some words", "日本"][self.below(6) as usize];
            len = len - remove + utf16_len(insert);
            let insert = insert.to_owned();
            splices.push(Splice { at, remove, insert });
        }
        splices
    }
}

/// A pen makes the operations that the engine would make: on the same documents, with other
/// replicas that edit at the same time, every saved byte is the same.
#[test]
fn t8_a_pen_writes_what_the_engine_would() {
    let (mut with, mut rounds) = (0, 0);
    for seed_number in 0..400u64 {
        let mut rng = Rng(seed_number);
        let first = seed(node(), ["", "one two three"][rng.below(2) as usize]);
        let open = |client| LiveText::open(node(), client, std::slice::from_ref(&first));
        let open = |client| open(client).expect("opens");
        // Pairs of one client: one with a pen, one that walks.
        let clients: Vec<u64> = (0..1 + u64::from(rng.below(3)))
            .map(|n| 7 + 90 * n)
            .collect();
        let pairs: Vec<_> = clients.iter().map(|c| (open(*c), open(*c))).collect();
        let third: Vec<_> = clients.iter().map(|_| open(5)).collect();
        for _ in 0..60 {
            let who = rng.below(pairs.len() as u32) as usize;
            let (pen, walk) = &pairs[who];
            let splices = rng.splices(walk.len());
            let updates = pen.edit(&splices).expect("edits");
            walk.edit_by_walking(&splices);
            assert_eq!(pen.save(), walk.save(), "seed {seed_number}: {splices:?}");
            assert_eq!(pen.digest(), walk.digest());
            with += u32::from(matches!(*pen.writing.borrow(), Writing::With(_)));
            rounds += 1;
            // A third replica gets the updates themselves.
            for update in updates {
                assert!(third[who].apply(&update).expect("fits"));
            }
            let from = rng.below(pairs.len() as u32) as usize;
            if from != who && rng.below(8) == 0 {
                let all = pairs[from].0.save();
                for live in [pen, walk, &third[who]] {
                    assert!(live.apply(&all).expect("fits"));
                }
            }
        }
        for (from, _) in &pairs {
            for (to, _) in &pairs {
                to.apply(&from.save()).expect("fits");
            }
        }
        for to in 0..pairs.len() {
            assert_eq!(third[to].digest(), pairs[to].1.digest());
            assert_eq!(pairs[to].0.get(), pairs[0].0.get(), "seed {seed_number}");
            assert_eq!(pairs[to].0.digest(), pairs[0].0.digest());
        }
    }
    assert!(with * 2 > rounds, "{with} of {rounds} edits had a pen");
}

#[test]
fn t8_a_text_with_surrogate_pairs_gets_no_pen() {
    let live = LiveText::open(node(), 1, &[seed(node(), "plain")]).expect("opens");
    let mut text = "plain".to_owned();
    for n in 0..20 {
        let new = format!("{text}{n}");
        live.change(&text, &new).expect("edits");
        text = new;
    }
    assert!(matches!(*live.writing.borrow(), Writing::With(_)));
    let new = format!("😀{text}😀");
    live.change(&text, &new).expect("edits");
    assert_eq!(live.get(), new);
    assert!(matches!(*live.writing.borrow(), Writing::Never));
    let splice = Splice {
        at: 2,
        remove: 1,
        insert: "X".into(),
    };
    live.edit(&[splice]).expect("edits");
    assert_eq!(live.get(), new.replacen('p', "X", 1));
}
