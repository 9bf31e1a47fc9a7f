//! How a process ended, in words.

/// `exit code 1`, `killed by signal 9 (out of memory)`.
///
/// A death by signal N is given as exit code 128 + N, as shells and engines report it; neither can tell
/// it from a process that chose that code.
pub(crate) fn in_words(code: i64, out_of_memory: bool) -> String {
    match (signal(code), out_of_memory) {
        (Some((9, _)), true) => "killed by signal 9 (out of memory)".to_owned(),
        (Some((number, name)), false) => format!("killed by signal {number} ({name})"),
        (Some((number, name)), true) => {
            format!("killed by signal {number} ({name}) after running out of memory")
        }
        (None, false) => format!("exit code {code}"),
        (None, true) => format!("exit code {code} after a process of it ran out of memory"),
    }
}

fn signal(code: i64) -> Option<(i64, &'static str)> {
    let number = code.checked_sub(128)?;
    let name = match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    };
    Some((number, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_signals_and_memory_are_named() {
        assert_eq!(in_words(0, false), "exit code 0");
        assert_eq!(in_words(1, false), "exit code 1");
        assert_eq!(in_words(128, false), "exit code 128");
        assert_eq!(in_words(137, false), "killed by signal 9 (SIGKILL)");
        assert_eq!(in_words(137, true), "killed by signal 9 (out of memory)");
        assert_eq!(in_words(139, false), "killed by signal 11 (SIGSEGV)");
        assert_eq!(in_words(255, false), "exit code 255");
        assert_eq!(
            in_words(1, true),
            "exit code 1 after a process of it ran out of memory"
        );
    }
}
