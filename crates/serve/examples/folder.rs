//! Looks into a workspace's folder, or writes into it, while no host has it open. For tests.
#![allow(
    clippy::disallowed_methods,
    reason = "a program: arguments, the clock and randomness are its business"
)]

use selvage_serve::Vault;
use selvage_vfs::{Kind, Meta, Op, Origin, OriginKind, Workspace};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: folder FOLDER tree | hashes | read PATH | write PATH TEXT | type PATH TEXT | move FROM TO | history";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<(), Box<dyn std::error::Error>> {
    let [folder, words @ ..] = words else {
        return Err(USAGE.into());
    };
    let mut workspace = Vault::open(Path::new(folder))?.workspace()?;
    match words {
        ["tree"] => {
            for entry in workspace.list("", true)? {
                let ending = if entry.kind == Kind::Folder { "/" } else { "" };
                println!("{}{ending}", entry.path);
            }
        }
        ["hashes"] => {
            for entry in workspace.list("", true)? {
                let hash = entry.hash.map(|hash| hash.to_string());
                println!("{} {}", hash.unwrap_or_default(), entry.path);
            }
        }
        ["read", path] => print!("{}", String::from_utf8(workspace.read(path)?)?),
        ["history"] => {
            for entry in workspace.history(None, 1_000)? {
                println!("{} {}", entry.origin.name, entry.message);
            }
        }
        ["write", path, text] => apply(&mut workspace, Op::write(*path, *text))?,
        ["type", path, text] => {
            let (path, text) = ((*path).to_owned(), (*text).to_owned());
            apply(&mut workspace, Op::Draft { path, text })?;
        }
        ["move", from, to] => {
            let (from, to) = ((*from).to_owned(), (*to).to_owned());
            apply(&mut workspace, Op::Move { from, to })?;
        }
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

fn apply(workspace: &mut Workspace, op: Op) -> Result<(), Box<dyn std::error::Error>> {
    let mut ids = || {
        let mut bytes = [0; 16];
        // An id of zeros is refused, so a system without randomness is noticed.
        let _ = getrandom::fill(&mut bytes);
        u128::from_le_bytes(bytes)
    };
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let origin = Origin::new(OriginKind::Person, "Ada");
    let meta = Meta::new(since.as_millis() as u64, origin, "Edit");
    workspace.apply(&mut ids, &meta, &[op])?;
    Ok(())
}
