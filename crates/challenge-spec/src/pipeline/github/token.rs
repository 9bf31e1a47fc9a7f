/// A word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Text(String),
    Number(f64),
    Word(String),
    Sign(&'static str),
}

/// Longer signs before those that they begin with.
const SIGNS: [&str; 16] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "*",
];

/// The words of an expression; nothing where there is a sign that expressions do not have.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' {
            let (text, length) = quoted(rest)?;
            tokens.push(Token::Text(text));
            length
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length = length(rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            tokens.push(Token::Word(rest[..length].to_owned()));
            length
        } else if first.is_ascii_digit() || "+-".contains(first) || decimal(rest) {
            let length = length(rest, |c| c.is_ascii_alphanumeric() || "+-.".contains(c));
            tokens.push(Token::Number(number(&rest[..length])?));
            length
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
            tokens.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

fn decimal(rest: &str) -> bool {
    let mut characters = rest.chars();
    characters.next() == Some('.') && characters.next().is_some_and(|c| c.is_ascii_digit())
}

fn length(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

/// A text in single quotes, in which two stand for one, and its length with the quotes.
fn quoted(rest: &str) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((place, character)) = characters.next() {
        if character != '\'' {
            text.push(character);
        } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Some((text, place + 1));
        }
    }
    None
}

fn number(text: &str) -> Option<f64> {
    let digits = |digits, base| u32::from_str_radix(digits, base).ok().map(f64::from);
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return digits(hexadecimal, 16);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, 8);
    }
    text.parse().ok()
}
