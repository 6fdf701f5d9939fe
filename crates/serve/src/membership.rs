//! `selvage share`, `invite`, `join` and `leave`: what a person does once, and then runs `selvage serve`.

use crate::device::{Device, system_random};
use crate::dialer::{Dialer, Wire};
use crate::error::{Result, ServeError};
use crate::keeper::now_ms;
use crate::vault::Vault;
use crate::voice::Voice;
use selvage_courier::{Act, Courier, RoleName, State};
use selvage_vfs::Workspace;
use serde_json::json;
use std::io::BufRead;
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// How long the relay may take to hear of everything.
const REACHED_MAX: Duration = Duration::from_secs(60);
/// How many things that happened may wait.
const HEARD_MAX: usize = 8;

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// Shares the workspace of a folder for the first time.
    Share {
        /// The relay's address.
        relay: String,
        /// How this device is called.
        name: String,
    },
    /// Lets another device in.
    Invite {
        /// Its role.
        role: RoleName,
        /// The page that the link opens.
        page: String,
    },
    /// Comes in over a link.
    Join {
        /// The invitation.
        link: String,
        /// How this device is called.
        name: String,
    },
    /// Goes, and tells the others.
    Leave,
}

enum Heard {
    Wire(Wire),
    Answer(String),
}

impl From<Wire> for Heard {
    fn from(wire: Wire) -> Self {
        Self::Wire(wire)
    }
}

/// Does what is asked for, with the answers of a person.
pub async fn membership(folder: PathBuf, asked: Membership, voice: Voice) -> Result<()> {
    let vault = Vault::open(&folder)?;
    let workspace = vault.workspace()?;
    let kept = vault.seat()?;
    let kept = kept.map(|bytes| Courier::from_bytes(&bytes, system_random()));
    let kept = kept.transpose()?;
    let refuse = |why: &str| Err(ServeError::Sharing(why.to_owned()));
    let courier = match (&asked, kept) {
        (Membership::Invite { .. } | Membership::Leave, Some(kept)) if kept.state().shared => kept,
        (Membership::Invite { .. } | Membership::Leave, _) => {
            return refuse("this workspace is not shared: see `selvage share`");
        }
        (_, Some(kept)) if kept.state().shared => {
            return refuse("this workspace is shared already");
        }
        // It was stopped before it was in, and goes on with the same digits.
        (Membership::Join { .. }, Some(kept)) if kept.state().joining.is_some() => kept,
        (Membership::Share { relay, name }, _) => Courier::found(relay, name, system_random())?,
        (Membership::Join { link, name }, _) => {
            if workspace.stats()?.changes > 1 {
                return refuse("this folder holds a workspace already: join with an empty one");
            }
            Courier::join(link, name, now_ms(), system_random())?
        }
    };
    let (heard, heard_by) = mpsc::channel(HEARD_MAX);
    let dialer = Dialer::new(Handle::current(), heard.clone());
    let talk = Talk {
        device: Device::new(courier, dialer, vault.seat_file()),
        workspace,
        voice,
        heard,
        heard_by,
        code: None,
    };
    match asked {
        Membership::Share { .. } => talk.share().await,
        Membership::Invite { role, page } => talk.invite(role, page).await,
        Membership::Join { .. } => talk.join().await,
        Membership::Leave => talk.leave().await,
    }
}

struct Talk {
    device: Device<Heard>,
    workspace: Workspace,
    voice: Voice,
    heard: mpsc::Sender<Heard>,
    heard_by: mpsc::Receiver<Heard>,
    /// The code that was shown.
    code: Option<String>,
}

impl Talk {
    async fn share(mut self) -> Result<()> {
        self.reach().await?;
        let words = "This workspace is shared. `selvage invite` lets another device in.";
        self.voice.tell(&json!({ "shared": true }), words)
    }

    async fn invite(mut self, role: RoleName, base: String) -> Result<()> {
        let history = true;
        let invite = Act::Invite {
            role,
            history,
            base,
        };
        self.device.act(invite, now_ms())?;
        let mut link = None;
        loop {
            let state = self.step().await?;
            let Some(invitation) = &state.invitation else {
                // It is over: the other device is in, or the invitation ended.
                break;
            };
            if link.is_none() {
                let words = "Open this link on the other device, or give it to `selvage join`:";
                self.voice.say(words)?;
                self.voice.say(&invitation.link)?;
                link = Some(invitation.link.clone());
            }
            let who = invitation.name.as_deref().unwrap_or("a device");
            if self.show(invitation.code.as_deref(), who)? {
                let words = "Type yes if the other device shows the same digits:";
                self.voice.say(words)?;
                self.listen();
            }
        }
        self.reach().await?;
        let count = self.device.state().members.len();
        let devices = if count == 1 { "device" } else { "devices" };
        let value = json!({ "link": link, "devices": count });
        let words = format!("The workspace has {count} {devices}.");
        self.voice.tell(&value, &words)
    }

    async fn join(mut self) -> Result<()> {
        loop {
            let state = self.step().await?;
            if state.shared {
                break;
            }
            let Some(joining) = &state.joining else {
                let why = "the other device did not let this one in";
                return Err(ServeError::Sharing(why.to_owned()));
            };
            self.show(joining.code.as_deref(), "the other device")?;
        }
        let role = self.device.role();
        let words = format!(
            "This device is in, as {}.\n`selvage serve` with this folder now keeps it in step with the others.",
            words(role)
        );
        let value = json!({ "role": role });
        self.voice.tell(&value, &words)
    }

    async fn leave(mut self) -> Result<()> {
        self.device.act(Act::Leave, now_ms())?;
        let told = loop {
            self.step().await?;
            if let Some(told) = self.device.left() {
                break told;
            }
        };
        let mut words = "This device left; the workspace's files stay in the folder.".to_owned();
        if !told {
            words +=
                "\nThe relay did not take that: an owner can take this device out of the list.";
        }
        self.voice
            .tell(&json!({ "left": true, "told": told }), &words)
    }

    /// Shows a code that was not shown yet; whether it did.
    fn show(&mut self, code: Option<&str>, who: &str) -> Result<bool> {
        if code.is_none() || self.code.as_deref() == code {
            return Ok(false);
        }
        self.code = code.map(str::to_owned);
        let words = format!("Compare with {who}: {}", code.unwrap_or_default());
        self.voice.say(&words)?;
        Ok(true)
    }

    /// Waits until the relay has everything.
    async fn reach(&mut self) -> Result<()> {
        let all = async {
            while !self.device.has_sent_all(&self.workspace) {
                self.step().await?;
            }
            Ok(())
        };
        let late = "the relay does not answer; `selvage serve` goes on trying";
        let in_time = tokio::time::timeout(REACHED_MAX, all).await;
        in_time.map_err(|_| ServeError::Sharing(late.to_owned()))?
    }

    /// Waits for the next thing that happens; gives where things stand then.
    async fn step(&mut self) -> Result<State> {
        self.device.drain(&mut self.workspace, now_ms())?;
        let wake = self.device.wake_ms().map(|at| at.saturating_sub(now_ms()));
        let waking = async {
            match wake {
                Some(ms) => tokio::time::sleep(Duration::from_millis(ms.max(1))).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(heard) = self.heard_by.recv() => match heard {
                Heard::Wire(wire) => self.device.hear(wire, now_ms()),
                Heard::Answer(answer) => {
                    let is_same = answer.trim().eq_ignore_ascii_case("yes");
                    let act = if is_same { Act::Accept } else { Act::Refuse };
                    self.device.act(act, now_ms())?;
                }
            },
            () = waking => {}
        }
        self.device.drain(&mut self.workspace, now_ms())?;
        let state = self.device.state();
        match &state.problem {
            Some(problem) => Err(ServeError::Sharing(format!(
                "{} {}",
                problem.message, problem.hint
            ))),
            None => Ok(state),
        }
    }

    /// Hears one line of the person.
    fn listen(&self) {
        let heard = self.heard.clone();
        std::thread::spawn(move || {
            let mut line = String::new();
            // Without an answer, it is none.
            let _ = std::io::stdin().lock().read_line(&mut line);
            let _ = heard.blocking_send(Heard::Answer(line));
        });
    }
}

fn words(role: Option<RoleName>) -> &'static str {
    match role {
        Some(RoleName::Owner) => "an owner",
        Some(RoleName::Editor) => "an editor",
        Some(RoleName::Viewer) => "a viewer",
        None => "nobody",
    }
}
