//! A Dockerfile as an engine is given it: read by us and written anew, one instruction a line, so that
//! the engine cannot read another thing in it than we did. Names of images are filled in. What only
//! BuildKit knows is said in words that the classic builder understands, or refused with a reason: the
//! classic builder is the one that can be bounded.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Dockerfile,
    fetch::{Paths, fetches},
    flag,
    heredoc::{self, Heredoc},
    instruction::Instruction,
    mount::Mount,
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
/// How many paths may have permissions of their own.
const MOST_MODES: usize = 100;

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
            "ARG" => self.default(instruction)?,
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

    /// What a stage starts from, filled in.
    fn image(&self, stage: &Stage<'_>) -> Result<String, String> {
        let said = format!("FROM {}", stage.from.rest);
        let (_, rest) = flag::split(&stage.from.rest).map_err(|flag| unclear(&said, flag))?;
        let image = rest.split_whitespace().next().unwrap_or_default();
        self.filled(&said, &image.replace(['"', '\''], ""))
    }

    fn from(&mut self, stage: &Stage<'_>) -> Result<(), String> {
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
    fn default(&mut self, instruction: &Instruction) -> Result<(), String> {
        let said = format!("ARG {}", instruction.rest);
        let mut words: Vec<String> = Vec::new();
        for word in instruction.words() {
            let Some((name, value)) = word.split_once('=') else {
                words.push(word.to_owned());
                continue;
            };
            let value = value.replace(['"', '\''], "");
            if !value.contains('$') {
                self.defaults.insert(name.to_owned(), value);
                words.push(word.to_owned());
                continue;
            }
            let filled = fill_in(&value, &self.defaults).filter(|filled| !filled.contains('\\'));
            let filled = filled.ok_or_else(|| unclear(&said, &value))?;
            words.push(format!("{name}=\"{filled}\""));
            self.defaults.insert(name.to_owned(), filled);
        }
        self.push("ARG", &words.join(" "));
        Ok(())
    }

    /// `ARG` in a stage. The classic builder has no values of its own for what BuildKit knows.
    fn arg(&mut self, instruction: &Instruction) {
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

    fn copy(&mut self, instruction: &Instruction) -> Result<(), String> {
        let Instruction { keyword, rest, .. } = instruction;
        let said = format!("{keyword} {rest}");
        if heredoc::may_be_one(rest) {
            return Err(format!(
                "`{said}`: a file cannot be written into the Dockerfile here; put it into the submission"
            ));
        }
        let (flags, rest) = flag::split(rest).map_err(|flag| unclear(&said, flag))?;
        let paths = Paths::read(rest).ok_or_else(|| unclear(&said, rest))?;
        let (mut words, mut is_from, mut mode) = (Vec::new(), false, None);
        for flag in flags {
            match flag.name {
                "--from" => {
                    is_from = true;
                    words.push(format!("--from={}", self.copied_from(&said, flag.value)?));
                }
                "--chmod" => mode = Some(flag.value),
                // It is about how layers are kept.
                "--link" => {}
                "--parents" | "--exclude" | "--unpack" | "--checksum" | "--keep-git-dir" => {
                    return Err(buildkit(&said, flag.name));
                }
                _ => words.push(flag.word.to_owned()),
            }
        }
        if let Some(mode) = mode {
            let number = u32::from_str_radix(mode, 8).ok();
            let number = number.filter(|number| *number <= 0o7777);
            let is_clear = paths.sources().iter().all(|source| !source.contains('$'));
            let number = number.filter(|_| !is_from && is_clear).ok_or_else(|| {
                format!(
                    "`{said}`: permissions (--chmod) can be given here in octal (--chmod=755), and to files of the submission; for others let RUN chmod follow"
                )
            })?;
            for source in paths.sources() {
                self.plain.modes.push((source.clone(), number));
            }
            if self.plain.modes.len() > MOST_MODES {
                return Err(format!(
                    "permissions (--chmod) are given to more than {MOST_MODES} paths"
                ));
            }
        }
        words.push(if paths.is_list {
            list(&paths.all)
        } else {
            rest.to_owned()
        });
        self.push(keyword, &words.join(" "));
        Ok(())
    }

    fn run(&mut self, instruction: &Instruction) -> Result<(), String> {
        let said = format!("RUN {}", instruction.rest);
        let (flags, command) =
            flag::split(&instruction.rest).map_err(|flag| unclear(&said, flag))?;
        let mut words = Vec::new();
        for flag in flags {
            match flag.name {
                "--mount" => {
                    let mount =
                        Mount::read(flag.value).map_err(|why| format!("`{said}`: {why}"))?;
                    self.mount(&said, mount)?;
                }
                // The build's network is the challenge's matter; no step has more rights than another.
                "--network" => {}
                "--security" if flag.value == "sandbox" => {}
                "--security" | "--device" => return Err(buildkit(&said, flag.name)),
                _ => words.push(flag.word),
            }
        }
        let is_list = serde_json::from_str::<Vec<String>>(command).is_ok();
        let written = if instruction.heredocs.is_empty() {
            if !is_list && heredoc::may_be_one(command) {
                self.for_the_shell(command.to_owned())
            } else {
                command.to_owned()
            }
        } else {
            self.script(&said, command, &instruction.heredocs)?
        };
        words.push(&written);
        self.push("RUN", &words.join(" "));
        Ok(())
    }

    fn mount(&mut self, said: &str, mount: Mount) -> Result<(), String> {
        let Mount::Copy {
            from,
            source,
            target,
        } = mount
        else {
            return Ok(());
        };
        let from = match from {
            Some(from) => format!("--from={} ", self.copied_from(said, &from)?),
            None => String::new(),
        };
        self.push("COPY", &format!("{from}{}", list(&[source, target])));
        Ok(())
    }

    /// What a command and the texts behind it are to the shell, in one line.
    fn script(&self, said: &str, command: &str, heredocs: &[Heredoc]) -> Result<String, String> {
        let mut script = String::new();
        let is_text_alone = heredocs.iter().any(|heredoc| heredoc.marker == command);
        if !is_text_alone {
            script.push_str(command);
            script.push('\n');
        }
        for heredoc in heredocs {
            let text = if is_text_alone {
                heredoc.text().map(as_program)
            } else {
                heredoc.for_a_shell()
            };
            let text = text
                .ok_or_else(|| format!("`{said}`: no line ends what {} begins", heredoc.marker))?;
            script.push_str(&text);
        }
        Ok(self.for_the_shell(script))
    }

    fn for_the_shell(&self, script: String) -> String {
        let mut words = self.shell.clone();
        words.push(script);
        list(&words)
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

fn is_stage_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let name = name.to_lowercase();
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_plain)
}

/// What may stand in the name of an image.
fn is_plain_word(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
    word.starts_with(|c: char| c.is_ascii_alphanumeric()) && word.chars().all(is_plain)
}

/// A script with a first line that says by what it is run, as a shell's command; any other as it is.
fn as_program(text: String) -> String {
    if !text.starts_with("#!") {
        return text;
    }
    let mut end = "TRYOUT_END".to_owned();
    while text.lines().any(|line| line == end) {
        end.push('_');
    }
    format!(
        "script=$(mktemp) && cat > \"$script\" <<'{end}'\n{text}{end}\nchmod +x \"$script\" && \"$script\"; status=$?; rm -f \"$script\"; exit $status\n"
    )
}

fn unclear(said: &str, part: &str) -> String {
    format!("`{said}`: {part:?} cannot be understood before the build; write it out")
}

fn buildkit(said: &str, flag: &str) -> String {
    format!(
        "`{said}`: {flag} is known to BuildKit only, and builds here are made by the engine's classic builder, whose limits hold; do it in other steps"
    )
}

fn list(words: &[String]) -> String {
    serde_json::to_string(words).expect("strings become JSON")
}

#[cfg(test)]
mod tests;
