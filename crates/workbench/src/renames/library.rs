//! The interpreter's own modules, which come before files of the same name.

use super::scan::Module;
use super::tree::{MODULES, PACKAGE, is_in};

/// The top parts of their names, in order.
const LIBRARY: &str = "__future__ _abc _ast _asyncio _bisect _blake2 _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _colorize _compat_pickle _contextvars _csv _datetime _elementtree _functools _hashlib _heapq _imp _interpchannels _interpqueues _interpreters _io _json _lzma _markupbase _md5 _multibytecodec _opcode _opcode_metadata _operator _pickle _py_abc _py_warnings _pycodecs _pydecimal _pylong _queue _random _remote_debugging _sha1 _sha256 _sha3 _sha512 _signal _socket _sre _stat _statistics _string _strptime _struct _suggestions _symtable _sysconfig _sysconfigdata _testinternalcapi _tokenize _types _typing _warnings _weakref _weakrefset _zoneinfo abc annotationlib argparse array ast asyncio atexit base64 bifrost binascii bisect builtins bz2 calendar cmath codecs codeop collections colorsys compression concurrent configparser contextlib contextvars copy copyreg csv dataclasses datetime decimal difflib dis encodings enum errno faulthandler fcntl fnmatch fractions functools gc genericpath getopt glob graphlib gzip hashlib heapq hmac html http importlib inspect io ipaddress itertools json keyword linecache locale logging lzma marshal math mimetypes ntpath numbers opcode operator os pathlib pickle pkgutil platform posix posixpath pprint pyexpat queue random re reprlib sched secrets select selvage shlex shutil stat statistics string struct sys tempfile textwrap threading time timeit token tokenize tomllib traceback types typing unicodedata urllib uuid warnings weakref xml zipfile zlib zoneinfo";

/// Whether an import is of the interpreter's own, whatever the workspace has.
pub(super) fn is_library(module: &Module) -> bool {
    let top = module.name.split('.').next().unwrap_or_default();
    let bare = module.name.strip_prefix(PACKAGE);
    // The package has the workspace's modules in it.
    let is_own = module.level > 0 || bare.is_some_and(|rest| is_in(rest, MODULES));
    !is_own && LIBRARY.split(' ').any(|one| one == top)
}

#[cfg(test)]
mod tests {
    use super::{LIBRARY, Module, is_library};

    #[test]
    fn the_list_has_all_that_the_interpreter_is_built_with() {
        let listed = include_str!("../../../guest-py/stdlib.txt").lines();
        let listed = listed.filter_map(|line| line.split(['#', '.']).next());
        let listed: Vec<&str> = listed
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        assert!(listed.len() > 100, "{listed:?}");
        for name in listed {
            assert!(is_library(&Module::of(name)), "{name}");
        }
        let names: Vec<&str> = LIBRARY.split(' ').collect();
        assert!(names.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn a_module_is_the_interpreters_by_the_first_part_of_its_name() {
        for (name, expected) in [
            ("json.tool", true),
            ("sys", true),
            ("selvage", true),
            ("bifrost.workflows", true),
            ("bifrost.modules.json", false),
            ("modules.json", false),
            (".json", false),
            ("jsons", false),
        ] {
            assert_eq!(is_library(&Module::of(name)), expected, "{name}");
        }
    }
}
