//! Line charts as numbers; the template draws them. A drawing is 1,000 wide and 1,000 high, stretched to
//! whatever room there is, and its words stand beside it at per cents of its sides.

use std::fmt::Write as _;

use serde::Serialize;

/// So many marks of an axis.
const MARKS: usize = 6;
/// From one end of an axis of times to the other at least so many times as much: less would make much of
/// little.
const WIDE: f64 = 5.0;
/// Nothing is shorter or longer than this, in milliseconds.
const SHORTEST: f64 = 0.001;
const LONGEST: f64 = 1e9;

/// A chart.
#[derive(Debug, Serialize)]
pub(super) struct Plot {
    pub(super) title: &'static str,
    /// The whole of it in words.
    pub(super) label: String,
    lines: Vec<Line>,
    across: Vec<Mark>,
    up: Vec<Mark>,
}

/// One line of it.
#[derive(Debug, Serialize)]
struct Line {
    /// Whose.
    class: &'static str,
    /// What an SVG path draws.
    path: String,
    /// Points that nothing leads to or from: another path, drawn wider.
    dots: String,
}

/// A word beside an axis.
#[derive(Debug, Serialize)]
struct Mark {
    /// Along the axis, in per cent.
    at: String,
    /// The same where the drawing has it.
    drawn: String,
    text: String,
}

/// Whose a line is, and its strokes: points that belong together, across and up.
pub(super) type Strokes = (&'static str, Vec<Vec<(f64, f64)>>);

/// An axis: from where to where it goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Axis {
    /// In even steps, from 0 on.
    Even {
        /// Its end.
        to: f64,
        /// Behind each number.
        unit: &'static str,
    },
    /// Milliseconds; ten times as much is as far everywhere.
    Times {
        /// Its beginning.
        from: f64,
        /// Its end.
        to: f64,
    },
}

impl Axis {
    /// For these times, with a little room.
    pub(super) fn of_times(times: impl Iterator<Item = f64>) -> Self {
        let (mut from, mut to) = (LONGEST, SHORTEST);
        for time in times.map(|time| time.clamp(SHORTEST, LONGEST)) {
            from = from.min(time);
            to = to.max(time);
        }
        if from > to {
            (from, to) = (1.0, 1.0);
        }
        let more = (WIDE / (to / from)).sqrt().max(1.0);
        (from, to) = (from / more, to * more);
        Self::Times {
            from: from / 1.25,
            to: to * 1.25,
        }
    }

    /// How far along a value is, 0 to 1.
    fn along(self, value: f64) -> f64 {
        let along = match self {
            Self::Even { to, .. } => value / to.max(SHORTEST),
            Self::Times { from, to } => {
                let value = value.clamp(SHORTEST, LONGEST);
                (value / from).ln() / (to / from).ln()
            }
        };
        along.clamp(0.0, 1.0)
    }

    fn marks(self) -> Vec<(f64, String)> {
        match self {
            Self::Even { to, unit } => {
                let step = step(to);
                let mut marks = Vec::new();
                let mut value = 0.0;
                while value <= to * 1.000_001 && marks.len() <= 2 * MARKS {
                    marks.push((value, format!("{value}{unit}")));
                    value += step;
                }
                marks
            }
            Self::Times { from, to } => {
                let mut round: Vec<f64> = rounds(from, to, &[1.0, 2.0, 5.0]);
                if round.len() > MARKS {
                    round = rounds(from, to, &[1.0]);
                }
                if round.len() < 2 {
                    round = vec![from * 1.25, to / 1.25];
                }
                round.into_iter().map(|time| (time, told(time))).collect()
            }
        }
    }

    fn marked(self, turned: bool) -> Vec<Mark> {
        let mark = |(value, text)| {
            let along = self.along(value);
            let drawn = if turned { 1.0 - along } else { along };
            Mark {
                at: format!("{:.2}%", along * 100.0),
                drawn: format!("{:.1}", drawn * 1000.0),
                text,
            }
        };
        self.marks().into_iter().map(mark).collect()
    }
}

/// Even steps of 1, 2 or 5 times a power of ten, of which not too many fit.
fn step(to: f64) -> f64 {
    let least = (to / 6.0).max(SHORTEST);
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
    let fitting = steps.into_iter().find(|step| *step >= least * 0.999_999);
    fitting.unwrap_or(10.0 * power)
}

/// Such multiples of powers of ten between two times.
fn rounds(from: f64, to: f64, times: &[f64]) -> Vec<f64> {
    let mut power = 10_f64.powf(from.log10().floor());
    let mut found = Vec::new();
    while power <= to && found.len() < 100 {
        let each = times.iter().map(|times| times * power);
        found.extend(each.filter(|time| (from..=to).contains(time)));
        power *= 10.0;
    }
    found
}

/// `0.5 ms`, `20 ms`, `1.5 s`.
pub(super) fn told(ms: f64) -> String {
    let digits = |value: f64| match value {
        large if large >= 100.0 => format!("{large:.0}"),
        some if some >= 10.0 => trimmed(&format!("{some:.1}")),
        small => trimmed(&format!("{small:.2}")),
    };
    if ms >= 1000.0 {
        format!("{} s", digits(ms / 1000.0))
    } else {
        format!("{} ms", digits(ms))
    }
}

fn trimmed(number: &str) -> String {
    number
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

impl Plot {
    /// Lines over two axes.
    pub(super) fn of(
        (title, label): (&'static str, String),
        lines: &[Strokes],
        (across, up): (Axis, Axis),
    ) -> Self {
        let drawn = lines.iter().map(|(class, strokes)| Line {
            class,
            path: path(
                strokes.iter().filter(|stroke| stroke.len() > 1),
                (across, up),
            ),
            dots: path(
                strokes.iter().filter(|stroke| stroke.len() == 1),
                (across, up),
            ),
        });
        Self {
            title,
            label,
            lines: drawn.filter(Line::is_drawn).collect(),
            across: across.marked(false),
            up: up.marked(true),
        }
    }
}

impl Line {
    fn is_drawn(&self) -> bool {
        !self.path.is_empty() || !self.dots.is_empty()
    }
}

fn path<'a>(
    strokes: impl Iterator<Item = &'a Vec<(f64, f64)>>,
    (across, up): (Axis, Axis),
) -> String {
    let mut path = String::new();
    for stroke in strokes {
        for (place, (x, y)) in stroke.iter().enumerate() {
            let letter = if place == 0 { 'M' } else { 'L' };
            let (x, y) = (across.along(*x) * 1000.0, (1.0 - up.along(*y)) * 1000.0);
            let _ = write!(path, "{letter}{x:.1} {y:.1}");
        }
        if stroke.len() == 1 {
            // With round ends no length is a dot.
            path.push_str("h0");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{Axis, Plot, told};

    fn texts(axis: Axis) -> Vec<String> {
        axis.marks().into_iter().map(|mark| mark.1).collect()
    }

    #[test]
    fn axes_have_round_marks_and_not_too_many() {
        let times = |from: f64, to: f64| texts(Axis::of_times([from, to].into_iter()));
        assert_eq!(times(3.0, 60.0), ["5 ms", "10 ms", "20 ms", "50 ms"]);
        assert_eq!(
            times(0.02, 4000.0),
            ["0.1 ms", "1 ms", "10 ms", "100 ms", "1 s"]
        );
        assert_eq!(times(30.0, 32.0), ["20 ms", "50 ms"]);
        let even = Axis::Even {
            to: 48.0,
            unit: " s",
        };
        assert_eq!(texts(even), ["0 s", "10 s", "20 s", "30 s", "40 s"]);
        let share = Axis::Even {
            to: 100.0,
            unit: " %",
        };
        assert_eq!(texts(share).len(), 6);
        assert_eq!(told(1.5), "1.5 ms");
        assert_eq!(told(12_345.0), "12.3 s");
    }

    #[test]
    fn whatever_is_drawn_stays_inside() {
        let wild = [f64::MAX, -1.0, 0.0, 1e-300, 5.0];
        let axis = Axis::of_times(wild.into_iter());
        let points = wild.map(|value| (value, value)).to_vec();
        let plot = Plot::of(
            ("A", String::new()),
            &[("ours", vec![points, vec![(1.0, 1.0)], Vec::new()])],
            (axis, Axis::Even { to: 2.0, unit: "" }),
        );
        let line = &plot.lines[0];
        assert!(line.dots.ends_with("h0"), "{}", line.dots);
        let path = format!("{}{}", line.path, line.dots);
        let numbers = path
            .split(['M', 'L', 'h', ' '])
            .filter(|part| !part.is_empty());
        for number in numbers {
            let number: f64 = number.parse().unwrap();
            assert!((0.0..=1000.0).contains(&number), "{path}");
        }
        let none = Axis::of_times(std::iter::empty());
        assert!(!texts(none).is_empty());
    }

    #[test]
    fn a_point_of_its_own_is_a_dot_and_nothing_is_no_line() {
        let axis = Axis::Even { to: 10.0, unit: "" };
        let alone = ("ours", vec![vec![(5.0, 5.0)]]);
        let none = ("theirs", vec![Vec::new()]);
        let plot = Plot::of(("A", String::new()), &[alone, none], (axis, axis));
        let [line] = plot.lines.as_slice() else {
            panic!("one line: {:?}", plot.lines);
        };
        assert_eq!(
            (line.path.as_str(), line.dots.as_str()),
            ("", "M500.0 500.0h0")
        );
    }

    #[test]
    fn more_is_further_up_and_further_right() {
        let axis = Axis::Even { to: 10.0, unit: "" };
        let lines = [("ours", vec![vec![(0.0, 0.0), (10.0, 10.0)]])];
        let plot = Plot::of(("A", String::new()), &lines, (axis, axis));
        assert_eq!(plot.lines[0].path, "M0.0 1000.0L1000.0 0.0");
        assert_eq!(plot.across[1].drawn, "200.0");
        assert_eq!(plot.up[1].drawn, "800.0");
        assert_eq!(plot.up[1].at, "20.00%");
    }
}
