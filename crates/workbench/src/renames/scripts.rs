//! What JavaScript imports: a whole file, from the file that imports it or from the workspace's root.

use super::imports::Followed;
use super::names::Names;
use selvage_lint::import;
use std::ops::Range;

/// The edits by which imports lead to the same files as before. `is_there` tells what is a file before the steps; `importer` is where
/// the file lies before and afterwards, and `is_written` whether its text is one of the steps'.
pub(super) fn follow(
    text: &str,
    imports: Vec<Range<usize>>,
    names: &Names,
    is_there: &dyn Fn(&str) -> bool,
    importer: (&str, &str),
    is_written: bool,
) -> Followed {
    let mut followed = Followed::default();
    for at in imports {
        let written = &text[at.clone()];
        let Ok(old) = import(importer.0, written) else {
            continue;
        };
        let leads = import(importer.1, written).unwrap_or_default();
        let Some(new) = names.comes_to(&old).filter(|_| is_there(&old)) else {
            continue;
        };
        if leads == new || is_written && names.is_filled(&leads, is_there) {
            continue;
        }
        if new.contains(['\'', '"', '`', '\\']) || new.chars().any(char::is_control) {
            followed.leave(format!("`{new}` has signs that no import is written with"));
            continue;
        }
        let specifier = match written.starts_with('/') {
            true => format!("/{new}"),
            false => near(importer.1, new),
        };
        followed.edit(at, specifier);
    }
    followed
}

/// A file as another one names it, from its own folder.
fn near(from: &str, to: &str) -> String {
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    let parts: Vec<&str> = to.split('/').collect();
    let shared = folders.iter().zip(&parts[..parts.len() - 1]);
    let shared = shared.take_while(|(one, other)| one == other).count();
    let up = match folders.len() - shared {
        0 => "./".to_owned(),
        up => "../".repeat(up),
    };
    format!("{up}{}", parts[shared..].join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_leads_to_the_file_from_wherever_it_is_written() {
        let paths = [
            "a.js", "x/a.js", "x/y/a.js", "x/y/b.js", "z/x/a.js", "x/x/x.js",
        ];
        for from in paths {
            for to in paths {
                let name = near(from, to);
                assert!(name.starts_with('.'), "{name}");
                assert_eq!(import(from, &name).as_deref(), Ok(to), "{from}: {name}");
            }
        }
        assert_eq!(near("x/a.js", "x/y/b.js"), "./y/b.js");
        assert_eq!(near("x/y/a.js", "z/b.js"), "../../z/b.js");
    }
}
