//! How the commands of a submission are given to its shell.

/// A command is given to this; of several lines, the first that fails ends it.
pub(super) const SHELL: [&str; 3] = ["/bin/sh", "-e", "-c"];

/// Keywords that begin what is no simple command, and what only a shell itself can do.
const SHELLS_OWN: &[&str] = &[
    "!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if",
    "in", "select", "then", "time", "until", "while", "[[", ".", ":", "alias", "bg", "break", "cd",
    "command", "continue", "eval", "exec", "exit", "export", "fg", "getopts", "hash", "jobs",
    "local", "read", "readonly", "return", "set", "shift", "source", "times", "trap", "type",
    "ulimit", "umask", "unalias", "unset", "wait",
];

/// The arguments that start a container's process by a command.
///
/// A shell that is the first process of a container passes no signal on, and gets none that it does
/// not ask for. So where the command is one program with its arguments, the shell is told to become
/// it (`exec`); whoever writes more than one program writes `exec` before the last one.
pub(crate) fn arguments(command: &str) -> Vec<String> {
    let mut arguments = SHELL.map(str::to_owned).to_vec();
    arguments.push(becoming(command.trim()));
    arguments
}

fn becoming(command: &str) -> String {
    match program(command) {
        Some(place) => format!("{}exec {}", &command[..place], &command[place..]),
        None => command.to_owned(),
    }
}

/// Where the program's name stands in a command that is one program, behind assignments; none where
/// it is more, or is not understood.
fn program(command: &str) -> Option<usize> {
    let words = words(command)?;
    let (place, word) = words.into_iter().find(|(_, word)| !is_assignment(word))?;
    let is_redirection = word.contains(['<', '>']);
    (!is_redirection && !SHELLS_OWN.contains(&word) && !word.starts_with('#')).then_some(place)
}

/// The words of one simple command, each with its place; none where there is something else in it.
fn words(command: &str) -> Option<Vec<(usize, &str)>> {
    let mut words = Vec::new();
    let mut begun: Option<usize> = None;
    let mut quote = None;
    let mut characters = command.char_indices().peekable();
    let mut before = ' ';
    while let Some((place, character)) = characters.next() {
        let last = std::mem::replace(&mut before, character);
        match (quote, character) {
            (Some(mark), _) if mark == character => quote = None,
            (Some('"') | None, '\\') => {
                begun.get_or_insert(place);
                characters.next()?;
            }
            // What is inside of these is a command of its own.
            (Some('"') | None, '`') => return None,
            (Some('"') | None, '$') if matches!(characters.peek(), Some((_, '('))) => return None,
            (Some(_), _) => {}
            (None, '\'' | '"') => {
                begun.get_or_insert(place);
                quote = Some(character);
            }
            // `2>&1` is not `a & b`.
            (None, '&') if matches!(last, '<' | '>') => {}
            (None, ';' | '&' | '|' | '(' | ')' | '\n') => return None,
            (None, ' ' | '\t') => {
                words.extend(begun.take().map(|start| (start, &command[start..place])));
            }
            (None, _) => {
                begun.get_or_insert(place);
            }
        }
    }
    words.extend(begun.map(|start| (start, &command[start..])));
    quote.is_none().then_some(words)
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.starts_with(|c: char| c.is_ascii_digit())
            && !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_program_takes_the_shells_place() {
        for (command, expected) in [
            ("node server.js", "exec node server.js"),
            ("  ./app  ", "exec ./app"),
            (
                "A=1 B=\"two words\" node x",
                "A=1 B=\"two words\" exec node x",
            ),
            (
                "A='x=;y' node 'a;b' \"c && d\"",
                "A='x=;y' exec node 'a;b' \"c && d\"",
            ),
            ("\"/my app/run\" $PORT", "exec \"/my app/run\" $PORT"),
            (
                "gunicorn app:app -b 0.0.0.0:$PORT 2>&1",
                "exec gunicorn app:app -b 0.0.0.0:$PORT 2>&1",
            ),
            ("node a\\ b ${X:-y}", "exec node a\\ b ${X:-y}"),
            ("caddy é", "exec caddy é"),
        ] {
            assert_eq!(becoming(command.trim()), expected);
        }
    }

    #[test]
    fn what_is_more_than_one_program_is_left_as_it_is() {
        for command in [
            "cd app && node server.js",
            "a; b",
            "a | b",
            "a & b",
            "a &",
            "(a)",
            "a\nb",
            "if true",
            "exec node x",
            "A=1",
            "A=1 exec node x",
            "cd app",
            ". ./env",
            "> log node x",
            "node $(cat name)",
            "node \"`cat name`\"",
            "node \"$(cat name)\"",
            "node 'open",
            "node \"open",
            "node \\",
            "{ node x",
            "# nothing",
            "",
        ] {
            assert_eq!(becoming(command), command);
        }
    }

    #[test]
    fn all_of_it_is_one_argument_of_the_shell() {
        assert_eq!(
            arguments("a 'b c'"),
            ["/bin/sh", "-e", "-c", "exec a 'b c'"]
        );
    }
}
