use std::collections::HashMap;

use super::node::{Node, Tree};
use crate::problem::Problem;

/// Every key that stands twice in one object, with both places.
pub(crate) fn duplicates(root: &Node) -> Vec<Problem> {
    let mut found = Vec::new();
    search(root, &mut found);
    found
}

fn search(node: &Node, found: &mut Vec<Problem>) {
    match &node.tree {
        Tree::List(items) => items.iter().for_each(|item| search(item, found)),
        Tree::Map(entries) => {
            let mut first = HashMap::new();
            for entry in entries {
                let key = &entry.key;
                if let Some(earlier) = first.get(key.text.as_str()) {
                    found.push(Problem {
                        message: format!("the key `{}` stands twice in one object", key.text),
                        label: "again here".to_owned(),
                        span: key.written.clone(),
                        help: Some("remove one of the two".to_owned()),
                        also: Some((Clone::clone(*earlier), "first here".to_owned())),
                    });
                } else {
                    first.insert(key.text.as_str(), &key.written);
                }
                search(&entry.value, found);
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}
