//! A Dockerfile as an engine is given it: read by us and written anew, one instruction a line, so that
//! the engine cannot read another thing in it than we did. Names of images are filled in. What only
//! BuildKit knows is said in words that the classic builder understands, or refused with a reason: the
//! classic builder is the one that can be bounded.

mod start;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Dockerfile,
    fetch::fetches,
    instruction::Instruction,
    platform,
    stage::{self, Stage},
    variable::{fill_in, names},
};

/// What the engine gives a shell that the Dockerfile does not name.
const SHELL: [&str; 2] = ["/bin/sh", "-c"];
/// How long an instruction may become when its variables are filled in, in bytes: the engine does that
/// in its own memory.
const LONGEST: u64 = 1024 * 1024;
/// How long a variable is taken to be that only the image knows, in bytes.
const OF_THE_IMAGE: u64 = 1024;

/// A Dockerfile that can be read in one way only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plain {
    /// What the engine is given.
    pub(crate) text: String,
    /// The images that it needs: those its stages start from and those it copies from, without
    /// `scratch` and without its own stages.
    pub(crate) images: BTreeSet<String>,
    /// Paths in the submission that are copied with other permissions than their own.
    pub(crate) modes: Vec<(String, u32)>,
}

impl Dockerfile {
    /// For an engine of a platform (`linux/amd64`). Stages that the last one does not need are left out.
    ///
    /// # Errors
    /// Why it cannot be built, in one sentence.
    pub(crate) fn plainly(&self, platform: &str) -> Result<Plain, String> {
        let mut writer = Writer {
            escape: self.escape,
            automatic: platform::automatic(platform),
            platform,
            defaults: BTreeMap::new(),
            sizes: BTreeMap::new(),
            stages: Vec::new(),
            is_in_a_stage: false,
            shell: shell(),
            lines: 0,
            plain: Plain::default(),
        };
        if self.escape != '\\' {
            writer.push_line(&format!("# escape={}", self.escape));
        }
        let (before, stages) = stage::split(&self.instructions);
        for instruction in before {
            writer.write(instruction)?;
        }
        let needed = stage::needed(&stages, |stage| writer.image(stage).unwrap_or_default());
        let mut written = 0;
        for (stage, is_needed) in stages.iter().zip(needed) {
            let number = is_needed.then_some(written);
            if is_needed {
                written += 1;
                writer.stage(stage)?;
            }
            writer.stages.push(Known {
                name: stage.name(),
                number,
                shell: writer.shell.clone(),
            });
        }
        Ok(writer.plain)
    }
}

fn shell() -> Vec<String> {
    SHELL.map(str::to_owned).to_vec()
}

/// A stage that others may use.
struct Known {
    name: Option<String>,
    /// Among those that are written.
    number: Option<usize>,
    shell: Vec<String>,
}

struct Writer<'a> {
    escape: char,
    platform: &'a str,
    /// What BuildKit gives a Dockerfile that asks for it.
    automatic: BTreeMap<String, String>,
    /// Arguments before the first stage.
    defaults: BTreeMap<String, String>,
    /// How long variables are at most.
    sizes: BTreeMap<String, u64>,
    /// Those before the one that is written.
    stages: Vec<Known>,
    is_in_a_stage: bool,
    shell: Vec<String>,
    lines: usize,
    plain: Plain,
}

impl Writer<'_> {
    fn stage(&mut self, stage: &Stage<'_>) -> Result<(), String> {
        self.is_in_a_stage = true;
        self.from(stage)?;
        stage.rest.iter().try_for_each(|step| self.write(step))
    }

    /// The engine's own messages name the lines of the original as far as that is possible.
    fn go_to(&mut self, line: usize) {
        while self.lines < line {
            self.push_line("");
        }
    }

    fn write(&mut self, instruction: &Instruction) -> Result<(), String> {
        self.go_to(instruction.line);
        let Instruction { keyword, rest, .. } = instruction;
        if !keyword.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(format!("{keyword:?} is no instruction of a Dockerfile"));
        }
        if fetches(keyword, rest) {
            return Err(format!(
                "`{keyword} {rest}` might make the engine itself fetch from the network, which is not allowed; fetch in a RUN step instead"
            ));
        }
        self.bound(instruction)?;
        match keyword.as_str() {
            "ARG" if self.is_in_a_stage => self.arg(instruction),
            "ARG" => self.default(instruction),
            "COPY" | "ADD" => self.copy(instruction)?,
            "RUN" => self.run(instruction)?,
            // Nobody asks an app's own health check, and an older engine does not know all of its flags.
            "HEALTHCHECK" => {}
            "SHELL" => {
                if let Ok(shell) = serde_json::from_str(rest) {
                    self.shell = shell;
                }
                self.push(keyword, rest);
            }
            _ => self.push(keyword, rest),
        }
        Ok(())
    }

    /// Variables may hold others several times, and these again.
    fn bound(&mut self, instruction: &Instruction) -> Result<(), String> {
        let Instruction { keyword, rest, .. } = instruction;
        // These are for a shell to fill in, within its limits.
        if matches!(keyword.as_str(), "RUN" | "CMD" | "ENTRYPOINT") {
            return Ok(());
        }
        let size_of = |name: &str| self.sizes.get(name).copied().unwrap_or(OF_THE_IMAGE);
        let size = rest.len() as u64 + names(rest).map(size_of).sum::<u64>();
        if size > LONGEST {
            let start: String = rest.chars().take(100).collect();
            return Err(format!(
                "`{keyword} {start}` becomes longer than {LONGEST} bytes when its variables are filled in"
            ));
        }
        if matches!(keyword.as_str(), "ENV" | "ARG") {
            for word in instruction.words() {
                let name = word.split_once('=').map_or(word, |(name, _)| name);
                let default = self.defaults.get(name).map_or(0, String::len) as u64;
                // A stage may start from any of those before it.
                let known = self.sizes.entry(name.to_owned()).or_default();
                *known = (*known).max(size + default);
            }
        }
        Ok(())
    }

    /// The last of the stages before this one that has a name.
    fn named(&self, name: &str) -> Option<&Known> {
        let name = Some(name.to_lowercase());
        self.stages.iter().rev().find(|known| known.name == name)
    }

    /// What `--from` says, where numbers count the stages that are written.
    fn copied_from(&mut self, said: &str, from: &str) -> Result<String, String> {
        if let Ok(number) = from.parse::<usize>() {
            let known = self.stages.get(number).and_then(|known| known.number);
            let known = known.ok_or_else(|| unclear(said, from))?;
            return Ok(known.to_string());
        }
        if self.named(from).is_none() {
            self.needs(said, from)?;
        }
        Ok(from.to_owned())
    }

    fn needs(&mut self, said: &str, image: &str) -> Result<(), String> {
        if image.is_empty() {
            return Err(format!("`{said}` names no image"));
        }
        if !is_plain_word(image) {
            return Err(unclear(said, image));
        }
        self.plain.images.insert(image.to_owned());
        Ok(())
    }

    fn filled(&self, said: &str, text: &str) -> Result<String, String> {
        let mut values = self.automatic.clone();
        values.extend(self.defaults.clone());
        fill_in(text, &values).ok_or_else(|| unclear(said, text))
    }

    fn push(&mut self, keyword: &str, rest: &str) {
        // Nothing may join it to the next line.
        let rest = rest.trim_end_matches(|c: char| c == self.escape || c.is_whitespace());
        self.push_line(&format!("{keyword} {rest}"));
    }

    fn push_line(&mut self, line: &str) {
        self.plain.text.push_str(line);
        self.plain.text.push('\n');
        self.lines += 1;
    }
}

/// What may stand in the name of an image.
fn is_plain_word(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
    word.starts_with(|c: char| c.is_ascii_alphanumeric()) && word.chars().all(is_plain)
}

fn unclear(said: &str, part: &str) -> String {
    format!("`{said}`: {part:?} cannot be understood before the build; write it out")
}

#[cfg(test)]
mod tests;
