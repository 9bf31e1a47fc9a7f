//! Writes the page of every example report into a folder, to be looked at in a browser:
//! `cargo run -p report --example report_page -- /tmp/pages`.

#[path = "../tests/support/examples.rs"]
mod examples;

use std::{error::Error, fs, path::PathBuf};

use report::render;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    fs::create_dir_all(&folder)?;
    for (name, report) in examples::all() {
        fs::write(
            folder.join(format!("{name}.html")),
            render::html::render(&report)?,
        )?;
    }
    Ok(())
}
