//! Steps: what is copied and run.

use super::{Writer, unclear};
use crate::dockerfile::{
    fetch::Paths,
    flag,
    heredoc::{self, Heredoc},
    instruction::Instruction,
    mount::Mount,
};

/// How many paths may have permissions of their own.
const MOST_MODES: usize = 100;

impl Writer<'_> {
    pub(super) fn copy(&mut self, instruction: &Instruction) -> Result<(), String> {
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

    pub(super) fn run(&mut self, instruction: &Instruction) -> Result<(), String> {
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

fn buildkit(said: &str, flag: &str) -> String {
    format!(
        "`{said}`: {flag} is known to BuildKit only, and builds here are made by the engine's classic builder, whose limits hold; do it in other steps"
    )
}

fn list(words: &[String]) -> String {
    serde_json::to_string(words).expect("strings become JSON")
}
