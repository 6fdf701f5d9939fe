//! What a relay is for: two replicas of a workspace come together through it.

use crate::device::Device;
use crate::program::Program;
use selvage_sync::{Role, Session};
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{Meta, Op, Origin, OriginKind, Workspace};

struct Replica {
    workspace: Workspace,
    session: Session,
    device: Device,
}

impl Replica {
    async fn new(program: &Program, number: u8, role: Role) -> Self {
        Self {
            workspace: Workspace::open(Box::new(MemoryStorage::new()), [number; 16])
                .expect("opens"),
            session: Session::new(role),
            device: Device::open(program.address, number, 9).await,
        }
    }

    fn write(&mut self, path: &str, bytes: &[u8]) {
        let meta = Meta::new(0, Origin::new(OriginKind::Person, "Ada"), "Write");
        let mut id = u128::from(path.len() as u64);
        let mut ids = || {
            id += 1;
            id
        };
        let written = self
            .workspace
            .apply(&mut ids, &meta, &[Op::write(path, bytes)]);
        written.expect("fits");
    }

    /// Sends frames, and gives how many. They would be sealed here.
    async fn send(&mut self, frames: Vec<Vec<u8>>) -> usize {
        let to = self.device.peer().await;
        for frame in &frames {
            self.device.send(to, frame).await;
        }
        frames.len()
    }

    async fn tell(&mut self) -> usize {
        let reply = self.session.changed(&mut self.workspace).expect("reads");
        self.send(reply.frames).await
    }

    async fn hear(&mut self) -> usize {
        let frame = self.device.next_frame().await;
        let reply = self.session.handle(&mut self.workspace, &frame);
        self.send(reply.expect("lands").frames).await
    }
}

#[tokio::test]
async fn two_replicas_come_together_through_a_relay() {
    let program = Program::with(&["serve", "--listen", "127.0.0.1:0", "--no-storage"]);
    let mut a = Replica::new(&program, 1, Role::Initiator).await;
    let mut b = Replica::new(&program, 2, Role::Responder).await;
    let large: Vec<u8> = (0..200_000u32)
        .map(|at| (at.wrapping_mul(at) >> 7) as u8)
        .collect();
    a.write("from-a.md", b"bread");
    b.write("from-b.bin", &large);
    // Frames on their way to each.
    let (mut to_a, mut to_b) = (b.tell().await, a.tell().await);
    let mut frames = to_a + to_b;
    while to_a + to_b > 0 {
        let sent = if to_b > 0 {
            to_b -= 1;
            let sent = b.hear().await;
            to_a += sent;
            sent
        } else {
            to_a -= 1;
            let sent = a.hear().await;
            to_b += sent;
            sent
        };
        frames += sent;
    }
    assert_eq!(a.workspace.digest(), b.workspace.digest());
    assert_eq!(a.workspace.read("from-b.bin").expect("there"), large);
    println!("{frames} frames");
}
