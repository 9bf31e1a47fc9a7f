//! `tryout challenge lint`.

use std::process::ExitCode;

use report::exit;

use crate::{
    args::Lint,
    failure::Failure,
    output::{self, Look},
    places::{Places, unreadable},
};

/// Every mistake of every challenge, not only of the first; of a valid one, what could be better.
pub(crate) fn run(places: &Places, args: &Lint) -> Result<ExitCode, Failure> {
    let mut code = exit::ExitCode::Success;
    for name in places.names_or_all(&args.names)? {
        let challenge = match places.challenge(&name) {
            Ok(found) => found.challenge,
            Err(failure) => {
                output::say(&failure.describe(&Look::stderr()));
                code = exit::ExitCode::InputAtFault;
                continue;
            }
        };
        let advice = challenge.advice().map_err(unreadable)?;
        let id = challenge.id();
        match advice.count() {
            0 => output::data(&format!("{id}: no mistakes\n")),
            count => {
                let pieces = if count == 1 { "piece" } else { "pieces" };
                output::data(&format!("{id}: no mistakes, {count} {pieces} of advice\n"));
                let told = Failure::Mistakes(Box::new(advice)).describe(&Look::stdout());
                output::data(&told);
                if args.strict {
                    code = exit::ExitCode::InputAtFault;
                }
            }
        }
    }
    Ok(code.into())
}
