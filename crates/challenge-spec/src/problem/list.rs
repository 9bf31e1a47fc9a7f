use std::fmt;

use super::{Problem, Problems};

/// [`Problems`] as plain text; made by [`Problems::list`].
#[derive(Debug, Clone, Copy)]
pub struct List<'a>(&'a Problems);

impl<'a> List<'a> {
    pub(super) const fn new(problems: &'a Problems) -> Self {
        Self(problems)
    }

    fn write(self, f: &mut fmt::Formatter<'_>, problem: &Problem) -> fmt::Result {
        let text = self.0.text();
        let start = problem.span.start;
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let line_number = text[..start].matches('\n').count() + 1;
        let before = text[line_start..start].chars().count();
        let file = self.0.file();
        writeln!(
            f,
            "{file}:{line_number}:{}: {}",
            before + 1,
            problem.message
        )?;
        let end = problem.span.end.min(line_start + line.len()).max(start);
        let width = text[start..end].chars().count().max(1);
        writeln!(f, "    {}", line.replace('\t', " "))?;
        let marks = "^".repeat(width);
        let label = if problem.label.is_empty() {
            String::new()
        } else {
            format!(" {}", problem.label)
        };
        writeln!(f, "    {:before$}{marks}{label}", "")?;
        if let Some((span, why)) = &problem.also {
            let line_number = text[..span.start].matches('\n').count() + 1;
            writeln!(f, "    line {line_number}: {why}")?;
        }
        if let Some(help) = &problem.help {
            writeln!(f, "    help: {help}")?;
        }
        Ok(())
    }
}

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.0.told() {
            self.write(f, problem)?;
        }
        let untold = self.0.count() - self.0.told().len();
        if untold > 0 {
            writeln!(f, "and {untold} more")?;
        }
        Ok(())
    }
}
