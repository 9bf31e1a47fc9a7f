//! What a stage starts from, and the arguments that say so.

use super::{Writer, shell, unclear};
use crate::dockerfile::{
    flag, instruction::Instruction, platform, stage::Stage, variable::fill_in,
};

impl Writer<'_> {
    /// What a stage starts from, filled in.
    pub(super) fn image(&self, stage: &Stage<'_>) -> Result<String, String> {
        let said = format!("FROM {}", stage.from.rest);
        let (_, rest) = flag::split(&stage.from.rest).map_err(|flag| unclear(&said, flag))?;
        let image = rest.split_whitespace().next().unwrap_or_default();
        self.filled(&said, &image.replace(['"', '\''], ""))
    }

    pub(super) fn from(&mut self, stage: &Stage<'_>) -> Result<(), String> {
        self.go_to(stage.from.line);
        let said = format!("FROM {}", stage.from.rest);
        let (flags, rest) = flag::split(&stage.from.rest).map_err(|flag| unclear(&said, flag))?;
        for flag in flags {
            if flag.name != "--platform" {
                return Err(unclear(&said, flag.word));
            }
            let platform = self.filled(&said, flag.value)?;
            if !platform.is_empty() && !platform::is_same(&platform, self.platform) {
                return Err(format!(
                    "`{said}`: builds here are for {}, not for {platform:?}",
                    self.platform
                ));
            }
        }
        let image = self.image(stage)?;
        let inherited = self.named(&image).map(|known| known.shell.clone());
        if inherited.is_none() && image != "scratch" {
            self.needs(&said, &image)?;
        }
        self.shell = inherited.unwrap_or_else(shell);
        match rest.split_whitespace().collect::<Vec<_>>().as_slice() {
            [_] => self.push("FROM", &image),
            [_, as_, name] if as_.eq_ignore_ascii_case("as") => {
                if !is_stage_name(name) {
                    return Err(format!("`{said}`: {name:?} is no name for a stage"));
                }
                self.push("FROM", &format!("{image} AS {name}"));
            }
            _ => return Err(format!("`{said}` says more than an image and `AS NAME`")),
        }
        Ok(())
    }

    /// `ARG` before the first stage.
    pub(super) fn default(&mut self, instruction: &Instruction) {
        for word in instruction.words() {
            if let Some((name, value)) = word.split_once('=') {
                let value = value.replace(['"', '\''], "");
                // What is not understood matters only where it is used.
                let filled = fill_in(&value, &self.defaults).unwrap_or(value);
                self.defaults.insert(name.to_owned(), filled);
            }
        }
        self.push("ARG", &instruction.rest);
    }

    /// `ARG` in a stage. The classic builder has no values of its own for what BuildKit knows.
    pub(super) fn arg(&mut self, instruction: &Instruction) {
        let written = |word: &str| {
            let name = word.split_once('=').map_or(word, |(name, _)| name);
            let value = self.automatic.get(name);
            value.map_or_else(|| word.to_owned(), |value| format!("{name}={value}"))
        };
        let words: Vec<_> = instruction.words().map(written).collect();
        // A quoted value with blanks is no list of words.
        let is_changed = !words.iter().eq(instruction.words());
        let rest = is_changed.then(|| words.join(" "));
        self.push("ARG", rest.as_deref().unwrap_or(&instruction.rest));
    }
}

fn is_stage_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let name = name.to_lowercase();
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_plain)
}
