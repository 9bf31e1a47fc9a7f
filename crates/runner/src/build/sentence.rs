//! Why a build failed, in one sentence.

use std::time::Duration;

/// No instruction is quoted at greater length, in characters.
const LONGEST: usize = 160;

/// Of a step that failed, or of a Dockerfile that cannot be used.
pub(crate) fn of_step(step: Option<&str>, message: &str) -> String {
    match (step, exit_code(message)) {
        // As after a SIGKILL; what the kernel kills for want of memory ends so.
        (Some(step), Some("137")) => format!(
            "step `{}` ended with exit code 137: it was killed, perhaps for want of memory",
            shortened(step)
        ),
        (Some(step), Some(code)) => {
            format!("step `{}` ended with exit code {code}", shortened(step))
        }
        (Some(step), None) => format!("step `{}` failed: {}", shortened(step), shortened(message)),
        (None, _) => format!("the Dockerfile cannot be used: {}", shortened(message)),
    }
}

/// Of a step that took too long.
pub(crate) fn of_time(step: Option<&str>, time: Duration) -> String {
    let step = step.map_or_else(
        || "the first step".to_owned(),
        |step| format!("step `{}`", shortened(step)),
    );
    format!(
        "{step} was not done when the {} s for the whole build were over",
        time.as_secs_f32()
    )
}

/// N in `The command '/bin/sh -c false' returned a non-zero code: N`.
fn exit_code(message: &str) -> Option<&str> {
    let (_, code) = message.rsplit_once("returned a non-zero code: ")?;
    code.bytes().all(|b| b.is_ascii_digit()).then_some(code)
}

/// In one line, and not too long for one.
pub(crate) fn shortened(text: &str) -> String {
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(LONGEST) {
        words.truncate(end);
        words.push('…');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_named_with_its_exit_code() {
        let message = "The command '/bin/sh -c pip install x' returned a non-zero code: 1";
        assert_eq!(
            of_step(Some("RUN pip install   x"), message),
            "step `RUN pip install x` ended with exit code 1"
        );
        let message = "The command 'x' returned a non-zero code: 137";
        assert!(of_step(Some("RUN x"), message).ends_with("want of memory"));
        assert_eq!(
            of_step(Some("COPY a /"), "COPY failed: no such file"),
            "step `COPY a /` failed: COPY failed: no such file"
        );
        assert_eq!(
            of_step(None, "unknown instruction: FRM"),
            "the Dockerfile cannot be used: unknown instruction: FRM"
        );
    }

    #[test]
    fn a_sentence_stays_one_and_short() {
        let step = format!("RUN {}", "é\n".repeat(1000));
        let sentence = of_step(Some(&step), "The command 'x' returned a non-zero code: 2");
        assert!(sentence.chars().count() < 220, "{sentence}");
        assert!(!sentence.contains('\n'));
    }
}
