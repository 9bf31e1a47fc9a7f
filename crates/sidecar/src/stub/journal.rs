//! What a stub was asked, counted while somebody wants to know.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crate::protocol::{Form, Journal, MOST_FORMS};

/// How many are counted at once; the oldest is forgotten for another one.
const WINDOWS: usize = 8;
/// How many bytes of a path are kept.
const PATH: usize = 256;
/// The same of a method.
const METHOD: usize = 16;

/// Counts calls.
#[derive(Debug, Clone, Default)]
pub(super) struct Counting(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    last: u64,
    windows: VecDeque<Window>,
    open: u64,
    refused: u64,
}

/// Calls counted since some moment.
#[derive(Debug)]
struct Window {
    id: u64,
    began: Instant,
    refused_before: u64,
    open: u64,
    journal: Journal,
    /// By form: where it is in the journal, and how many of it are open.
    places: BTreeMap<String, (usize, u64)>,
}

/// A call that is open until this is dropped.
#[derive(Debug)]
pub(super) struct Call {
    counting: Counting,
    form: String,
    /// Those that count it.
    windows: Vec<u64>,
    answer: Option<u16>,
}

impl Counting {
    /// From now on, under this number.
    pub(super) fn begin(&self) -> u64 {
        let mut state = self.state();
        state.last += 1;
        let window = Window {
            id: state.last,
            began: Instant::now(),
            refused_before: state.refused,
            open: 0,
            journal: Journal::default(),
            places: BTreeMap::new(),
        };
        if state.windows.len() >= WINDOWS {
            state.windows.pop_front();
        }
        state.windows.push_back(window);
        state.last
    }

    /// What came since; none of a number that is not counted under.
    pub(super) fn end(&self, id: u64) -> Option<Journal> {
        let mut state = self.state();
        let place = state.windows.iter().position(|window| window.id == id)?;
        let window = state.windows.remove(place)?;
        Some(Journal {
            connections_refused: state.refused - window.refused_before,
            ..window.journal
        })
    }

    /// How many calls are open, counted or not.
    pub(super) fn open(&self) -> u64 {
        self.state().open
    }

    /// A connection was closed unheard.
    pub(super) fn refused(&self) {
        self.state().refused += 1;
    }

    /// A call came.
    pub(super) fn call(&self, method: &str, path: &str) -> Call {
        let form = format!("{} {}", cut(method, METHOD), cut(path, PATH));
        let mut state = self.state();
        state.open += 1;
        let counted = state.windows.iter_mut().map(|window| {
            window.opened(&form);
            window.id
        });
        Call {
            windows: counted.collect(),
            counting: self.clone(),
            form,
            answer: None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn opened(&mut self, form: &str) {
        let at = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let journal = &mut self.journal;
        journal.calls += 1;
        self.open += 1;
        journal.at_once = journal.at_once.max(self.open);
        let is_new = !self.places.contains_key(form);
        if is_new && journal.forms.len() >= MOST_FORMS {
            journal.calls_omitted += 1;
            return;
        }
        if is_new {
            let place = journal.forms.len();
            self.places.insert(form.to_owned(), (place, 0));
            journal.forms.push(Form {
                call: form.to_owned(),
                first_ms: at,
                ..Form::default()
            });
        }
        let Some((place, open)) = self.places.get_mut(form) else {
            return;
        };
        *open += 1;
        let counted = &mut journal.forms[*place];
        counted.calls += 1;
        counted.at_once = counted.at_once.max(*open);
        counted.last_ms = at;
    }

    fn closed(&mut self, form: &str, answer: Option<u16>) {
        self.open -= 1;
        let Some((place, open)) = self.places.get_mut(form) else {
            return;
        };
        *open -= 1;
        if let Some(status) = answer {
            *self.journal.forms[*place]
                .answers
                .entry(status)
                .or_default() += 1;
        }
    }
}

impl Call {
    /// What it is answered with.
    pub(super) fn answered(&mut self, status: u16) {
        self.answer = Some(status);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut state = self.counting.state();
        state.open -= 1;
        for window in &mut state.windows {
            if self.windows.contains(&window.id) {
                window.closed(&self.form, self.answer);
            }
        }
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_count_where_they_begin() {
        let counting = Counting::default();
        let early = counting.call("GET", "/a");
        let window = counting.begin();
        let mut a = counting.call("GET", "/a");
        let b = counting.call("GET", "/b");
        a.answered(200);
        drop((early, a, b));
        let late = counting.call("GET", "/a");
        let journal = counting.end(window).unwrap();
        drop(late);
        assert_eq!(counting.end(window), None);
        assert_eq!((journal.calls, journal.at_once), (3, 2));
        let forms: Vec<_> = journal
            .forms
            .iter()
            .map(|form| (form.call.as_str(), form.calls, form.at_once))
            .collect();
        assert_eq!(forms, [("GET /a", 2, 1), ("GET /b", 1, 1)]);
        assert_eq!(journal.forms[0].answers, BTreeMap::from([(200, 1)]));
        assert_eq!(counting.open(), 0);
    }

    #[test]
    fn windows_are_counted_side_by_side_and_the_oldest_is_forgotten() {
        let counting = Counting::default();
        let windows: Vec<u64> = (0..=WINDOWS).map(|_| counting.begin()).collect();
        drop(counting.call("GET", "/a"));
        assert_eq!(counting.end(windows[0]), None);
        counting.refused();
        for window in &windows[1..] {
            let journal = counting.end(*window).unwrap();
            assert_eq!((journal.calls, journal.connections_refused), (1, 1));
        }
    }

    #[test]
    fn a_flood_of_forms_is_bounded() {
        let counting = Counting::default();
        let window = counting.begin();
        for n in 0..MOST_FORMS + 5 {
            drop(counting.call("GET", &format!("/{n}")));
        }
        drop(counting.call("GET", "/0"));
        drop(counting.call(&"X".repeat(1_000), &format!("/{}", "é".repeat(10_000))));
        let journal = counting.end(window).unwrap();
        assert_eq!(journal.forms.len(), MOST_FORMS);
        assert_eq!(journal.calls_omitted, 6);
        assert_eq!(journal.calls, MOST_FORMS as u64 + 7);
        assert_eq!(journal.forms[0].calls, 2);
        assert!(cut(&"é".repeat(1_000), PATH).len() <= PATH + 3);
    }
}
