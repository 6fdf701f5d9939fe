//! # unresolved-import
//!
//! **What it does.** Finds an import of a file that is not in the workspace, also in imported files.
//!
//! **Why.** The flow can't begin.
//!
//! **Example.** `import { parse } from "papaparse"`, `import { sum } from "./sum"` where the file is `sum.js`.
//!
//! **Fix.** None; the hint names the file that was probably meant.

use super::{Check, Findings, Rule, Scene};
use crate::modules::unresolved;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "unresolved-import",
    severity: Severity::Error,
    check: Check::Whole(check),
};

fn check<'s, 'a>(scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    for request in scene.requests {
        if findings.full() {
            return;
        }
        if let Some((message, hint)) =
            unresolved(scene.flow.path, &request.specifier, scene.context)
        {
            findings.add(request.span, message, hint);
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "import { sum } from './lib/sum.js'; export default sum",
            "import { sum } from '/lib/sum.js'; export default sum",
            "import a from './data/a.json' with { type: 'json' }; export default () => a",
            "import('./lib/sum.js')",
            "import(flow.args.x)",
        ];
        let fail = [
            "import { sum } from './lib/sum'; export default sum",
            "import x from 'lodash'; export default x",
            "import x from '../up.js'; export default x",
            "export * from './no.js'; export default 1",
            "import('https://x.org/a.js')",
        ];
        crate::rules::cases::check("unresolved-import", &pass, &fail);
    }
}
