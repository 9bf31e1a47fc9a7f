//! The stages of a Dockerfile, and which of them its image is made of: as BuildKit does it, the others
//! are not built.

use super::{flag, instruction::Instruction};

/// From one `FROM` to the next.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) from: &'a Instruction,
    pub(super) rest: &'a [Instruction],
}

/// What stands before the first stage, and the stages.
pub(super) fn split(instructions: &[Instruction]) -> (&[Instruction], Vec<Stage<'_>>) {
    let is_from = |instruction: &Instruction| instruction.keyword == "FROM";
    let first = instructions.iter().position(is_from);
    let (before, mut left) = instructions.split_at(first.unwrap_or(instructions.len()));
    let mut stages = Vec::new();
    while let Some((from, behind)) = left.split_first() {
        let end = behind.iter().position(is_from).unwrap_or(behind.len());
        let (rest, next) = behind.split_at(end);
        stages.push(Stage { from, rest });
        left = next;
    }
    (before, stages)
}

/// Which stages the last one needs, itself included. `image` says what a stage starts from.
pub(super) fn needed(stages: &[Stage<'_>], image: impl Fn(&Stage<'_>) -> String) -> Vec<bool> {
    let names: Vec<_> = stages.iter().map(Stage::name).collect();
    let found = |word: &str, before: usize| {
        if let Ok(number) = word.parse() {
            return Some(number).filter(|number| *number < before);
        }
        let word = Some(word.to_lowercase());
        names.get(..before)?.iter().rposition(|name| *name == word)
    };
    let mut needed = vec![false; stages.len()];
    if let Some(last) = needed.last_mut() {
        *last = true;
    }
    for (number, stage) in stages.iter().enumerate().rev() {
        if !needed[number] {
            continue;
        }
        let base = image(stage);
        // A number is no name of a stage to start from.
        let base = Some(base.as_str()).filter(|base| base.parse::<usize>().is_err());
        let uses = base.into_iter().chain(stage.copies_from());
        for other in uses.filter_map(|word| found(word, number)) {
            needed[other] = true;
        }
    }
    needed
}

impl Stage<'_> {
    /// In small letters, as it is looked up.
    pub(super) fn name(&self) -> Option<String> {
        let (_, rest) = flag::split(&self.from.rest).ok()?;
        let words: Vec<_> = rest.split_whitespace().collect();
        match words.as_slice() {
            [_, as_, name] if as_.eq_ignore_ascii_case("as") => Some(name.to_lowercase()),
            _ => None,
        }
    }

    /// All that its steps name to copy or mount from.
    fn copies_from(&self) -> impl Iterator<Item = &str> {
        self.rest.iter().flat_map(|instruction| {
            let flags =
                flag::split(&instruction.rest).map_or_else(|_| Vec::new(), |(flags, _)| flags);
            let values = flags.into_iter().flat_map(|flag| match flag.name {
                "--from" => vec![flag.value],
                "--mount" => {
                    let fields = flag.value.split(',');
                    fields
                        .filter_map(|field| field.strip_prefix("from="))
                        .collect()
                }
                _ => Vec::new(),
            });
            values.collect::<Vec<_>>()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed_of(text: &str) -> Vec<bool> {
        let (_, instructions) = super::super::instruction::parse(text);
        let (_, stages) = split(&instructions);
        needed(&stages, |stage| {
            stage.from.words().next().unwrap_or_default().to_owned()
        })
    }

    #[test]
    fn only_what_the_last_stage_is_made_of_is_needed() {
        for (text, expected) in [
            ("FROM a", vec![true]),
            (
                "FROM a AS x\nFROM X AS test\nFROM b\nCOPY --from=x /a /b",
                vec![true, false, true],
            ),
            ("FROM a AS x\nFROM x AS y\nFROM y", vec![true, true, true]),
            (
                "FROM a\nFROM b\nFROM c\nCOPY --from=1 /a /b",
                vec![false, true, true],
            ),
            (
                "FROM a AS x\nFROM b\nRUN --mount=type=bind,from=x,target=/x y",
                vec![true, true],
            ),
            // A later one of the same name, and one that is not there yet.
            (
                "FROM a AS x\nFROM b AS x\nFROM c\nCOPY --from=x /a /b",
                vec![false, true, true],
            ),
            (
                "FROM a\nCOPY --from=x /a /b\nFROM b AS x\nFROM 0",
                vec![false, false, true],
            ),
        ] {
            assert_eq!(needed_of(text), expected, "{text}");
        }
        assert_eq!(needed_of("RUN x"), [false; 0]);
    }
}
