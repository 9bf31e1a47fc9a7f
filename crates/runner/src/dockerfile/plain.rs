//! A Dockerfile as an engine is given it: read by us and written anew, one instruction a line, so that
//! the engine cannot read another thing in it than we did. Names of images are filled in. What only
//! BuildKit knows is said in words that the classic builder understands, or refused with a reason: the
//! classic builder is the one that can be bounded.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Dockerfile,
    fetch::{fetches, sources},
    flag,
    heredoc::Heredoc,
    instruction::Instruction,
    mount::Mount,
    variable::fill_in,
};

/// What the engine gives a shell that the Dockerfile does not name.
const SHELL: [&str; 2] = ["/bin/sh", "-c"];

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
    /// For an engine of a platform (`linux/amd64`).
    ///
    /// # Errors
    /// Why it cannot be built, in one sentence.
    pub(crate) fn plainly(&self, platform: &str) -> Result<Plain, String> {
        let mut writer = Writer {
            escape: self.escape,
            automatic: automatic(platform),
            platform,
            defaults: BTreeMap::new(),
            is_in_a_stage: false,
            name: None,
            stages: BTreeMap::new(),
            shell: SHELL.map(str::to_owned).to_vec(),
            lines: 0,
            plain: Plain::default(),
        };
        if self.escape != '\\' {
            writer.push_line(&format!("# escape={}", self.escape));
        }
        for instruction in &self.instructions {
            writer.write(instruction)?;
        }
        Ok(writer.plain)
    }
}

/// What BuildKit gives a Dockerfile that asks for it.
fn automatic(platform: &str) -> BTreeMap<String, String> {
    let (os, architecture) = platform.split_once('/').unwrap_or((platform, ""));
    let (architecture, variant) = architecture.split_once('/').unwrap_or((architecture, ""));
    let values = [
        ("PLATFORM", platform),
        ("OS", os),
        ("ARCH", architecture),
        ("VARIANT", variant),
    ];
    let values = values.iter().flat_map(|(name, value)| {
        ["TARGET", "BUILD"].map(|which| (format!("{which}{name}"), (*value).to_owned()))
    });
    values.collect()
}

struct Writer<'a> {
    escape: char,
    platform: &'a str,
    automatic: BTreeMap<String, String>,
    /// Arguments before the first stage.
    defaults: BTreeMap<String, String>,
    /// Whether the first stage has begun.
    is_in_a_stage: bool,
    /// The name of the one that is being written, where it has one.
    name: Option<String>,
    /// The stages before it, with their shells.
    stages: BTreeMap<String, Vec<String>>,
    shell: Vec<String>,
    lines: usize,
    plain: Plain,
}

impl Writer<'_> {
    fn write(&mut self, instruction: &Instruction) -> Result<(), String> {
        // The engine's own messages name the lines of the original as far as that is possible.
        while self.lines < instruction.line {
            self.push_line("");
        }
        let Instruction { keyword, rest, .. } = instruction;
        if !keyword.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(format!("{keyword:?} is no instruction of a Dockerfile"));
        }
        if fetches(keyword, rest) {
            return Err(format!(
                "`{keyword} {rest}` would make the engine itself fetch from the network, which is not allowed; fetch in a RUN step instead"
            ));
        }
        match keyword.as_str() {
            "FROM" => self.from(rest)?,
            "ARG" => self.arg(instruction),
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

    fn from(&mut self, rest: &str) -> Result<(), String> {
        let said = format!("FROM {rest}");
        if let Some(name) = self.name.take() {
            self.stages.insert(name, self.shell.clone());
        }
        let (flags, rest) = flag::split(rest).map_err(|flag| unclear(&said, flag))?;
        let mut words = Vec::new();
        for flag in flags {
            if flag.name == "--platform" {
                let platform = self.filled(&said, flag.value)?;
                if !platform.is_empty() && !is_plain_word(&platform) {
                    return Err(unclear(&said, &platform));
                }
                if !platform.is_empty() && platform != self.platform {
                    words.push(format!("--platform={platform}"));
                }
            } else {
                words.push(flag.word.to_owned());
            }
        }
        let mut rest = rest.split_whitespace();
        let image = rest.next().unwrap_or_default();
        let image = self.filled(&said, &image.replace(['"', '\''], ""))?;
        let inherited = self.stages.get(&image.to_lowercase());
        self.shell = inherited
            .cloned()
            .unwrap_or_else(|| SHELL.map(str::to_owned).to_vec());
        if inherited.is_none() && image != "scratch" {
            self.needs(&said, &image)?;
        }
        words.push(image);
        let rest: Vec<_> = rest.map(str::to_owned).collect();
        self.name = match rest.as_slice() {
            [as_, name] if as_.eq_ignore_ascii_case("as") => Some(name.to_lowercase()),
            _ => None,
        };
        if let Some(odd) = rest.iter().find(|word| !is_plain_word(word)) {
            return Err(unclear(&said, odd));
        }
        self.is_in_a_stage = true;
        words.extend(rest);
        self.push("FROM", &words.join(" "));
        Ok(())
    }

    fn arg(&mut self, instruction: &Instruction) {
        let mut words: Vec<String> = Vec::new();
        for word in instruction.words() {
            let value = match word.split_once('=') {
                Some((name, value)) if !self.is_in_a_stage => {
                    let value = value.replace(['"', '\''], "");
                    // What is not understood matters only where it is used.
                    let filled = fill_in(&value, &self.defaults).unwrap_or(value);
                    Some((name, filled))
                }
                Some(_) => None,
                None => self.automatic.get(word).map(|value| (word, value.clone())),
            };
            match value {
                Some((name, value)) if !self.is_in_a_stage => {
                    self.defaults.insert(name.to_owned(), value);
                    words.push(word.to_owned());
                }
                // The classic builder has no values of its own for these.
                Some((name, value)) => words.push(format!("{name}={value}")),
                None => words.push(word.to_owned()),
            }
        }
        // A quoted value with blanks is no list of words.
        let is_changed = !words.iter().eq(instruction.words());
        let rest = is_changed.then(|| words.join(" "));
        self.push("ARG", rest.as_deref().unwrap_or(&instruction.rest));
    }

    fn copy(&mut self, instruction: &Instruction) -> Result<(), String> {
        let Instruction { keyword, rest, .. } = instruction;
        let said = format!("{keyword} {rest}");
        if let Some(heredoc) = instruction.heredocs.first() {
            let marker = &heredoc.marker;
            return Err(format!(
                "`{said}`: a file cannot be written into the Dockerfile ({marker}) here; put it into the submission"
            ));
        }
        let (flags, rest) = flag::split(rest).map_err(|flag| unclear(&said, flag))?;
        let (mut words, mut from, mut mode) = (Vec::new(), None, None);
        for flag in flags {
            match flag.name {
                "--from" => {
                    from = Some(flag.value);
                    words.push(flag.word);
                }
                "--chmod" => mode = Some(flag.value),
                // It is about how layers are kept.
                "--link" => {}
                "--parents" | "--exclude" | "--unpack" | "--checksum" | "--keep-git-dir" => {
                    return Err(buildkit(&said, flag.name));
                }
                _ => words.push(flag.word),
            }
        }
        if let Some(from) = from {
            self.copies_from(&said, from)?;
        }
        if let Some(mode) = mode {
            let number = u32::from_str_radix(mode, 8).ok();
            let number = number.filter(|number| *number <= 0o7777);
            let sources = sources(rest);
            let is_clear = sources.iter().all(|source| !source.contains('$'));
            match number {
                Some(number) if from.is_none() && is_clear => {
                    let modes = sources.into_iter().map(|source| (source, number));
                    self.plain.modes.extend(modes);
                }
                _ => {
                    return Err(format!(
                        "`{said}`: permissions (--chmod) can be given here in octal (--chmod=755), and to files of the submission; for others let RUN chmod follow"
                    ));
                }
            }
        }
        words.push(rest);
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
                    if let Mount::Copy {
                        from,
                        source,
                        target,
                    } = mount
                    {
                        if let Some(from) = &from {
                            self.copies_from(&said, from)?;
                        }
                        let from = from.map(|from| format!("--from={from} "));
                        let paths = list(&[source, target]);
                        self.push("COPY", &format!("{}{paths}", from.unwrap_or_default()));
                    }
                }
                // The build's network is the challenge's matter; no step has more rights than another.
                "--network" => {}
                "--security" if flag.value == "sandbox" => {}
                "--security" | "--device" => return Err(buildkit(&said, flag.name)),
                _ => words.push(flag.word),
            }
        }
        let written = match instruction.heredocs.as_slice() {
            [] => command.to_owned(),
            heredocs => self.script(&said, command, heredocs)?,
        };
        words.push(&written);
        self.push("RUN", &words.join(" "));
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
        let mut words = self.shell.clone();
        words.push(script);
        Ok(list(&words))
    }

    fn copies_from(&mut self, said: &str, from: &str) -> Result<(), String> {
        let is_stage =
            from.parse::<u32>().is_ok() || self.stages.contains_key(&from.to_lowercase());
        if is_stage && is_plain_word(from) {
            return Ok(());
        }
        self.needs(said, from)
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

/// What may stand in the name of an image, a stage or a platform.
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
