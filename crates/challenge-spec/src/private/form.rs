/// How a number is written: text with the number, or one beside it, in some places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form(Vec<Piece>);

/// A part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// The number and so many more.
    Number(i64),
}

const NUMBERS: [(&str, i64); 3] = [("{}", 0), ("{+1}", 1), ("{-1}", -1)];

impl Form {
    /// Reads `1 to {}`; none where no number is in it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let number = NUMBERS.iter().find(|(mark, _)| rest.starts_with(mark));
            if let Some((mark, beside)) = number {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Number(*beside));
                rest = &rest[mark.len()..];
            } else {
                plain.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        let has_number = pieces.iter().any(|piece| matches!(piece, Piece::Number(_)));
        has_number.then_some(Self(pieces))
    }

    /// The text with a number in its places.
    pub fn with(&self, number: u32) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Number(beside) => (i64::from(number) + beside).to_string(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn numbers_stand_where_the_marks_are() {
        let form = Form::parse("from 1 to {}, not {+1} or {-1}").unwrap();
        assert_eq!(form.with(10), "from 1 to 10, not 11 or 9");
        assert_eq!(Form::parse("no number { } here"), None);
    }
}
