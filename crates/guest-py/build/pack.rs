//! The pack: `stdlib.txt` says which modules it has.

use rustpython_compiler::core::{
    frozen::{FrozenCodeObject, FrozenLib, FrozenModule},
    marshal,
};
use rustpython_compiler::{CompileOpts, Mode, compile};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Modules that a run has not, and those that import them for nothing but what their signatures show.
const ABSENT: [(&str, &str); 2] = [
    ("socket", "asyncio.events"),
    ("subprocess", "asyncio.events"),
];

type Failure = Box<dyn std::error::Error>;

/// Compiles everything that `stdlib.txt` names into `OUT_DIR/stdlib.pack`.
pub fn write() -> Result<(), Failure> {
    let library = Path::new(rustpython_pylib::LIB_PATH);
    let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo names no manifest")?;
    let manifest = Path::new(&manifest);
    let list = fs::read_to_string(manifest.join("stdlib.txt"))?;
    let mut files = BTreeMap::new();
    for line in list.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if !line.is_empty() {
            add(library, line, &mut files)?;
        }
    }
    // Our own, which may take the place of the library's: a package in a folder, or a module whose file has its full name.
    for entry in fs::read_dir(manifest.join("python"))? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let name = stem.ok_or("a name that is no text")?.to_owned();
        if path.is_dir() {
            add(&manifest.join("python"), &format!("{name}.*"), &mut files)?;
        } else {
            files.insert(name, (path, false));
        }
    }
    let mut modules = Vec::new();
    for (name, (path, package)) in &files {
        let mut source = fs::read_to_string(path)?;
        let more = manifest.join("append").join(format!("{name}.py"));
        if more.is_file() {
            source += &fs::read_to_string(more)?;
        }
        for (absent, module) in ABSENT.iter().filter(|(_, module)| module == name) {
            let (before, after) = (
                format!("\nimport {absent}\n"),
                format!("\nfrom asyncio import absent as {absent}\n"),
            );
            if !source.contains(&before) {
                return Err(format!("{module} does not import {absent}").into());
            }
            source = source.replace(&before, &after);
        }
        if name == "locale" {
            source = emptied(&source)?;
        }
        // Without documentation and assertions, as `python -OO` has it, and without columns: nobody debugs these here.
        let options = CompileOpts {
            optimize: 2,
            debug_ranges: false,
            ..CompileOpts::default()
        };
        let place = format!("<frozen {name}>");
        let code = compile(&source, Mode::Exec, &place, options)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let mut bytes = Vec::new();
        marshal::serialize_code(&mut bytes, &code);
        let bytes = literals(&bytes);
        modules.push((name.as_str(), bytes, *package));
    }
    let modules: Vec<_> = modules
        .iter()
        .map(|(name, bytes, package)| {
            let code = FrozenCodeObject { bytes };
            (
                *name,
                FrozenModule {
                    code,
                    package: *package,
                },
            )
        })
        .collect();
    let packed = FrozenLib::encode(modules);
    let out = env::var_os("OUT_DIR").ok_or("cargo names no place for what is made")?;
    Ok(fs::write(
        Path::new(&out).join("stdlib.pack"),
        packed.bytes,
    )?)
}

/// The module `locale` without its tables of the names that other systems have for languages: a run's is always the same.
fn emptied(source: &str) -> Result<String, Failure> {
    let mut source = source.to_owned();
    for table in ["locale_alias", "windows_locale"] {
        let opens = format!("\n{table} = {{");
        let begin = source.find(&opens).ok_or("locale has lost a table")?;
        let end = source[begin..].find("\n}\n").ok_or("a table has no end")?;
        source.replace_range(begin + opens.len()..begin + end, "");
    }
    Ok(source)
}

/// Finds a module, or a package: `name` is the module alone, `name.*` a package with everything in it.
fn add(
    library: &Path,
    line: &str,
    files: &mut BTreeMap<String, (PathBuf, bool)>,
) -> Result<(), Failure> {
    let (name, whole) = match line.strip_suffix(".*") {
        Some(name) => (name, true),
        None => (line, false),
    };
    let base = library.join(name.replace('.', "/"));
    let (module, package) = (base.with_extension("py"), base.join("__init__.py"));
    if module.is_file() {
        files.insert(name.to_owned(), (module, false));
    } else if package.is_file() {
        files.insert(name.to_owned(), (package, true));
    } else {
        return Err(format!("the library has no module {name}").into());
    }
    if !whole {
        return Ok(());
    }
    for entry in fs::read_dir(&base)? {
        let path = entry?.path();
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let inner = format!("{name}.{stem}");
        if path.extension().is_some_and(|extension| extension == "py") && !stem.starts_with("__") {
            files.insert(inner, (path, false));
        } else if path.join("__init__.py").is_file() {
            add(library, &format!("{inner}.*"), files)?;
        }
    }
    Ok(())
}

/// An LZ4 block of one sequence without a match, after its length: `size (u32) | token | length… | literals`.
///
/// Source: <https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md>.
fn literals(bytes: &[u8]) -> Vec<u8> {
    let mut block = u32::try_from(bytes.len())
        .unwrap_or(u32::MAX)
        .to_le_bytes()
        .to_vec();
    if bytes.len() < 15 {
        block.push(u8::try_from(bytes.len()).unwrap_or(0) << 4);
    } else {
        block.push(0xf0);
        let mut rest = bytes.len() - 15;
        while rest >= 255 {
            block.push(255);
            rest -= 255;
        }
        block.push(u8::try_from(rest).unwrap_or(0));
    }
    block.extend_from_slice(bytes);
    block
}
