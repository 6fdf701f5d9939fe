//! Replicas that never meet: a mailbox between them keeps what each leaves.

use crate::world::{Replica, Rng, draft};
use selvage_sync::{Mail, Reason};
use selvage_vfs::{Op, OriginKind};

/// A mailbox that keeps parcels in one order, with who left them.
#[derive(Default)]
struct Mailbox(Vec<(usize, Vec<u8>)>);

/// A replica with its mail: what is kept survives a crash together.
struct Device {
    replica: Replica,
    mail: Mail,
    cursor: Vec<u8>,
    /// How many parcels of the mailbox it has opened.
    opened: usize,
}

impl Device {
    fn new(actor: u8) -> Self {
        Self {
            replica: Replica::new(actor),
            mail: Mail::default(),
            cursor: Vec::new(),
            opened: 0,
        }
    }

    /// Leaves everything that is new.
    fn leave(&mut self, name: usize, mailbox: &mut Mailbox) {
        while let Some(parcel) = self.mail.next(&self.replica.workspace).expect("a parcel") {
            mailbox.0.push((name, parcel.bytes));
            self.cursor = parcel.cursor.unwrap_or_else(|| self.cursor.clone());
        }
    }

    /// Opens everything that others left.
    fn open(&mut self, name: usize, mailbox: &Mailbox) {
        for (from, parcel) in &mailbox.0[self.opened..] {
            if *from != name {
                let (_, refused) = self
                    .mail
                    .take(&mut self.replica.workspace, parcel)
                    .expect("storage works");
                assert_eq!(refused, None);
            }
        }
        self.opened = mailbox.0.len();
        assert!(self.mail.is_whole(), "whatever came is complete");
        self.cursor = self.mail.cursor();
    }

    fn crash(&mut self) {
        self.replica.reopen();
        self.mail = Mail::open(&self.cursor).expect("its own cursor");
    }
}

/// Something a person does. What does not fit, is not done.
fn act(replica: &mut Replica, rng: &mut Rng) {
    let path = *rng.pick(&["a.md", "b.md", "folder/c.md", "folder/d.md"]);
    let text = format!("{}\nsame\n{}\n", rng.below(4), rng.below(4));
    let to = (*rng.pick(&["e.md", "other/f.md", "folder/g.md"])).to_owned();
    let path = path.to_owned();
    let op = match rng.below(6) {
        0 => return replica.seal(),
        1 => Op::Move { from: path, to },
        2 => Op::Remove { path },
        3 => Op::write(path, text),
        _ => draft(&path, &text),
    };
    let _ = replica.apply(OriginKind::Person, "Step", &[op]);
}

#[test]
fn devices_that_are_never_awake_together_come_to_the_same_workspace() {
    for seed in 0..150 {
        let mut rng = Rng(seed);
        let mut mailbox = Mailbox::default();
        let mut devices: Vec<Device> = (1..=3).map(Device::new).collect();
        for _ in 0..30 {
            let at = rng.below(3);
            match rng.below(6) {
                0 => devices[at].crash(),
                1 => devices[at].leave(at, &mut mailbox),
                2 => devices[at].open(at, &mailbox),
                _ => act(&mut devices[at].replica, &mut rng),
            }
        }
        // Each leaves what it has and opens the rest; then all have all.
        for (at, device) in devices.iter_mut().enumerate() {
            device.leave(at, &mut mailbox);
        }
        for (at, device) in devices.iter_mut().enumerate() {
            device.open(at, &mailbox);
        }
        let digest = devices[0].replica.workspace.digest().expect("a digest");
        for device in &devices {
            assert_eq!(
                device.replica.workspace.digest().expect("a digest"),
                digest,
                "seed {seed}"
            );
        }
    }
}

#[test]
fn what_came_by_mail_is_not_mailed_again() {
    let mut mailbox = Mailbox::default();
    let (mut a, mut b) = (Device::new(1), Device::new(2));
    a.replica.write(&[Op::write("notes.md", "bread\n")]);
    a.replica.write(&[draft("notes.md", "bread and butter\n")]);
    a.leave(0, &mut mailbox);
    b.open(1, &mailbox);

    let left = mailbox.0.len();
    b.leave(1, &mut mailbox);
    assert_eq!(mailbox.0.len(), left, "{:?}", mailbox.0.last());
    b.replica.write(&[draft("notes.md", "bread, butter\n")]);
    b.leave(1, &mut mailbox);
    let bytes = mailbox.0.last().map_or(0, |(_, parcel)| parcel.len());
    println!("a keystroke takes {bytes} bytes in the mailbox");
    assert!(bytes < 400, "only what is new: {bytes} bytes");
}

#[test]
fn a_parcel_that_is_none_changes_nothing_and_the_next_one_lands() {
    let mut mailbox = Mailbox::default();
    let (mut a, mut b) = (Device::new(1), Device::new(2));
    a.replica.write(&[Op::write("notes.md", "bread\n")]);
    a.leave(0, &mut mailbox);
    let before = b.replica.workspace.digest().expect("a digest");

    for bad in [
        &b"garbage"[..],
        &[1, 1],
        &vec![0; selvage_sync::PARCEL_BYTES_MAX + 1],
    ] {
        let (_, refused) = b
            .mail
            .take(&mut b.replica.workspace, bad)
            .expect("no fault of storage");
        assert_eq!(refused, Some(Reason::Garbage));
    }
    assert_eq!(b.replica.workspace.digest().expect("a digest"), before);
    b.open(1, &mailbox);
    assert_eq!(
        b.replica.workspace.read("notes.md").expect("it is there"),
        b"bread\n"
    );
}

#[test]
fn a_large_content_goes_in_several_parcels_and_lands_whole() {
    let mut mailbox = Mailbox::default();
    let (mut a, mut b) = (Device::new(1), Device::new(2));
    let mut rng = Rng(5);
    let bytes: Vec<u8> = (0..3_000_000).map(|_| rng.next() as u8).collect();
    a.replica.write(&[Op::write("large.bin", bytes.clone())]);
    a.leave(0, &mut mailbox);

    assert!(mailbox.0.len() > 5, "{} parcels", mailbox.0.len());
    b.open(1, &mailbox);
    assert!(b.replica.workspace.read("large.bin").expect("it is there") == bytes);
}

#[test]
fn bytes_that_are_no_cursor_open_no_mail() {
    assert!(Mail::open(b"\x05hello").is_none());
    assert!(Mail::open(&[1, 1]).is_none());
}
