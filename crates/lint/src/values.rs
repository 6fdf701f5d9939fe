//! What texts an expression can give, as far as that shows without running it.

use crate::flow::{ARGUMENTS_MAX, Flow, argument};
use crate::pieces::{join, known, size, union, unknown};
use oxc_ast::AstKind;
use oxc_ast::ast::{ArrayExpression, Expression, ForStatementLeft};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::GetSpan;
use oxc_syntax::operator::{BinaryOperator, LogicalOperator};

pub use crate::pieces::{Piece, Pieces};

/// The most steps taken to find the texts of one expression.
const STEPS_MAX: u32 = 400;
/// The most properties of an object that one of them is looked up in.
pub const PROPERTIES_MAX: usize = 1_000;
/// How many bytes of text are copied for a unit of work.
const UNIT_BYTES: usize = 32;

/// The texts that an expression can give; one that is all unknown where nothing is known.
#[must_use]
pub fn texts<'a>(flow: &Flow<'a>, expression: &'a Expression<'a>) -> Vec<Pieces> {
    let mut reader = Reader { flow, steps: 0 };
    reader.read(expression)
}

/// The one text that an expression gives, when it is one and known.
#[must_use]
pub fn text<'a>(flow: &Flow<'a>, expression: &'a Expression<'a>) -> Option<String> {
    match texts(flow, expression).as_slice() {
        [pieces] => match pieces.as_slice() {
            [] => Some(String::new()),
            [Piece::Known(text)] => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

struct Reader<'f, 'a> {
    flow: &'f Flow<'a>,
    steps: u32,
}

impl<'a> Reader<'_, 'a> {
    /// Takes a step; `false` when there were enough, and nothing more is found out.
    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_add(1);
        self.steps <= STEPS_MAX && self.flow.work.spend(1)
    }

    /// Whether nothing more is found out.
    fn spent(&self) -> bool {
        self.steps > STEPS_MAX
    }

    /// A known text, when there is work left to copy it.
    fn known(&self, text: &str) -> Vec<Pieces> {
        match self.flow.work.spend(text.len() / UNIT_BYTES) {
            true => known(text),
            false => unknown(),
        }
    }

    /// Every left text followed by every right text, when there is work left to copy them.
    fn join(&self, left: &[Pieces], right: &[Pieces]) -> Vec<Pieces> {
        let all = join(left, right);
        let bytes: usize = all.iter().map(|text| size(text)).sum();
        match self.flow.work.spend(bytes / UNIT_BYTES) {
            true => all,
            false => unknown(),
        }
    }

    fn read(&mut self, expression: &'a Expression<'a>) -> Vec<Pieces> {
        if !self.step() {
            return unknown();
        }
        match expression {
            Expression::StringLiteral(literal) => match literal.value.as_str() {
                Some(text) => self.known(text),
                None => unknown(),
            },
            Expression::NumericLiteral(literal) => self.known(&literal.value.to_string()),
            Expression::TemplateLiteral(template) => {
                let mut all = vec![Vec::new()];
                for (index, quasi) in template.quasis.iter().enumerate() {
                    match quasi.value.cooked.and_then(|cooked| cooked.as_str()) {
                        Some(cooked) if !self.spent() => {
                            let text = self.known(cooked);
                            all = match all.as_slice() {
                                // A plain template is a literal, whatever its length.
                                [only] if only.is_empty() => text,
                                _ => self.join(&all, &text),
                            };
                        }
                        _ => return unknown(),
                    }
                    if let Some(inner) = template.expressions.get(index) {
                        let inner = self.read(inner);
                        all = self.join(&all, &inner);
                    }
                }
                all
            }
            Expression::BinaryExpression(binary) if binary.operator == BinaryOperator::Addition => {
                // Without a text on either side it may be a sum.
                if !self.is_text(&binary.left) && !self.is_text(&binary.right) {
                    return unknown();
                }
                let (left, right) = (self.read(&binary.left), self.read(&binary.right));
                self.join(&left, &right)
            }
            Expression::ConditionalExpression(choice) => {
                let (yes, no) = (self.read(&choice.consequent), self.read(&choice.alternate));
                union(yes, no)
            }
            Expression::LogicalExpression(logical) if logical.operator != LogicalOperator::And => {
                let (left, right) = (self.read(&logical.left), self.read(&logical.right));
                union(left, right)
            }
            Expression::ParenthesizedExpression(inner) => self.read(&inner.expression),
            Expression::SequenceExpression(sequence) => sequence
                .expressions
                .last()
                .map_or_else(unknown, |last| self.read(last)),
            Expression::Identifier(name) => match self.flow.symbol(name) {
                Some(symbol) => self.read_name(symbol),
                None => unknown(),
            },
            Expression::StaticMemberExpression(member) => {
                let Expression::Identifier(object) = &member.object else {
                    return unknown();
                };
                self.read_property(object, member.property.name.as_str())
            }
            Expression::CallExpression(call) => match &call.callee {
                Expression::StaticMemberExpression(member) if member.property.name == "join" => {
                    let separator = argument(call, 0)
                        .map_or_else(|| known(","), |separator| self.read(separator));
                    let Expression::ArrayExpression(array) = member.object.without_parentheses()
                    else {
                        return unknown();
                    };
                    self.join_all(array, &separator)
                }
                Expression::Identifier(name)
                    if name.name == "String" && self.flow.symbol(name).is_none() =>
                {
                    argument(call, 0).map_or_else(unknown, |inner| self.read(inner))
                }
                _ => unknown(),
            },
            _ => unknown(),
        }
    }

    /// Whether an expression can only be a text.
    fn is_text(&mut self, expression: &'a Expression<'a>) -> bool {
        let enough = !self.step();
        match expression {
            _ if enough => false,
            Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => true,
            Expression::ParenthesizedExpression(inner) => self.is_text(&inner.expression),
            Expression::BinaryExpression(binary) if binary.operator == BinaryOperator::Addition => {
                self.is_text(&binary.left) || self.is_text(&binary.right)
            }
            Expression::Identifier(name) => {
                let declarator = self
                    .flow
                    .symbol(name)
                    .and_then(|symbol| self.flow.declarator(symbol));
                let init = declarator
                    .filter(|d| d.id.is_binding_identifier())
                    .and_then(|d| d.init.as_ref());
                init.is_some_and(|init| self.is_text(init))
            }
            _ => false,
        }
    }

    /// The texts of a name that is never set again.
    fn read_name(&mut self, symbol: SymbolId) -> Vec<Pieces> {
        let (scoping, nodes) = (self.flow.scoping(), self.flow.nodes());
        if self.flow.is_mutated(symbol) {
            return unknown();
        }
        let declaration = scoping.symbol_declaration(symbol);
        match nodes.kind(declaration) {
            AstKind::VariableDeclarator(declarator) if declarator.id.is_binding_identifier() => {
                match &declarator.init {
                    Some(init) => self.read(init),
                    None => self.read_loop(declaration),
                }
            }
            AstKind::FormalParameter(parameter) if parameter.pattern.is_binding_identifier() => {
                self.read_parameter(declaration)
            }
            _ => unknown(),
        }
    }

    /// The texts of the name of a `for (const name of […])`.
    fn read_loop(&mut self, declarator: NodeId) -> Vec<Pieces> {
        let around = self.flow.nodes().ancestor_kinds(declarator).nth(1);
        match around {
            Some(AstKind::ForOfStatement(statement))
                if matches!(statement.left, ForStatementLeft::VariableDeclaration(_)) =>
            {
                self.read_elements(&statement.right)
            }
            _ => unknown(),
        }
    }

    /// The texts of a parameter: what every call of its function passes.
    fn read_parameter(&mut self, parameter: NodeId) -> Vec<Pieces> {
        let nodes = self.flow.nodes();
        let mut ancestors = nodes.ancestors(parameter);
        let Some((parameters, function)) = ancestors.next().zip(ancestors.next()) else {
            return unknown();
        };
        let AstKind::FormalParameters(list) = parameters.kind() else {
            return unknown();
        };
        let span = nodes.kind(parameter).span();
        let mut items = list.items.iter().take(ARGUMENTS_MAX);
        let Some(index) = items.position(|item| item.span == span) else {
            return unknown();
        };
        if list.items[index].initializer.is_some() {
            return unknown();
        }
        let name = match function.kind() {
            AstKind::Function(function) if function.is_declaration() => function.id.as_ref(),
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => match nodes
                .parent_kind(function.id())
            {
                AstKind::VariableDeclarator(declarator) => declarator.id.get_binding_identifier(),
                AstKind::CallExpression(call) if index == 0 => {
                    return self.read_callback(call, function.kind().span());
                }
                _ => None,
            },
            _ => None,
        };
        let Some(symbol) = name.and_then(|name| name.symbol_id.get()) else {
            return unknown();
        };
        self.read_calls(symbol, index)
    }

    /// What the calls of a function of this file pass as one of its arguments.
    fn read_calls(&mut self, function: SymbolId, index: usize) -> Vec<Pieces> {
        let (scoping, nodes) = (self.flow.scoping(), self.flow.nodes());
        let exported = matches!(
            nodes.parent_kind(scoping.symbol_declaration(function)),
            AstKind::ExportDefaultDeclaration(_) | AstKind::ExportDeclaration(_)
        );
        if exported || self.flow.is_mutated(function) {
            return unknown();
        }
        let mut all = Vec::new();
        for reference in scoping.get_resolved_references(function) {
            let AstKind::CallExpression(call) = nodes.parent_kind(reference.node_id()) else {
                return unknown();
            };
            if !self.step() || call.callee.span() != nodes.kind(reference.node_id()).span() {
                return unknown();
            }
            let passed = argument(call, index).map_or_else(unknown, |passed| self.read(passed));
            all = union(all, passed);
        }
        if all.is_empty() { unknown() } else { all }
    }

    /// The texts that `[…].map(name => …)` and its kin pass.
    fn read_callback(
        &mut self,
        call: &'a oxc_ast::ast::CallExpression<'a>,
        callback: oxc_span::Span,
    ) -> Vec<Pieces> {
        const EACH: &[&str] = &[
            "map", "forEach", "filter", "flatMap", "some", "every", "find",
        ];
        match &call.callee {
            Expression::StaticMemberExpression(member)
                if EACH.contains(&member.property.name.as_str())
                    && argument(call, 0).is_some_and(|first| first.span() == callback) =>
            {
                self.read_elements(&member.object)
            }
            _ => unknown(),
        }
    }

    /// The texts in a list.
    fn read_elements(&mut self, list: &'a Expression<'a>) -> Vec<Pieces> {
        let list = match list.without_parentheses() {
            Expression::Identifier(name) => {
                let declarator = self
                    .flow
                    .symbol(name)
                    .and_then(|symbol| self.flow.declarator(symbol));
                match declarator.and_then(|declarator| declarator.init.as_ref()) {
                    Some(init) if self.only_read(name) => init.without_parentheses(),
                    _ => return unknown(),
                }
            }
            other => other,
        };
        let Expression::ArrayExpression(array) = list else {
            return unknown();
        };
        let mut all = Vec::new();
        for element in &array.elements {
            if !self.step() {
                return unknown();
            }
            let texts = element
                .as_expression()
                .map_or_else(unknown, |element| self.read(element));
            all = union(all, texts);
        }
        if all.is_empty() { unknown() } else { all }
    }

    /// Whether a list is only looped over: then nothing is added to it.
    fn only_read(&mut self, name: &oxc_ast::ast::IdentifierReference<'a>) -> bool {
        let (scoping, nodes) = (self.flow.scoping(), self.flow.nodes());
        let Some(symbol) = self.flow.symbol(name) else {
            return false;
        };
        scoping.get_resolved_references(symbol).all(|reference| {
            self.step()
                && match nodes.parent_kind(reference.node_id()) {
                    AstKind::ForOfStatement(_) | AstKind::SpreadElement(_) => true,
                    AstKind::StaticMemberExpression(member) => !matches!(
                        member.property.name.as_str(),
                        "push" | "unshift" | "splice" | "fill" | "copyWithin" | "concat"
                    ),
                    _ => false,
                }
        })
    }

    /// The texts of `NAMES.key` of an object that is written out.
    fn read_property(
        &mut self,
        object: &oxc_ast::ast::IdentifierReference<'a>,
        key: &str,
    ) -> Vec<Pieces> {
        let declarator = self
            .flow
            .symbol(object)
            .and_then(|symbol| self.flow.declarator(symbol));
        let init = declarator
            .filter(|d| d.id.is_binding_identifier())
            .and_then(|d| d.init.as_ref());
        let Some(Expression::ObjectExpression(literal)) = init.map(Expression::without_parentheses)
        else {
            return unknown();
        };
        let properties = literal.properties.len();
        if properties > PROPERTIES_MAX || !self.flow.work.spend(properties / 4) {
            return unknown();
        }
        match literal.find_property(key) {
            Some(property) => self.read(&property.value),
            None => unknown(),
        }
    }

    fn join_all(&mut self, array: &'a ArrayExpression<'a>, separator: &[Pieces]) -> Vec<Pieces> {
        let mut all = vec![Vec::new()];
        for (index, element) in array.elements.iter().enumerate() {
            if !self.step() {
                return unknown();
            }
            if index > 0 {
                all = self.join(&all, separator);
            }
            let element = element
                .as_expression()
                .map_or_else(unknown, |element| self.read(element));
            all = self.join(&all, &element);
        }
        all
    }
}
