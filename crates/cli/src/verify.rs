//! `selvage verify`: who vouches for a run, whether its files are what it says, and whether it comes to the same again.

use crate::commands::{content, last, person, typed};
use crate::error::{Result, UNMADE, UNVERIFIED};
use crate::home::{self, Machine};
use crate::progress::Progress;
use crate::show;
use selvage_host::Desk;
use selvage_provenance::{
    Chain, ENVELOPE_SUFFIX, Finding, PublicKey, Statement, chain, envelope_path, key_id, sha256,
};
use selvage_tool::catalogue::{EntryKind, LsOutput, ReadOutput, VerifyOutput};
use selvage_tool::run::{RUNS_FOLDER, RunRecord};
use selvage_tool::{ErrorCode, ToolError};
use selvage_workbench::ended_from_outside;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What is to be verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The run; without one, the last, or with `all` every one.
    pub run: Option<String>,
    /// The environment that the run had, by names.
    pub env: Value,
    /// All runs, and whether an envelope is missing.
    pub all: bool,
    /// Whether to run them again.
    pub replay: bool,
}

/// What is known of one run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verdict {
    run: String,
    record: String,
    /// Whether all of it holds.
    verified: bool,
    /// Who vouches for it, where somebody does.
    signer: Option<Signer>,
    /// What does not hold, in a sentence each.
    problems: Vec<String>,
    /// What is worth knowing, and not wrong.
    notes: Vec<String>,
    /// What came of running it again.
    replay: Option<VerifyOutput>,
    /// Why it could not be run again here, which says nothing against it.
    unmade: Option<ToolError>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signer {
    keyid: String,
    /// Whether it is this workspace folder's own key.
    own: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Report {
    verified: bool,
    runs: Vec<Verdict>,
    /// What is wrong with envelopes, of all runs.
    findings: Vec<String>,
}

/// Verifies, tells, and gives the exit code.
pub fn verify(folder: &Path, asked: &Asked, json: bool) -> Result<u8> {
    let mut desk = home::open(folder)?;
    let desk = &mut desk;
    let files = files(desk)?;
    let records: Vec<&String> = files.iter().filter(|it| is_record(it)).collect();
    let records: Vec<String> = match (&asked.run, asked.all) {
        (_, true) => records.into_iter().cloned().collect(),
        (named, false) => {
            let run = match named {
                Some(run) => run.clone(),
                None => last(desk)?,
            };
            let is_of = |path: &&&String| path.ends_with(&format!("-{run}.json"));
            let found = records.iter().find(is_of).ok_or_else(|| {
                let message = format!("There is no record of a run `{run}`.");
                ToolError::new(ErrorCode::NotFound, message)
            })?;
            vec![(*found).clone()]
        }
    };
    let chain = envelopes(desk, &files)?;
    let own = desk.signer();
    let mut progress = Progress::new(records.len());
    let mut runs = Vec::new();
    for record in &records {
        progress.step(record);
        runs.push(look(desk, record, &chain, own.as_ref(), asked)?);
    }
    drop(progress);
    // Of one run, what is found about it is among its problems.
    let all = asked.all.then_some(&chain.findings);
    let findings: Vec<String> = all.into_iter().flatten().map(ToString::to_string).collect();
    let verified = findings.is_empty() && runs.iter().all(|run| run.verified);
    let report = Report {
        verified,
        runs,
        findings,
    };
    show::value(json, &json!(report), lines)?;
    let holds = report.findings.is_empty() && report.runs.iter().all(|run| run.problems.is_empty());
    Ok(match (verified, holds) {
        (true, _) => 0,
        (false, true) => UNMADE,
        (false, false) => UNVERIFIED,
    })
}

/// The files below the records' folder.
fn files(desk: &mut Desk<Machine>) -> Result<Vec<String>> {
    let input = json!({ "path": RUNS_FOLDER, "recursive": true });
    let listed = match desk.call(person(), "ls", input) {
        Err(error) if error.code == ErrorCode::NotFound => return Ok(Vec::new()),
        listed => typed::<LsOutput>(&listed?)?,
    };
    let files = listed.entries.into_iter();
    let files = files.filter(|entry| entry.kind == EntryKind::File);
    Ok(files.map(|entry| entry.path).collect())
}

fn is_record(path: &str) -> bool {
    path.ends_with(".json") && !path.ends_with(ENVELOPE_SUFFIX)
}

fn envelopes(desk: &mut Desk<Machine>, files: &[String]) -> Result<Chain> {
    let mut found = BTreeMap::new();
    let files: Vec<_> = files
        .iter()
        .filter(|it| it.ends_with(ENVELOPE_SUFFIX))
        .collect();
    let mut progress = Progress::new(files.len());
    for path in files {
        progress.step(path);
        found.insert(path.clone(), content(desk, path)?);
    }
    let refused = |why: selvage_provenance::ProvenanceError| {
        ToolError::new(
            ErrorCode::TooLarge,
            format!("Not all can be looked at: {why}."),
        )
    };
    Ok(chain(&found).map_err(refused)?)
}

/// Looks at one run.
fn look(
    desk: &mut Desk<Machine>,
    record: &str,
    chain: &Chain,
    own: Option<&PublicKey>,
    asked: &Asked,
) -> Result<Verdict> {
    let mut problems = Vec::new();
    let mut notes = Vec::new();
    let bytes = content(desk, record)?;
    let read = serde_json::from_slice::<RunRecord>(&bytes);
    if let Err(why) = &read {
        problems.push(format!("the record does not read: {why}"));
    }
    let kept = read.ok();
    let run = kept.as_ref().map_or("", |kept| &kept.run).to_owned();
    let file = envelope_path(record);
    let about = chain.findings.iter().filter(|found| file_of(found) == file);
    problems.extend(about.map(ToString::to_string));
    let mut signer = None;
    match chain.statements.get(&file) {
        None if problems.is_empty() => problems.push("nobody vouches for it".into()),
        None => {}
        Some(said) => {
            let keyid = said.predicate.signer.keyid.clone();
            let own = own.is_some_and(|own| key_id(own) == keyid);
            if !own {
                notes.push(format!(
                    "{keyid} is not this folder's key: know whose it is"
                ));
            }
            signer = Some(Signer { keyid, own });
            if said.predicate.run != run || said.record() != record {
                problems.push("the envelope is about another run".into());
            } else if said.subject[0].digest.sha256 != sha256(&bytes) {
                problems.push("the record was changed after it was signed".into());
            }
            if let Some(answers) = &said.predicate.answers {
                let kept = content(desk, &answers.name).map(|bytes| sha256(&bytes));
                if kept.ok().as_ref() != Some(&answers.digest.sha256) {
                    problems.push("what it was answered was changed or taken away".into());
                }
            }
            subjects(desk, said, &mut notes);
        }
    }
    let mut replay = None;
    let mut unmade = None;
    if let Some(kept) = kept.filter(|kept| asked.replay && !kept.run.is_empty()) {
        match again(desk, &kept, &asked.env)? {
            Again::Compared(compared) => {
                if !compared.reproduced {
                    let differences = compared.differences.join(" ");
                    problems.push(format!("it does not come to the same again: {differences}"));
                }
                replay = Some(compared);
            }
            Again::Incomparable(why) => {
                notes.push(format!("it can't be compared with another run: {why}"));
            }
            Again::Unfit(why) => problems.push(format!("it can't be run again: {why}")),
            Again::Unmade(why) => unmade = Some(why),
        }
    }
    Ok(Verdict {
        run,
        record: record.to_owned(),
        verified: problems.is_empty() && unmade.is_none(),
        signer,
        problems,
        notes,
        replay,
        unmade,
    })
}

/// What came of making a run again.
enum Again {
    /// It came to an end of its own.
    Compared(VerifyOutput),
    /// There is nothing to compare it with, whoever runs it.
    Incomparable(String),
    /// No run leaves such a record.
    Unfit(String),
    /// It was not made here and now.
    Unmade(ToolError),
}

/// Runs a run again, where that says something about it.
fn again(desk: &mut Desk<Machine>, record: &RunRecord, env: &Value) -> Result<Again> {
    if let Some(why) = ended_from_outside(record) {
        return Ok(Again::Incomparable(why.to_owned()));
    }
    let input = json!({ "run": record.run, "env": env });
    Ok(match desk.call(person(), "run_verify", input) {
        Ok(value) => Again::Compared(typed(&value)?),
        Err(error) => match error.code {
            ErrorCode::Thinned => Again::Incomparable(error.message),
            ErrorCode::InvalidInput => Again::Unfit(error.message),
            _ => Again::Unmade(error),
        },
    })
}

/// Whether the files are there with these hashes, in the workspace as the run left it. Where they are not, the heads name what is there,
/// so it is no forgery: what the run wrote was joined with what others did meanwhile, or was thinned out since.
fn subjects(desk: &mut Desk<Machine>, said: &Statement, notes: &mut Vec<String>) {
    for subject in &said.subject[1..] {
        let input = json!({ "path": subject.name, "at": said.predicate.heads_out, "maxChars": 1 });
        let read = desk.call(person(), "read", input);
        match read.map(|value| ReadOutput::deserialize(&value)) {
            Ok(Ok(then)) if then.hash == subject.digest.sha256 => {}
            Ok(_) => notes.push(format!(
                "{} landed joined with what others did meanwhile",
                subject.name
            )),
            Err(error) => notes.push(format!(
                "{} as it landed can't be read: {}",
                subject.name, error.message
            )),
        }
    }
}

/// The file that a finding is about.
fn file_of(finding: &Finding) -> &str {
    match finding {
        Finding::Forged { file, .. }
        | Finding::Missing { file, .. }
        | Finding::Reordered { file, .. }
        | Finding::Forked { file, .. }
        | Finding::Copied { file, .. }
        | Finding::Misplaced { file, .. }
        | Finding::SignerChanged { file, .. } => file,
    }
}

fn lines(report: &Report) -> String {
    let mut lines = Vec::new();
    for run in &report.runs {
        let name = if run.run.is_empty() {
            &run.record
        } else {
            &run.run
        };
        let vouched = match &run.signer {
            Some(signer) if signer.own => "signed by this folder's key".to_owned(),
            Some(signer) => format!("signed by {}", signer.keyid),
            None => "unsigned".to_owned(),
        };
        let holds = match (run.verified, run.problems.is_empty()) {
            (true, _) => "verified",
            (false, true) => "signature and chain hold",
            (false, false) => "NOT verified",
        };
        lines.push(format!("{name}: {holds}, {vouched}"));
        lines.extend(run.problems.iter().map(|problem| format!("  {problem}")));
        let unmade = run.unmade.iter().map(|why| {
            let (code, why) = (why.code.as_str(), &why.message);
            format!("  it can't be made again here: {code}: {why}")
        });
        lines.extend(unmade);
        lines.extend(run.notes.iter().map(|note| format!("  note: {note}")));
    }
    lines.extend(report.findings.iter().cloned());
    if lines.is_empty() {
        lines.push("Nothing has been run here yet.".into());
    }
    lines.join("\n")
}
