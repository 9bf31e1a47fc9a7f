//! `tryout challenge lint`.

use std::process::ExitCode;

use challenge_spec::{Challenge, mutants::Mutants};
use report::{certificate, exit};

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
        let read = places.challenge(&name);
        let challenge = match read.and_then(|found| beside(&found.challenge).map(|()| found)) {
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

/// What lies beside a challenge's file and is not named there.
fn beside(challenge: &Challenge) -> Result<(), Failure> {
    Mutants::load(challenge).map_err(unreadable)?;
    certificate::read(&challenge.dir).map_err(|error| Failure::input(&error))?;
    Ok(())
}
