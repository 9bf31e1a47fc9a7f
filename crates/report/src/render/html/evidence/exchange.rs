//! One request and its answer.

use serde::Serialize;

use crate::{
    model::Exchange,
    neutral::brief,
    render::{
        html::prose::{Part, prose},
        transcript,
    },
};

use super::{DiffView, Excerpt, LINE, MANY, MismatchRow, mismatches};

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct ExchangeView {
    step: String,
    method: String,
    target: String,
    /// The answer's status, or what came instead of it, in a word or two.
    end: String,
    duration: String,
    /// Whether there is something in it that a reader must see.
    open: bool,
    trouble: Option<Vec<Part>>,
    mismatches: Vec<MismatchRow>,
    sent: Message,
    received: Option<Message>,
    diff: Option<DiffView>,
    curl: Excerpt,
}

#[derive(Debug, Serialize)]
struct Message {
    headers: Vec<Header>,
    headers_omitted: usize,
    body: Option<Excerpt>,
}

#[derive(Debug, Serialize)]
struct Header {
    name: String,
    value: String,
}

impl ExchangeView {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let request = &exchange.request;
        let sent = request.body.as_deref().unwrap_or("");
        Self {
            step: brief(&exchange.step, 20),
            method: brief(&request.method, 20),
            target: brief(&request.target, LINE),
            end: match &exchange.answer {
                Some(answer) => answer.status.to_string(),
                None => "no answer".to_owned(),
            },
            // That of one under load is not known.
            duration: match exchange.duration_ms {
                known if known > 0.0 => format!("{known:.1} ms"),
                _ => String::new(),
            },
            open: !exchange.mismatches.is_empty() || exchange.trouble.is_some(),
            trouble: exchange
                .trouble
                .as_ref()
                .map(|trouble| prose(&transcript::trouble(trouble), LINE)),
            mismatches: mismatches(&exchange.mismatches),
            sent: Message::of(&request.headers, sent, request.body_omitted),
            received: exchange
                .answer
                .as_ref()
                .map(|answer| Message::of(&answer.headers, &answer.body, answer.body_omitted)),
            diff: exchange.diff.as_deref().map(DiffView::of),
            curl: Excerpt::of(&exchange.curl, 0),
        }
    }
}

impl Message {
    fn of(headers: &[(String, String)], body: &str, omitted: u64) -> Self {
        let shown = headers.iter().take(MANY).map(|(name, value)| Header {
            name: brief(name, 120),
            value: brief(value, LINE),
        });
        Self {
            headers: shown.collect(),
            headers_omitted: headers.len().saturating_sub(MANY),
            body: Some(Excerpt::of(body, omitted)).filter(|body| !body.is_empty()),
        }
    }
}
