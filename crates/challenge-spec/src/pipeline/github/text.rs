use super::expression;
use crate::{
    pipeline::Mistakes,
    yaml::{Node, Tree},
};

/// What an expression is replaced by.
const WORD: &str = "expression";

/// The text as a shell may read it: with a plain word in place of each expression.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${{") {
        let inner = &rest[start + 3..];
        let Some(end) = expression::end(inner) else {
            break;
        };
        plain.push_str(&rest[..start]);
        plain.push_str(WORD);
        rest = &inner[end + 2..];
    }
    plain + rest
}

/// Tells what the host refuses wherever it stands: expressions without an end, and merge keys.
pub(super) fn check(source: &str, root: &Node, mistakes: &mut Mistakes) {
    let mut texts = Vec::new();
    search(root, &mut texts, mistakes);
    texts.sort_unstable_by_key(|span: &std::ops::Range<usize>| span.start);
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let content = line.trim_start_matches([' ', '-']);
        let place = start + line.len() - content.len();
        let is_merge = content
            .strip_prefix("<<")
            .is_some_and(|rest| rest.trim_start_matches(' ').starts_with(':'));
        let before = texts.partition_point(|span| span.start <= place);
        let is_inside = texts[..before].last().is_some_and(|span| span.end > place);
        if is_merge && !is_inside {
            let key = crate::yaml::Key {
                text: "<<".to_owned(),
                written: place..place + 2,
                used: place..place + 2,
            };
            let problem = mistakes.key(&key, "GitHub does not read merge keys");
            problem.help = Some("write the keys out; an alias as a whole value is read".to_owned());
        }
        start += line.len();
    }
}

fn search(node: &Node, texts: &mut Vec<std::ops::Range<usize>>, mistakes: &mut Mistakes) {
    match &node.tree {
        Tree::Text(text) => {
            texts.push(node.written.clone());
            if is_open(text) {
                let problem = mistakes.value(node, "an expression has no end");
                problem.help = Some("`${{` ends with `}}`".to_owned());
            }
        }
        Tree::List(items) => {
            for item in items {
                search(item, texts, mistakes);
            }
        }
        Tree::Map(entries) => {
            for entry in entries {
                search(&entry.value, texts, mistakes);
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) => {}
    }
}

fn is_open(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find("${{") {
        let inner = &rest[start + 3..];
        match expression::end(inner) {
            Some(end) => rest = &inner[end + 2..],
            None => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn an_expression_is_a_word() {
        assert_eq!(plain("a ${{ '}}' }}b${{x}}"), "a expressionbexpression");
        assert_eq!(plain("a ${{ '}}"), "a ${{ '}}");
    }
}
