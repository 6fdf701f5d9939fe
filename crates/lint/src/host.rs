//! What of the run-time an expression stands for.

use oxc_span::Span;

/// The most members after a root. The run-time's own have three; without an end, a chain of a
/// thousand members would be read a thousand times, and names for one another grow without bound.
pub const MEMBERS_MAX: usize = 8;

/// What of the run-time an expression begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// `flow`
    Flow,
    /// The parameter of `setup` or `init`.
    Setup,
    /// The parameter of `run`.
    Services,
    /// A global name; it is the first member.
    Global,
}

/// A member on the way from the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the name is written.
    pub span: Span,
}

/// What an expression stands for: a root and the members after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host<'a> {
    /// Where it begins.
    pub root: Root,
    /// The members, outermost first.
    pub steps: Vec<Step<'a>>,
}

impl<'a> Host<'a> {
    /// A root by itself.
    #[must_use]
    pub fn root(root: Root) -> Self {
        Self {
            root,
            steps: Vec::new(),
        }
    }

    /// The same with one more member; `None` past [`MEMBERS_MAX`], where nothing of the run-time is.
    #[must_use]
    pub fn then(mut self, name: &'a str, span: Span) -> Option<Self> {
        let is_global_object = self.root == Root::Global
            && self.steps.len() == 1
            && self.steps[0].name == "globalThis";
        if is_global_object {
            return Some(Self::global(name, span));
        }
        if self.steps.len() >= MEMBERS_MAX {
            return None;
        }
        self.steps.push(Step { name, span });
        Some(self)
    }

    /// What a name without a binding stands for.
    #[must_use]
    pub fn global(name: &'a str, span: Span) -> Self {
        if name == "flow" {
            Self::root(Root::Flow)
        } else {
            Self {
                root: Root::Global,
                steps: vec![Step { name, span }],
            }
        }
    }

    /// Whether it is exactly this global: `["Math", "random"]`.
    #[must_use]
    pub fn is_global(&self, names: &[&str]) -> bool {
        self.root == Root::Global && self.names().eq(names.iter().copied())
    }

    /// Whether it is `flow` or what has all members of `flow`, and then exactly these.
    #[must_use]
    pub fn is_flow(&self, names: &[&str]) -> bool {
        self.root != Root::Global && self.names().eq(names.iter().copied())
    }

    /// The names of the members.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'a str> + '_ {
        self.steps.iter().map(|step| step.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_run_time_is_past_so_many_members() {
        let mut host = Host::root(Root::Flow);
        for _ in 0..MEMBERS_MAX {
            host = host.then("a", Span::empty(0)).expect("a member");
        }
        assert_eq!(host.then("a", Span::empty(0)), None);
    }
}
