//! Error numbers of WASI preview 1.

use selvage_tool::ErrorCode;

/// An error number.
///
/// Source: <https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#errno>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub u16);

impl Errno {
    /// Permission denied.
    pub const ACCES: Errno = Errno(2);
    /// Bad file descriptor.
    pub const BADF: Errno = Errno(8);
    /// Disk quota exceeded.
    pub const DQUOT: Errno = Errno(19);
    /// File exists.
    pub const EXIST: Errno = Errno(20);
    /// Bad address.
    pub const FAULT: Errno = Errno(21);
    /// File too large.
    pub const FBIG: Errno = Errno(22);
    /// Invalid argument.
    pub const INVAL: Errno = Errno(28);
    /// I/O error.
    pub const IO: Errno = Errno(29);
    /// Is a directory.
    pub const ISDIR: Errno = Errno(31);
    /// File descriptor value too large: too many are open.
    pub const MFILE: Errno = Errno(33);
    /// No such file or directory.
    pub const NOENT: Errno = Errno(44);
    /// Function not supported.
    pub const NOSYS: Errno = Errno(52);
    /// Not a directory.
    pub const NOTDIR: Errno = Errno(54);
    /// Directory not empty.
    pub const NOTEMPTY: Errno = Errno(55);
    /// Operation not supported.
    pub const NOTSUP: Errno = Errno(58);
    /// Invalid seek.
    pub const SPIPE: Errno = Errno(70);
}

impl From<ErrorCode> for Errno {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::NotFound => Errno::NOENT,
            ErrorCode::AlreadyExists => Errno::EXIST,
            ErrorCode::InvalidPath | ErrorCode::MoveIntoSelf => Errno::INVAL,
            ErrorCode::NotAFile => Errno::ISDIR,
            ErrorCode::NotAFolder => Errno::NOTDIR,
            ErrorCode::PolicyDenied => Errno::ACCES,
            ErrorCode::QuotaFiles => Errno::DQUOT,
            _ => Errno::IO,
        }
    }
}
