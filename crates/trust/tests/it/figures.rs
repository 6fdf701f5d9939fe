//! What trust costs in bytes; `examples/costs.rs` tells of time.

use crate::world::{Dice, PAGE, ada, pair, team};
use selvage_trust::{History, Inviter, Kind, OVERHEAD_BYTES, Purpose, Role};

#[test]
fn bytes() {
    let mut team = team(1);
    let envelope = team.cleo.sign(Kind::Text, &[7; 40]).unwrap();
    let frame = team
        .cleo
        .encrypt(Purpose::Frame, &envelope, &mut team.dice.bytes())
        .unwrap();
    let checkpoint = team.ada.checkpoint([0; 32]).unwrap();
    let (around, about) = (envelope.len() - 40, frame.len() - envelope.len());
    println!("an envelope adds {around} bytes, encryption {about}");
    println!("a checkpoint of 4 devices {} bytes", checkpoint.len());
    assert_eq!((around, about), (197, 58));
    assert_eq!(about, OVERHEAD_BYTES);

    let sizes: Vec<_> = team.ada.log().iter().map(Vec::len).collect();
    println!(
        "operations: founding {}, epoch of 1 {}, add {}",
        sizes[0], sizes[1], sizes[2]
    );
    let revoke = team
        .ada
        .revoke(team.dan.device(), &mut team.dice.bytes())
        .unwrap();
    println!(
        "revocation {}, with an epoch of 3 {}",
        revoke[0].len(),
        revoke[1].len()
    );
    println!("seat of 4 devices {} bytes", team.ada.to_bytes().len());

    let mut dice = Dice(2);
    let mut ada = ada(&mut dice);
    let (role, history) = (Role::Editor, History::Readable);
    let times = (0, 1_000);
    let relay = "wss://relay.example";
    let inviter = Inviter::new(&ada, role, history, relay, times, &mut dice.bytes()).unwrap();
    let link = inviter.invitation().link(PAGE).unwrap();
    println!("link {} characters", link.len());
    assert!(link.len() < 180);
    for at in 1..20 {
        pair(&mut ada, &format!("{at}"), Role::Editor, &mut dice);
    }
    let epoch = ada.rotate(&mut dice.bytes()).unwrap();
    println!("epoch of 20 devices {} bytes", epoch.len());
    assert!(epoch.len() < 20 * 112 + 200);
}
