//! Counts how deep the tokens hang in each other.

use super::before::Before;
use super::bracket::Bracket;
use super::lexer::{Kind, Token};
use super::weights;

/// One open bracket, or the file itself.
#[derive(Debug)]
struct Frame {
    bracket: Option<Bracket>,
    /// Whether it is the body of a function or class.
    function: bool,
    /// Whether it is the parentheses of a header.
    header: bool,
    /// Whether statements stand in it, rather than elements.
    block: bool,
    /// Whether it is the body of an object or class, where methods stand.
    members: bool,
    /// What the bracket itself asks for.
    own: u32,
    /// Whether this statement may still turn out to declare a function or class, does, and which.
    declarable: bool,
    declaration: bool,
    class: bool,
    /// What this statement or element asks for so far.
    units: u32,
    /// What of it stays around the elements after a comma: `if`, labels.
    prefix: u32,
    /// Conditions of this statement or element whose `:` is to come.
    questions: u32,
    /// Whether this statement or element had a `:` of its own.
    colon: bool,
    /// Arrows of this statement or element so far.
    arrows: u32,
    /// Whether this statement had a comma.
    comma: bool,
}

/// What a bracket is for.
#[derive(Debug, Default)]
struct Body {
    function: bool,
    header: bool,
    block: bool,
    members: bool,
    own: u32,
}

/// The open brackets and what hangs in each.
#[derive(Debug)]
pub struct Frames {
    frames: Vec<Frame>,
    before: Before,
    functions: u32,
    units: u32,
}

impl Default for Frames {
    fn default() -> Self {
        let mut frames = Self {
            frames: Vec::new(),
            before: Before::Open,
            functions: 0,
            units: 0,
        };
        frames.push(
            None,
            &Body {
                block: true,
                ..Body::default()
            },
        );
        frames
    }
}

impl Frames {
    /// The functions and classes around here, arrows included.
    pub fn functions(&self) -> u32 {
        self.functions
    }

    /// The brackets that are open here.
    pub fn brackets(&self) -> u32 {
        u32::try_from(self.frames.len()).unwrap_or(u32::MAX) - 1
    }

    /// What everything around here asks of a parser's stack.
    pub fn depth(&self) -> u32 {
        self.units
    }

    /// The innermost open bracket.
    pub fn innermost(&self) -> Option<Bracket> {
        self.frames.last().and_then(|frame| frame.bracket)
    }

    /// Whether a `)` here would close a header.
    pub fn closes_header(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.header)
    }

    /// Takes a token. `false` at a bracket that closes nothing, where every parser stops.
    pub fn step(&mut self, token: &Token<'_>) -> bool {
        if self.begins_anew(token) {
            self.reset(0, 0);
        }
        match token.kind {
            Kind::Open(bracket) => {
                let body = self.body(bracket);
                self.add(weights::TOKEN);
                self.push(Some(bracket), &body);
                self.before = Before::Open;
            }
            Kind::Close(bracket) => {
                let header = self.closes_header();
                if self.innermost() != Some(bracket) {
                    return false;
                }
                self.pop();
                self.before = match bracket {
                    Bracket::Curly => Before::Curly,
                    Bracket::Round if header => Before::Header,
                    _ => Before::End,
                };
            }
            Kind::Middle => {
                self.reset(0, 0);
                self.before = Before::Open;
            }
            Kind::Text | Kind::Template | Kind::RegExp { .. } => {
                self.add(weights::TOKEN);
                self.before = Before::End;
            }
            Kind::Sign(sign) => self.sign(sign),
            Kind::Word(word) => self.word(word, token.property),
        }
        true
    }

    /// What a bracket that opens here is for.
    fn body(&self, bracket: Bracket) -> Body {
        let value = self.before == Before::End;
        let mut body = Body {
            header: self.before == Before::HeaderWord,
            ..Body::default()
        };
        body.own = match bracket {
            Bracket::Round => weights::ROUND,
            Bracket::Square | Bracket::Template if value => weights::SQUARE_AFTER_VALUE,
            Bracket::Square | Bracket::Template => weights::SQUARE,
            Bracket::Curly => return self.curly(body),
        };
        body.header &= bracket == Bracket::Round;
        body
    }

    fn curly(&self, mut body: Body) -> Body {
        let Some(around) = self.frames.last() else {
            return body;
        };
        let begins = around.block && around.units == 0;
        body.header = false;
        body.function = matches!(self.before, Before::End | Before::Curly | Before::Class);
        body.members = around.class;
        body.block = !body.members
            && (body.function
                || begins
                || matches!(
                    self.before,
                    Before::Header | Before::BlockWord | Before::Arrow
                ));
        body.own = match self.before {
            Before::Arrow => weights::ARROW_BODY,
            _ if around.declaration => weights::BLOCK,
            _ if body.members => weights::OBJECT,
            _ if body.function && around.members => weights::METHOD,
            _ if body.function => weights::FUNCTION,
            _ if body.block => weights::BLOCK,
            _ => weights::OBJECT,
        };
        body.members |= !body.block;
        body
    }

    fn sign(&mut self, sign: &str) {
        self.top(|frame| frame.declarable = false);
        let first = self.before != Before::End && self.before != Before::Curly;
        self.add(match sign {
            "=" if matches!(self.innermost(), Some(Bracket::Round | Bracket::Square)) => {
                weights::DEFAULT
            }
            "?" | "=" | ">>=" | ">>>=" | "<<=" => weights::CHOICE,
            "=>" => weights::ARROW,
            "|" | "&" => weights::LOGIC,
            "!" | "~" => weights::PREFIX,
            "+" | "-" | "++" | "--" if first => weights::PREFIX,
            ":" if self.is_label() => weights::STATEMENT,
            _ => weights::TOKEN,
        });
        self.before = match sign {
            ";" => Before::Semicolon,
            "++" | "--" if self.before == Before::End => Before::End,
            "=>" => {
                self.top(|frame| frame.arrows += 1);
                self.functions += 1;
                Before::Arrow
            }
            _ => Before::Open,
        };
        match sign {
            "," => {
                let prefix = self.frames.last().map_or(0, |frame| frame.prefix);
                self.reset(prefix, prefix);
                self.top(|frame| frame.comma = true);
            }
            "?" => self.top(|frame| frame.questions += 1),
            ":" => self.top(|frame| {
                match frame.questions.checked_sub(1) {
                    Some(rest) => frame.questions = rest,
                    None => frame.colon = true,
                }
                if !frame.comma {
                    frame.prefix = frame.units;
                }
            }),
            _ => {}
        }
    }

    /// Whether a `:` here ends a label, rather than a key or half a condition.
    fn is_label(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| frame.questions == 0 && (frame.block || frame.colon))
    }

    fn word(&mut self, word: &str, property: bool) {
        if property {
            self.add(weights::TOKEN);
            self.before = Before::End;
            return;
        }
        if word == "else" {
            // What stood between the header and here is beside what follows, not around it.
            let prefix = self.frames.last().map_or(0, |frame| frame.prefix);
            self.reset(prefix, prefix);
        }
        let statement = matches!(word, "if" | "for" | "while" | "with" | "do");
        if matches!(word, "function" | "class") {
            let declares = self
                .frames
                .last()
                .is_some_and(|frame| frame.block && frame.declarable);
            self.top(|frame| (frame.declaration, frame.class) = (declares, word == "class"));
        }
        let declares = self.frames.last().is_some_and(|frame| frame.declaration);
        self.add(match word {
            _ if statement => weights::STATEMENT,
            "new" => weights::NEW,
            "extends" => weights::MAKER,
            "function" if !declares => weights::MAKER,
            "typeof" | "void" | "delete" | "await" | "yield" | "import" | "async" => {
                weights::PREFIX
            }
            _ => weights::TOKEN,
        });
        self.before = match word {
            "if" | "for" | "while" | "with" | "switch" | "catch" => Before::HeaderWord,
            // `for await (…)`
            "await" if self.before == Before::HeaderWord => Before::HeaderWord,
            "try" | "do" | "else" | "finally" => Before::BlockWord,
            "class" => Before::Class,
            "return" | "typeof" | "case" | "in" | "instanceof" | "new" | "void" | "delete"
            | "throw" | "default" | "extends" | "await" | "yield" | "of" | "function" | "var"
            | "const" | "import" | "export" => Before::Open,
            _ => Before::End,
        };
        if statement || word == "else" {
            self.top(|frame| frame.prefix = frame.units);
        }
        if !matches!(word, "export" | "default" | "async") {
            self.top(|frame| frame.declarable = false);
        }
    }

    /// Whether everything before this token in its bracket is a whole statement or member.
    fn begins_anew(&self, token: &Token<'_>) -> bool {
        let continues = |word: &str| {
            matches!(
                word,
                "else"
                    | "while"
                    | "catch"
                    | "finally"
                    | "in"
                    | "instanceof"
                    | "of"
                    | "from"
                    | "as"
                    | "extends"
            )
        };
        match (self.before, token.kind) {
            (_, Kind::Word("case" | "default")) => {
                !token.property && self.innermost() == Some(Bracket::Curly)
            }
            (Before::Semicolon, Kind::Word("else" | "while")) => false,
            (Before::Semicolon, _) => true,
            (Before::Curly, Kind::Word(word)) => !continues(word),
            (Before::Curly, Kind::Text) => true,
            (Before::End, Kind::Word(word)) => token.newline && !token.property && !continues(word),
            (Before::End, Kind::Text) => token.newline,
            _ => false,
        }
    }

    fn top(&mut self, change: impl FnOnce(&mut Frame)) {
        if let Some(frame) = self.frames.last_mut() {
            change(frame);
        }
    }

    fn add(&mut self, units: u32) {
        self.units = self.units.saturating_add(units);
        self.top(|frame| frame.units = frame.units.saturating_add(units));
    }

    /// Begins a statement or element anew, but for what stays around it.
    fn reset(&mut self, units: u32, prefix: u32) {
        if let Some(frame) = self.frames.last_mut() {
            self.units = self.units - frame.units + units;
            self.functions -= frame.arrows;
            (frame.units, frame.prefix, frame.arrows) = (units, prefix, 0);
            (frame.questions, frame.colon, frame.comma) = (0, false, false);
            (frame.declarable, frame.declaration, frame.class) = (units == 0, false, false);
        }
    }

    fn push(&mut self, bracket: Option<Bracket>, body: &Body) {
        let Body {
            function,
            header,
            block,
            members,
            own,
        } = *body;
        self.functions += u32::from(function);
        self.units += own;
        // The name and the list of members that a declaration has are not a second one's.
        self.top(|frame| frame.declarable = false);
        if function || members {
            self.top(|frame| (frame.declaration, frame.class) = (false, false));
        }
        self.frames.push(Frame {
            bracket,
            function,
            header,
            block,
            members,
            own,
            declarable: true,
            declaration: false,
            class: false,
            units: 0,
            prefix: 0,
            questions: 0,
            colon: false,
            arrows: 0,
            comma: false,
        });
    }

    fn pop(&mut self) {
        self.reset(0, 0);
        if let Some(frame) = self.frames.pop() {
            self.functions -= u32::from(frame.function);
            self.units -= frame.own;
        }
    }
}
