//! `tryout report`: renders a report.json again.

use std::{fs, process::ExitCode};

use report::{
    exit, model, render,
    write::{self, Format},
};

use crate::{
    args::{self, Report},
    failure::Failure,
    output::{self, Look},
};

pub(crate) fn run(args: &Report) -> Result<ExitCode, Failure> {
    let file = args.file.display();
    let text = fs::read_to_string(&args.file)
        .map_err(|error| Failure::Input(format!("cannot read {file}: {error}")))?;
    let report = model::Report::from_json(&text).map_err(|error| {
        let Failure::Input(why) = Failure::input(&error) else {
            return Failure::input(&error);
        };
        Failure::Input(format!("{file}: {why}"))
    })?;
    if let Some(dir) = &args.out {
        let written =
            write::write_all(dir, &report, &Format::ALL).map_err(|error| Failure::ours(&error))?;
        for path in written {
            output::say(&format!("{}\n", path.display()));
        }
        return Ok(exit::ExitCode::Success.into());
    }
    output::data(&rendered(&report, args.format)?);
    Ok(exit::ExitCode::Success.into())
}

fn rendered(report: &model::Report, format: args::Format) -> Result<String, Failure> {
    let format = match format {
        args::Format::Terminal => {
            return Ok(render::terminal::render(report, Look::stdout().style()));
        }
        args::Format::Json => Format::Json,
        args::Format::Html => Format::Html,
        args::Format::Markdown => Format::Markdown,
        args::Format::Junit => Format::Junit,
    };
    format.render(report).map_err(|error| Failure::ours(&error))
}
